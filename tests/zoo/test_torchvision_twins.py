"""The twins of torchvision's networks: one set of names, weights both ways, outputs equal to the last bit."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import explorer
from explorer.core.network import Network
from explorer.zoo.base import ZOO
from tests.zoo.quick import marked

Assemble = Callable[[Network], nn.Module]
Fill = Callable[[nn.Module], nn.Module]

TWINS = [entry.key for entry in ZOO.values() if entry.twin]
# what torchvision has to be told to make what ours are without options
KEYWORDS: dict[str, dict[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"init_weights": False},
}
SIZES = [(64, 64), (97, 75)]  # the second is no multiple of the strides, and what arrives at the pooling no square
LARGER = {"inception_v3": [(96, 96), (131, 117)]}
# one after the other, since a training step takes its time
TRAINED = frozenset({"resnet18", "resnet50", "mobilenet_v3_small", "shufflenet_v2_x0_5", "mnasnet0_5", "convnext_tiny"})


def without_drops(key: str, **options: Any) -> Network:
    """The network for seven classes in which no branch is left out at random."""
    if "stochastic_depth" in ZOO[key].options:
        options["stochastic_depth"] = 0.0
    return explorer.network(key, classes=7, **options)


def torchvision_on_meta(key: str, classes: int = 7, **keywords: Any) -> nn.Module:
    """torchvision's network without storage, in which no branch is left out at random."""
    drops = {"stochastic_depth_prob": 0.0} if "stochastic_depth" in ZOO[key].options else {}
    # a RegNet computes its widths with tensors, which must have values
    with torch.device("cpu" if key.startswith("regnet") else "meta"):
        module: nn.Module = torchvision.models.get_model(
            ZOO[key].twin, weights=None, num_classes=classes, **{**KEYWORDS.get(key, {}), **keywords}, **drops
        )
    return module.to("meta")


def images(*size: int, count: int = 2) -> Tensor:
    """A few random images."""
    return torch.randn(count, 3, *size, generator=torch.Generator().manual_seed(1))


def same(ours: Tensor, theirs: Tensor) -> bool:
    """Whether two outputs are equal to the last bit, finite and not all alike, which would prove little."""
    return torch.equal(ours, theirs) and bool(torch.isfinite(ours).all()) and ours.std().item() > 1e-3


def outputs(result: Any) -> Iterator[Tensor]:
    """All outputs of a module, the main one first."""
    if isinstance(result, Tensor):
        yield result
    else:
        yield from result.values() if isinstance(result, dict) else result


def test_every_convolutional_network_of_torchvision_has_a_twin() -> None:
    of_attention = ("maxvit", "swin", "vit")
    names = torchvision.models.list_models(module=torchvision.models)
    assert sorted(ZOO[key].twin for key in TWINS) == sorted(name for name in names if not name.startswith(of_attention))


@pytest.mark.parametrize("key", marked(TWINS))
def test_state_dicts_load_strictly_both_ways(key: str, on_meta: Assemble) -> None:
    network = explorer.network(key)
    ours, theirs = on_meta(network), torchvision_on_meta(key, 1000)
    state = explorer.torchvision_state_dict(network, ours)
    assert list(state) == list(theirs.state_dict()) or key.startswith("convnext")  # whose factors come first there
    explorer.load_torchvision_state_dict(network, ours, copy.deepcopy(theirs.state_dict()))
    assert versions(state, theirs) == versions(theirs.state_dict(), theirs)
    theirs.load_state_dict(state, strict=True, assign=True)


def versions(state: dict[str, Tensor], theirs: nn.Module) -> dict[str, object]:
    """The version of every module of torchvision's that holds weights, as a ``state_dict`` tells it."""
    metadata: dict[str, object] = vars(state)["_metadata"]
    return {name.rpartition(".")[0]: metadata[name.rpartition(".")[0]] for name in theirs.state_dict()}


@pytest.mark.parametrize("key", marked(TWINS))
def test_counts_are_torchvisions(key: str) -> None:
    analysis, theirs = explorer.analyse(explorer.network(key)), torchvision_on_meta(key, 1000)
    assert analysis.parameters == sum(parameter.numel() for parameter in theirs.parameters())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        theirs.train()(torch.empty(2, *ZOO[key].input_shape, device="meta"))  # with the heads of training
    assert analysis.macs == counter.get_total_flops() / 4


def check_outputs(key: str, sizes: list[tuple[int, int]], count: int, on_meta: Assemble, filled: Fill) -> None:
    network = without_drops(key)
    ours, theirs = filled(on_meta(network)), torchvision_on_meta(key).eval()
    theirs.load_state_dict(explorer.torchvision_state_dict(network, ours), strict=True, assign=True)
    with torch.no_grad():
        for size in sizes:
            assert same(ours(images(*size, count=count)), theirs(images(*size, count=count)))


@pytest.mark.parametrize("key", marked(TWINS))
def test_outputs_are_bit_equal_at_any_size(key: str, on_meta: Assemble, filled: Fill) -> None:
    check_outputs(key, LARGER.get(key, SIZES), 2, on_meta, filled)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", TWINS)
def test_outputs_are_bit_equal_at_the_published_size_and_above(key: str, on_meta: Assemble, filled: Fill) -> None:
    check_outputs(key, published_and_above(key), 1, on_meta, filled)


def published_and_above(key: str) -> list[tuple[int, int]]:
    published = ZOO[key].input_shape[1]
    return [(published, published), (published + 32, published + 19)]


def trained(module: nn.Module, x: Tensor) -> tuple[list[Tensor], dict[str, Tensor]]:
    """Outputs of one step, and gradients and statistics by name; dropout draws in the same order for all."""
    torch.manual_seed(0)
    found = list(outputs(module.train()(x)))
    torch.stack([output.square().mean() for output in found]).sum().backward()  # type: ignore[no-untyped-call]
    left = dict(module.named_buffers())
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        left[name.replace("layer_scale.weight", "layer_scale")] = parameter.grad
    return [output.detach() for output in found], left


def check_step(network: Network, theirs: nn.Module, x: Tensor, filled: Fill, on_meta: Assemble) -> None:
    ours = filled(on_meta(network))
    state = explorer.torchvision_state_dict(network, ours)
    for name, statistic in ours.named_buffers():
        state[name] = statistic.clone()  # a step changes them; weights are shared, since the largest fill gigabytes
    theirs.load_state_dict(state, strict=True, assign=True)
    (one, left), (other, expected) = (trained(module, x) for module in (ours, theirs))
    assert same(one[0], other[0])
    assert len(one) == len(other)
    assert all(any(torch.equal(output, found) for found in other) for output in one)
    assert left.keys() == expected.keys()
    for name, value in left.items():
        assert torch.equal(value, expected[name]), name


@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", marked(TWINS, TRAINED))
def test_a_training_step_is_bit_equal(key: str, on_meta: Assemble, filled: Fill) -> None:
    size = (299, 299) if key == "inception_v3" else SIZES[0]  # its auxiliary head takes no smaller images
    check_step(without_drops(key), torchvision_on_meta(key), images(*size), filled, on_meta)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("place", [0, 1], ids=["published", "above"])
@pytest.mark.parametrize("key", TWINS)
def test_a_training_step_is_bit_equal_at_the_published_size_and_above(
    key: str, place: int, on_meta: Assemble, filled: Fill
) -> None:
    # of one image the largest keeps four gigabytes; batch norms of single pixels, in the head of v3, need two
    x = images(*published_and_above(key)[place], count=2 if key == "inception_v3" else 1)
    check_step(without_drops(key), torchvision_on_meta(key), x, filled, on_meta)


@pytest.mark.slow
def test_auxiliary_heads_train_as_torchvisions(on_meta: Assemble, filled: Fill) -> None:
    network = without_drops("googlenet", aux_logits=True)
    check_step(network, torchvision_on_meta("googlenet", aux_logits=True), images(96, 96), filled, on_meta)


@pytest.mark.parametrize("key", ["googlenet", pytest.param("inception_v3", marks=pytest.mark.slow)])
def test_transformed_inputs_are_bit_equal(key: str, on_meta: Assemble, filled: Fill) -> None:
    network = without_drops(key, transform_input=True)
    ours, theirs = filled(on_meta(network)), torchvision_on_meta(key, transform_input=True).eval()
    theirs.load_state_dict(explorer.torchvision_state_dict(network, ours), strict=True, assign=True)
    with torch.no_grad():
        assert same(ours(images(96, 96)), theirs(images(96, 96)))


def test_branches_left_out_at_random_are_torchvisions() -> None:
    torch.manual_seed(0)
    network = explorer.network("efficientnet_b0", classes=7)
    ours, theirs = explorer.assemble(network), torchvision.models.efficientnet_b0(num_classes=7)
    theirs.load_state_dict(explorer.torchvision_state_dict(network, ours))
    draws = []
    for module in (ours, theirs):
        torch.manual_seed(1)
        draws.append(module.train()(images(64, 64)).detach())
    assert same(*draws)


@pytest.mark.parametrize("key", [key for key in TWINS if key.startswith(("alexnet", "vgg"))])
def test_layers_are_the_same_in_the_same_order(key: str, on_meta: Assemble) -> None:
    ours, theirs = on_meta(explorer.network(key)), torchvision_on_meta(key, 1000)
    for part in ("features", "classifier"):
        one, other = (repr(module.get_submodule(part)).splitlines()[1:] for module in (ours, theirs))
        assert one == [line.replace("inplace=True", "") for line in other]


def test_weights_change_the_output(on_meta: Assemble, filled: Fill) -> None:
    ours = filled(on_meta(explorer.network("resnet18", classes=7)))
    with torch.no_grad():
        before = ours(images(64, 64))
        ours.get_parameter("layer3.1.conv2.weight").mul_(1.001)
        assert not torch.equal(before, ours(images(64, 64)))


def test_published_dense_nets_have_names_of_an_older_torchvision(on_meta: Assemble) -> None:
    network = explorer.network("densenet121")
    module = on_meta(network)
    state = explorer.torchvision_state_dict(network, module)
    older = {re.sub(r"(layer\d+\.[a-z]+)([12])", r"\1.\2", key): value for key, value in state.items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in older
    explorer.load_torchvision_state_dict(network, module, older)


def test_heads_are_those_of_torchvision() -> None:
    for key, aux_logits, parameters in (("googlenet", True, 13_004_888), ("inception_v3", False, 23_834_568)):
        analysis = explorer.analyse(explorer.network(key, aux_logits=aux_logits))
        theirs = torchvision_on_meta(key, 1000, aux_logits=aux_logits)
        assert analysis.parameters == parameters == sum(parameter.numel() for parameter in theirs.parameters())
