"""Assembly: names, taps and outputs, repeats, freezing, and that torch's own tools work on what comes out."""

from __future__ import annotations

import copy
import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest
import torch
import torchinfo
from torch import Tensor, nn

import explorer
from explorer.assembly import make_module
from explorer.blocks.activation import ReLU, Sigmoid
from explorer.blocks.conv import Conv2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import GlobalAvgPool, MaxPool2d
from explorer.blocks.residual import BasicBlock, ResidualStage
from explorer.core.block import BLOCKS, ModuleCall
from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Part, Recall, Repeat, Slot, Tap, numbered
from explorer.core.names import RESERVED_NAMES, name_problem
from explorer.core.network import Input, Network
from explorer.errors import EditError, ExplorerError, NetworkError

SHAPE = (3, 8, 8)
GOLDEN = Path(__file__).parent / "golden"


def network_of(*parts: Part, shape: tuple[int, ...] = SHAPE) -> Network:
    """A network of these parts."""
    return Network.of("small", shape, Chain(*parts))


def images(*shape: int) -> Tensor:
    """A batch of two."""
    return torch.randn(2, *(shape or SHAPE), generator=torch.Generator().manual_seed(1))


def parameters(module: nn.Module) -> int:
    """All parameters of a module."""
    return sum(parameter.numel() for parameter in module.parameters())


# Names and paths


@pytest.mark.parametrize("key", ["lenet5", "nin", "googlenet_paper", "resnet18", "resnet20"])
def test_keys_of_the_state_dict_are_the_paths(key: str) -> None:
    network = explorer.network(key)
    analysis = explorer.analyse(network)
    with torch.device("meta"):
        model = explorer.assemble(network)
    holders = {key.rpartition(".")[0] for key in model.state_dict()}
    leaves = {
        ".".join(row.path)
        for row in analysis.rows
        if row.parameters and row.type in {"Conv2d", "Linear", "BatchNorm2d"}
    }
    assert holders == leaves
    assert parameters(model) == analysis.parameters


def test_structures_without_a_name_add_no_level() -> None:
    plain = network_of(("a", Conv2d(3, 1)), ("b", Conv2d(3, 1)), ("c", Conv2d(3, 1)))
    wrapped = plain.wrap_residual([("a",), ("b",)])
    one, other = explorer.assemble(plain), explorer.assemble(wrapped)
    assert list(one.state_dict()) == list(other.state_dict())
    other.load_state_dict(one.state_dict(), strict=True)
    a, b, c = (one.get_submodule(name) for name in "abc")
    assert torch.equal(other(images()), c(b(a(images())) + images()))


def test_disabled_blocks_are_skipped() -> None:
    network = network_of(("a", Conv2d(4, 1)), ("b", Conv2d(4, 1)), ("act", ReLU()))
    off = network.enable(("b",), enabled=False)
    model = explorer.assemble(off)
    assert list(model.state_dict()) == ["a.weight", "a.bias"]
    assert torch.equal(model(images()), model.get_submodule("a")(images()).relu())
    branch = network_of(Add(("left", Conv2d(3, 1)), Slot("right", Conv2d(3, 1), enabled=False)))
    model = explorer.assemble(branch)
    assert list(model.state_dict()) == ["left.weight", "left.bias"]
    assert torch.equal(model(images()), model.get_submodule("left")(images()))


def test_copies_of_a_repeat_have_weights_of_their_own() -> None:
    network = network_of(("first", Conv2d(4, 1)), numbered(3, ConvBlock(4)))
    model = explorer.assemble(network)
    weights = [model.get_parameter(f"{number}.conv.weight") for number in range(3)]
    assert len({weight.data_ptr() for weight in weights}) == 3
    assert not torch.equal(weights[0], weights[1])
    model.eval()
    expected = model.get_submodule("first")(images())
    for number in range(3):
        expected = model.get_submodule(str(number))(expected)
    assert torch.equal(model(images()), expected)


def test_copies_of_a_repeat_fit_the_shape_that_reaches_them() -> None:
    network = network_of(("stack", Repeat(("a", "b"), BasicBlock(6, stride=2))))
    model = explorer.assemble(network)
    assert model(images()).shape == (2, 6, 2, 2)
    assert model.get_parameter("stack.a.conv1.weight").shape == (6, 3, 3, 3)
    assert model.get_parameter("stack.b.conv1.weight").shape == (6, 6, 3, 3)


def test_folding_and_unpacking_keep_keys_and_outputs() -> None:
    network = network_of(("stem", Conv2d(8, 1)), ("stage", ResidualStage(blocks=3, out_channels=8)))
    unpacked = network.unpack(("stage",)).unpack(("stage", "#0"))
    folded = unpacked.fold([("stage", "0"), ("stage", "1"), ("stage", "2")])
    models = [explorer.assemble(variant).eval() for variant in (network, unpacked, folded)]
    for model in models[1:]:
        assert list(model.state_dict()) == list(models[0].state_dict())
        model.load_state_dict(models[0].state_dict(), strict=True)
        assert torch.equal(model(images()), models[0](images()))


# Merges


@pytest.mark.parametrize("named", [False, True])
def test_merges_compute_what_they_say(named: bool) -> None:
    for merge, expected in (
        (Add(Chain(("a", Sigmoid())), Chain()), lambda x: x.sigmoid() + x),
        (Multiply(Chain(("a", Sigmoid())), Chain(), Chain()), lambda x: x.sigmoid() * x * x),
        (Concat(Chain(), Chain(("a", Sigmoid()))), lambda x: torch.cat([x, x.sigmoid()], 1)),
        (Concat(Chain(), Chain(("a", Sigmoid())), dim=3), lambda x: torch.cat([x, x.sigmoid()], 3)),
    ):
        network = network_of(("merge", merge) if named else merge)
        output = explorer.assemble(network)(images())
        assert torch.equal(output, expected(images()))
        assert explorer.analyse(network).output_shape == tuple(output.shape[1:])


def test_a_gate_multiplies_every_pixel() -> None:
    gate = Chain(("squeeze", GlobalAvgPool(keep_dims=True)), ("excite", Sigmoid()))
    model = explorer.assemble(network_of(Multiply(Chain(), gate)))
    x = images()
    assert torch.allclose(model(x), x * x.mean((2, 3), keepdim=True).sigmoid())


# Taps, recalls and outputs


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ("replace", lambda x: x),
        ("add", lambda x: x.relu() + x),
        ("multiply", lambda x: x.relu() * x),
        ("concat", lambda x: torch.cat([x.relu(), x], 1)),
    ],
)
def test_a_recall_brings_back_the_tap(merge: str, expected: Any) -> None:
    network = network_of(("tap", Tap("skip")), ("act", ReLU()), ("recall", Recall("skip", merge)))
    assert torch.equal(explorer.assemble(network)(images()), expected(images()))


def test_a_tap_is_seen_at_any_depth_that_follows_and_by_its_name() -> None:
    inner = Chain(("act", Sigmoid()), ("tap", Tap("skip")), ("more", Chain(("recall", Recall("outer", "add")))))
    network = network_of(("t", Tap("outer")), ("u", Tap("skip")), ("inner", inner), ("recall", Recall("skip", "add")))
    x = images()
    # the inner tap of the same name is forgotten at the end of its chain
    assert torch.equal(explorer.assemble(network)(x), (x.sigmoid() + x) + x)


def test_a_tap_in_a_branch_stays_in_it() -> None:
    left = Chain(("act", ReLU()), ("tap", Tap("skip")))
    merge = Add(left, ("other", Tap("skip")))
    network = network_of(("t", Tap("skip")), ("first", ReLU()), merge, ("recall", Recall("skip", "replace")))
    assert torch.equal(explorer.assemble(network)(images()), images())


def test_a_small_u_net_runs_and_counts_right() -> None:
    small_u_net = explorer.read(GOLDEN / "small_u_net.network.json")
    analysis = explorer.analyse(small_u_net)
    assert analysis.problems == ()
    model = explorer.assemble(small_u_net).eval()
    x = torch.randn(2, *small_u_net.input_shape)
    assert model(x).shape == (2, *(analysis.output_shape or ()))
    assert parameters(model) == analysis.parameters
    # every level matters: without what a tap remembers the output is another
    assert set(model.train()(x)) == {"output", "deep"}
    model.eval()
    for name in ("encoder1", "encoder2"):
        changed = copy.deepcopy(model)
        changed.get_parameter(f"{name}.1.conv.weight").data.mul_(2)
        assert not torch.equal(model(x), changed(x))


def with_head(*, training_only: bool) -> Network:
    """A network with an auxiliary classifier."""
    head = Chain(("pool", GlobalAvgPool()), ("fc", Linear(4)))
    return network_of(
        ("conv", Conv2d(5, 3)),
        ("aux", Output("auxiliary", head, training_only)),
        ("pool", GlobalAvgPool()),
        ("fc", Linear(2)),
    )


def test_a_training_only_head_gives_a_dictionary_in_training_alone() -> None:
    network = with_head(training_only=True)
    assert explorer.analyse(network).outputs == {"output": (2,), "auxiliary": (4,)}
    model = explorer.assemble(network)
    outputs = model(images())
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"output": (2, 2), "auxiliary": (2, 4)}
    assert list(outputs) == ["output", "auxiliary"]
    alone = model.eval()(images())
    assert isinstance(alone, Tensor)
    assert torch.equal(alone, outputs["output"])
    features = model.get_submodule("conv")(images())
    assert torch.equal(outputs["auxiliary"], model.get_submodule("aux.fc")(features.mean((2, 3))))
    assert "aux.fc.weight" in model.state_dict()


def test_a_lasting_head_gives_a_dictionary_always() -> None:
    model = explorer.assemble(with_head(training_only=False))
    assert set(model(images())) == set(model.eval()(images())) == {"output", "auxiliary"}


def test_a_head_without_a_name_and_inside_a_composite_reaches_the_outside() -> None:
    inner = Chain(("conv", Conv2d(5, 3)), Output("early", Chain(("head", GlobalAvgPool()))))
    network = network_of(("stage", Chain(("deep", inner))), ("pool", GlobalAvgPool()))
    outputs = explorer.assemble(network)(images())
    assert torch.equal(outputs["early"], outputs["output"])


def test_a_frozen_part_in_eval_mode_keeps_the_head_of_a_network_in_training() -> None:
    network = network_of(("stage", with_head(training_only=True).body))
    model = explorer.assemble(network)
    model.get_submodule("stage").eval()
    assert set(model(images())) == {"output", "auxiliary"}


# Further inputs


def two_inputs(*, optional: bool = False) -> Network:
    """A network that adds its second input to its first."""
    network = network_of(("act", ReLU()), ("mask", Recall("mask", "add")))
    return dataclasses.replace(network, inputs=(*network.inputs, Input("mask", SHAPE, optional)))


def test_further_inputs_are_given_by_name() -> None:
    model = explorer.assemble(two_inputs())
    mask = torch.rand(2, *SHAPE)
    assert torch.equal(model(images(), mask=mask), images().relu() + mask)


def test_an_optional_input_left_out_is_zeros() -> None:
    assert torch.equal(explorer.assemble(two_inputs(optional=True))(images()), images().relu())


def test_missing_and_strange_inputs_are_refused_with_a_sentence() -> None:
    model = explorer.assemble(two_inputs())
    with pytest.raises(NetworkError, match=r"needs the input 'mask'\. Beside the first, its inputs are: 'mask'\."):
        model(images())
    with pytest.raises(NetworkError, match="has no input 'mosk'"):
        model(images(), mask=images(), mosk=images())
    with pytest.raises(NetworkError, match="has no input 'x'.* none"):
        explorer.assemble(network_of(("act", ReLU())))(images(), x=images())


# Freezing


def frozen_names(network: Network) -> set[str]:
    """The parameters that are not trained."""
    model = explorer.assemble(network)
    return {name for name, parameter in model.named_parameters() if not parameter.requires_grad}


def test_frozen_paths_are_not_trained() -> None:
    network = explorer.network("resnet20").freeze(("conv1",))
    network = dataclasses.replace(network, frozen=network.frozen | {("layer1", "0")})
    names = frozen_names(network)
    assert {name.rpartition(".")[0] for name in names} == {
        *("conv1", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.conv2", "layer1.0.bn2"),
    }
    analysis = explorer.analyse(network)
    model = explorer.assemble(network)
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    assert analysis.trainable_parameters == trained < analysis.parameters


def test_a_structure_without_a_name_freezes_with_all_that_is_in_it() -> None:
    network = network_of(("a", Conv2d(3, 1)), ("b", Conv2d(3, 1)), ("c", Conv2d(3, 1))).wrap_residual([("a",), ("b",)])
    frozen = network.freeze(("#0",))
    assert frozen_names(frozen) == {"a.weight", "a.bias", "b.weight", "b.bias"}
    assert explorer.analyse(frozen).trainable_parameters == 12


def test_a_frozen_block_that_is_switched_off_or_gone_does_no_harm() -> None:
    network = network_of(("a", Conv2d(3, 1)), ("b", Conv2d(3, 1))).freeze(("a",))
    assert frozen_names(network.enable(("a",), enabled=False)) == set()
    assert frozen_names(dataclasses.replace(network, frozen=frozenset({("gone",), ("b", "gone")}))) == set()


def test_the_empty_path_freezes_everything() -> None:
    network = dataclasses.replace(network_of(("a", Conv2d(3, 1))), frozen=frozenset({()}))
    assert frozen_names(network) == {"a.weight", "a.bias"}
    assert explorer.analyse(network).trainable_parameters == 0


# Names that torch's modules have themselves

PUBLIC = sorted(name for name in dir(nn.Module()) if not name.startswith("_"))
#  names of containers, tensors and the language, which are fine
FREE = [
    "append",
    "insert",
    "pop",
    "extend",
    "weight",
    "bias",
    "data",
    "grad",
    "0",
    "007",
    "class",
    "None",
    "self",
    "x",
    "flow",
]


def test_reserved_names_are_those_of_torch() -> None:
    assert set(PUBLIC) <= RESERVED_NAMES


@pytest.mark.parametrize("name", PUBLIC)
def test_names_of_torchs_modules_are_refused(name: str) -> None:
    assert name_problem(name)
    (problem,) = explorer.analyse(network_of((name, ReLU()))).problems
    assert problem.path == (name,)
    assert "taken by PyTorch" in problem.message
    with pytest.raises(EditError, match="taken by PyTorch"):
        network_of(("a", ReLU())).rename(("a",), name)


def test_the_modules_have_no_public_name_of_their_own() -> None:
    """A block of that name could not be assembled."""
    network = network_of(("body", Chain(("norm", BatchNorm2d()))), ("merge", Add(Chain(), Chain())))
    for module in explorer.assemble(network).modules():
        own = {name for name in vars(module) if not name.startswith("_")}
        if type(module).__module__ == "explorer.assembly":
            assert own <= RESERVED_NAMES


@pytest.mark.parametrize("name", [*FREE, "program", "_modules", "__dict__", "_program", "_inputs"])
def test_all_other_names_work_with_everything_torch_does(name: str) -> None:
    network = network_of((name, Chain((name, BatchNorm2d()), ("next", Conv2d(2, 1)))), ("fc", GlobalAvgPool()))
    if name.startswith("_"):
        assert explorer.analyse(network).problems
        return
    model = explorer.assemble(network)
    model.eval()
    assert not model.get_submodule(f"{name}.{name}").training
    expected = model(images())
    state = model.state_dict()
    assert list(state) == [
        *(f"{name}.{name}.{part}" for part in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")),
        *(f"{name}.next.{part}" for part in ("weight", "bias")),
    ]
    other = explorer.assemble(network).eval()
    other.load_state_dict(state, strict=True)
    assert torch.equal(other(images()), expected)
    assert torch.equal(copy.deepcopy(model)(images()), expected)
    double = copy.deepcopy(model).to(torch.float64)
    assert double(images().double()).dtype == torch.float64
    assert model.train().get_submodule(name).training
    model(images()).sum().backward()
    model.zero_grad()


def test_a_name_that_a_later_torch_takes_still_assembles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nn.Module, "head", property(lambda module: 1 / len(dir(module)[:0])), raising=False)
    network = network_of(("head", ConvBlock(4)), ("pool", GlobalAvgPool()))
    model = explorer.assemble(network).eval()
    assert torch.equal(copy.deepcopy(model)(images()), model(images()))
    assert "head.conv.weight" in model.state_dict()


# What torch's own tools do with an assembled module


def test_a_deep_copy_is_independent() -> None:
    model = explorer.assemble(explorer.network("resnet20")).eval()
    x = torch.randn(2, 3, 32, 32)
    expected = model(x)
    twin = copy.deepcopy(model)
    assert torch.equal(twin(x), expected)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.mul_(1.5)
    assert torch.equal(model(x), expected)
    assert not torch.equal(twin(x), expected)
    storages = {tensor.data_ptr() for tensor in model.state_dict().values()}
    assert storages.isdisjoint(tensor.data_ptr() for tensor in twin.state_dict().values())


def test_a_moving_average_of_weights_works() -> None:
    model = explorer.assemble(explorer.network("lenet5"))
    average = torch.optim.swa_utils.AveragedModel(model)
    average.update_parameters(model)
    assert torch.equal(average(images(1, 28, 28)), model(images(1, 28, 28)))


def test_the_state_survives_a_file() -> None:
    network = explorer.network("resnet20")
    model = explorer.assemble(network).eval()
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other = explorer.assemble(network).eval()
    other.load_state_dict(torch.load(file, weights_only=True), strict=True)
    assert torch.equal(other(images(3, 32, 32)), model(images(3, 32, 32)))
    versions = {name: entry["version"] for name, entry in getattr(model.state_dict(), "_metadata").items()}  # noqa: B009
    assert versions["bn1"] == 2  # torchvision's metadata, without which an old batch norm would be assumed


def test_a_child_can_be_exchanged() -> None:
    model = explorer.assemble(network_of(("act", Sigmoid())))
    model.set_submodule("act", nn.ReLU())
    assert torch.equal(model(images()), images().relu())


def test_printing_and_torchinfo_show_the_kinds_of_blocks() -> None:
    model = explorer.assemble(explorer.network("resnet18", input_shape=(3, 32, 32)))
    text = repr(model)
    assert "(layer1): ResidualStage(" in text
    assert "(0): BasicBlock(" in text
    summary = torchinfo.summary(model, (1, 3, 32, 32), verbose=0, device="cpu")
    assert summary.total_params == 11_689_512
    assert "BasicBlock" in str(summary)


def test_nothing_works_in_place() -> None:
    for key in ("alexnet", "vgg11_bn", "resnet18", "googlenet_paper"):
        with torch.device("meta"):
            model = explorer.assemble(explorer.network(key))
        assert not any(getattr(module, "inplace", False) for module in model.modules())
    x = images()
    before = x.clone()
    explorer.assemble(network_of(("act", ReLU()), ("pool", MaxPool2d())))(x)
    assert torch.equal(x, before)


def test_it_is_made_in_training_mode_with_torchs_initialisation() -> None:
    torch.manual_seed(0)
    model = explorer.assemble(network_of(("conv", Conv2d(4, 3))))
    torch.manual_seed(0)
    reference = nn.Conv2d(3, 4, 3)
    assert model.training
    assert torch.equal(model.get_parameter("conv.weight"), reference.weight)


def test_it_can_be_traced_for_export() -> None:
    model = explorer.assemble(explorer.network("resnet20")).eval()
    program = torch.export.export(model, (torch.randn(2, 3, 32, 32),))
    assert torch.equal(program.module()(images(3, 32, 32)), model(images(3, 32, 32)))


def test_a_part_can_be_run_alone() -> None:
    model = explorer.assemble(explorer.network("resnet20")).eval()
    assert model.get_submodule("layer2")(torch.randn(2, 16, 8, 8)).shape == (2, 32, 4, 4)


# Refusals


def test_a_network_with_problems_is_refused_with_the_first() -> None:
    network = network_of(("conv", Conv2d(4, 3)), ("fc", Linear(10)))
    with pytest.raises(NetworkError, match=r"^small cannot be assembled\. fc: Linear needs a vector") as caught:
        explorer.assemble(network)
    assert isinstance(caught.value, ExplorerError)


def test_a_call_is_made_as_stated() -> None:
    module = make_module(ModuleCall.of("torch.nn.Conv2d", 3, 8, kernel_size=(3, 1), bias=False))
    assert isinstance(module, nn.Conv2d)
    assert module.kernel_size == (3, 1)
    assert module.bias is None


def test_every_block_is_known_to_assembly() -> None:
    structures = {"Chain", "Add", "Multiply", "Concat", "Repeat", "Tap", "Recall", "Output"}
    assert structures <= set(BLOCKS)
