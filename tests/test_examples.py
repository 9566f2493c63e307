"""The example networks: as the script makes them, and equal to what others wrote by hand in plain PyTorch."""

from __future__ import annotations

import copy
import math
import runpy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from torch import Tensor, nn

import explorer
from explorer import examples, resources
from explorer.core import storage
from explorer.core.analysis import Row
from explorer.core.compose import Recall, Tap
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.examples import EXAMPLES
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Finished
from explorer.training.optim import make_optimizer
from explorer.training.step import Stepper, loss_weights
from explorer.training.trainer import train
from tests.contract.oracles import computed_memory, figures, measured_memory

ROOT = Path(examples.__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "packaging" / "make_examples.py"))
MAKERS: Mapping[str, Callable[..., Network]] = SCRIPT["MAKERS"]
KEYS = sorted(EXAMPLES)
GOOGLENET_WITH_HEADS = 13_004_888  # parameters of torchvision's, which publishes the count without heads


def images(network: Network, number: int = 2) -> Tensor:
    return torch.randn(number, *network.input_shape, generator=torch.Generator().manual_seed(1))


def smaller(network: Network, most: int = 64) -> Network:
    """The network for images of at most that size, so that the tests take seconds."""
    channels, height, width = network.input_shape
    return network.with_input_shape((channels, min(height, most), min(width, most)))


# The documents


def test_the_documents_are_those_that_the_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["make_examples.py", str(tmp_path / "made")])
    SCRIPT["main"]()
    made = {file.name: file.read_bytes() for file in (tmp_path / "made").iterdir()}
    assert {file.name: file.read_bytes() for file in resources.path("examples").iterdir()} == made
    assert {f"{key}{storage.SUFFIX}" for key in EXAMPLES} == set(made)


@pytest.mark.parametrize("key", KEYS)
def test_an_example_opens_as_what_its_entry_says(key: str) -> None:
    example, network = EXAMPLES[key], EXAMPLES[key].read()
    assert (example.key, example.title) == (key, network.name)
    assert network == MAKERS[key]()
    assert not explorer.analyse(network).problems
    assert storage.loads(storage.dumps(network)) == network
    assert example.summary.endswith(".")
    assert len(example.summary) < 120


# Counted and assembled


@pytest.mark.parametrize("key", KEYS)
def test_every_block_gives_the_shape_that_was_counted(key: str) -> None:
    network = smaller(EXAMPLES[key].read())
    analysis, model, seen = explorer.analyse(network), explorer.assemble(network), {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda *call, name=name: seen.update({name: call[-1]}))
    outputs = model(images(network))
    blocks = [row for row in analysis.rows if _has_module(row)]
    assert {".".join(row.path) for row in blocks} == set(seen) - {""}
    for row in blocks:
        assert tuple(seen[".".join(row.path)].shape[1:]) == row.output_shape, row
    named = outputs if isinstance(outputs, dict) else {"output": outputs}
    assert {name: tuple(output.shape[1:]) for name, output in named.items()} == analysis.outputs
    main = model.eval()(images(network))
    assert isinstance(main, Tensor)  # what exists in training alone has gone
    assert tuple(main.shape[1:]) == analysis.output_shape


def _has_module(row: Row) -> bool:
    return not row.path[-1].startswith("#") and not isinstance(row.block, Tap | Recall)


@pytest.mark.parametrize(
    ("key", "frozen"),
    [
        ("auxiliary_head", None),
        ("auxiliary_head", ("early",)),
        ("auxiliary_head", ("conv2",)),
        ("small_unet", None),
        ("small_unet", ("encoder1",)),
        ("googlenet_auxiliary", ("aux1",)),
    ],
)
def test_counts_and_memory_are_torchs(key: str, frozen: tuple[str, ...] | None) -> None:
    network = smaller(EXAMPLES[key].read(), 32)
    network = network.freeze(frozen) if frozen else network
    analysis, found = explorer.analyse(network), figures(network)
    assert (analysis.parameters, analysis.macs, analysis.outputs) == (found.parameters, found.macs, found.outputs)
    assert computed_memory(analysis) == measured_memory(network)
    parameters = explorer.assemble(network).parameters()
    assert analysis.trainable_parameters == sum(item.numel() for item in parameters if item.requires_grad)


# U-Net


class HandWrittenUNet(nn.Module):
    """The U-Net as one writes it by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2, self.down3 = double(3, 16), double(16, 32), double(32, 64)
        self.bottom = double(64, 128)
        self.enlarge3 = nn.ConvTranspose2d(128, 64, 2, stride=2)
        self.enlarge2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.enlarge1 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.decode3, self.decode2, self.decode1 = double(128, 64), double(64, 32), double(32, 16)
        self.head = nn.Conv2d(16, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        one = self.down1(x)
        two = self.down2(nn.functional.max_pool2d(one, 2))
        three = self.down3(nn.functional.max_pool2d(two, 2))
        x = self.bottom(nn.functional.max_pool2d(three, 2))
        x = self.decode3(torch.cat([self.enlarge3(x), three], 1))
        x = self.decode2(torch.cat([self.enlarge2(x), two], 1))
        x = self.decode1(torch.cat([self.enlarge1(x), one], 1))
        output: Tensor = self.head(x)
        return output


def double(before: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (before, width):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers)


def by_hand(key: str) -> str:
    """The key of the hand-written U-Net for one of ours."""
    scope, *rest = key.replace("encoder", "down").replace("decoder", "decode").replace("up", "enlarge").split(".")
    if len(rest) < 3:
        return key.replace("up", "enlarge")
    place = 3 * int(rest[0]) + {"conv": 0, "bn": 1}[rest[1]]
    return f"{scope}.{place}.{rest[2]}"


def test_the_small_u_net_is_one_written_by_hand() -> None:
    network = EXAMPLES["small_unet"].read()
    torch.manual_seed(0)
    ours, theirs = explorer.assemble(network), HandWrittenUNet()
    assert sum(item.numel() for item in theirs.parameters()) == explorer.analyse(network).parameters
    theirs.load_state_dict({by_hand(key): value.clone() for key, value in ours.state_dict().items()}, strict=True)
    x = images(network)
    for mode in (True, False):
        one, other = ours.train(mode)(x), theirs.train(mode)(x)
        assert one.shape == (2, 2, 96, 96)
        assert torch.equal(one, other)
    ours.train()(x).square().mean().backward()
    theirs.train()(x).square().mean().backward()
    gradients = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        assert torch.equal(parameter.grad, gradients[by_hand(name)].grad), name  # type: ignore[arg-type]


# GoogLeNet


def twins(classes: int = 7) -> tuple[Network, nn.Module, nn.Module]:
    """A smaller input for GoogLeNet with its heads, assembled by us and by torchvision, with one set of weights."""
    network = smaller(MAKERS["googlenet_auxiliary"](classes))
    torch.manual_seed(0)
    ours = explorer.assemble(network)
    theirs = torchvision.models.googlenet(num_classes=classes, aux_logits=True, init_weights=False)
    theirs.load_state_dict(copy.deepcopy(ours.state_dict()), strict=True)
    return network, ours, theirs


def test_googlenet_has_the_parameters_of_torchvisions_by_the_same_names() -> None:
    network = EXAMPLES["googlenet_auxiliary"].read()
    with torch.device("meta"):
        ours = explorer.assemble(network)
        theirs = torchvision.models.googlenet(aux_logits=True, init_weights=False)
    shapes = {name: tensor.shape for name, tensor in theirs.state_dict().items()}
    assert {name: tensor.shape for name, tensor in ours.state_dict().items()} == shapes
    count = sum(item.numel() for item in theirs.parameters())
    assert explorer.analyse(network).parameters == count == GOOGLENET_WITH_HEADS
    assert loss_weights(network) == {"aux1": 0.3, "aux2": 0.3}


def test_googlenets_outputs_are_torchvisions_to_the_last_bit() -> None:
    network, ours, theirs = twins()
    x = images(network)
    torch.manual_seed(1)  # three dropouts draw in the same order
    one = ours(x)
    torch.manual_seed(1)
    other = theirs(x)
    assert torch.equal(one["output"], other.logits)
    assert torch.equal(one["aux1"], other.aux_logits1)
    assert torch.equal(one["aux2"], other.aux_logits2)
    assert torch.equal(ours.eval()(x), theirs.eval()(x))


def test_a_step_trains_googlenet_with_the_papers_sum_of_losses() -> None:
    network, ours, theirs = twins()
    x, labels = images(network, 4), torch.tensor([0, 3, 6, 3])
    config, loss_of = TrainConfig(optimizer="sgd", lr=0.01), nn.CrossEntropyLoss()
    optimizer = make_optimizer(config, ours.parameters())
    step = Stepper(ours, optimizer, loss_of, torch.device("cpu"), None, loss_weights(network))
    torch.manual_seed(1)
    loss, _, bad = step(x, labels, 0.01)
    torch.manual_seed(1)
    outputs = theirs(x)
    expected = loss_of(outputs.logits, labels)
    expected = expected + 0.3 * loss_of(outputs.aux_logits1, labels) + 0.3 * loss_of(outputs.aux_logits2, labels)
    plain = torch.optim.SGD(theirs.parameters(), lr=0.01, momentum=config.momentum)
    expected.backward()
    plain.step()
    assert bad == 0
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    trained = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter, trained[name], rtol=1e-4, atol=1e-6)


@pytest.fixture
def restored_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    "network",
    [MAKERS["googlenet_auxiliary"](10), MAKERS["auxiliary_head"]()],
    ids=["googlenet_auxiliary", "auxiliary_head"],
)
def test_an_example_with_heads_trains(network: Network, tmp_path: Path, restored_threads: None) -> None:
    network = smaller(network, 32)
    channels, height, width = network.input_shape
    dataset = synthetic(train_images=320, test_images=20, shape=(channels, height, width), classes=10)
    config = TrainConfig(
        epochs=3, batch_size=32, optimizer="adam", lr=1e-3, seed=1, threads=1, memory_format="contiguous"
    )
    events = list(train(network, TrainingData.load(dataset), config, tmp_path / "run"))
    losses = [event.train_loss for event in events if isinstance(event, EpochFinished)]
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "finished"
    assert len(losses) == 3
    assert all(map(math.isfinite, losses))
    assert losses[-1] < 0.95 * losses[0]


def test_a_frozen_head_keeps_its_weights_while_the_rest_trains() -> None:
    network = EXAMPLES["auxiliary_head"].read()
    network = replace(network.freeze(("early",)), name="frozen head")
    model = explorer.assemble(network)
    before = {name: value.clone() for name, value in model.named_parameters()}
    trained = [item for item in model.parameters() if item.requires_grad]
    optimizer = make_optimizer(TrainConfig(optimizer="sgd"), trained)
    step = Stepper(model, optimizer, nn.CrossEntropyLoss(), torch.device("cpu"), None, loss_weights(network))
    step(images(network, 8), torch.arange(8), 0.1)
    same = {name for name, value in model.named_parameters() if torch.equal(value, before[name])}
    assert same == {"early.fc.weight", "early.fc.bias"}
