"""Runs in stages: what each trains, that frozen weights do not move by a bit, and that they continue exactly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import explorer
from explorer.assembly import assemble
from explorer.blocks.linear import Linear
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training import loop, meter
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import CheckpointSaved, EpochFinished, Event, Finished, StageStarted, Started, Step
from explorer.training.presets import preset
from explorer.training.schedule import learning_rate
from explorer.training.stages import Stage, boundaries, forms, parts_from_behind, stage_at, stages_from_text
from explorer.training.starting import open_weights
from explorer.training.trainer import resume, train

STEPS = 34  # an epoch of the small data set
THREE = (Stage("head", 1.0, 1), Stage("norm+fc", 0.5, 2), Stage("all", 0.1))


@pytest.fixture
def staged(config: TrainConfig) -> TrainConfig:
    return replace(config, epochs=5, stages=THREE)


def weights(folder: Path, name: str) -> OrderedDict[str, Tensor]:
    return load(Run.open(folder).checkpoints.path(name), training=False).model


def last(folder: Path) -> OrderedDict[str, Tensor]:
    name = Run.open(folder).checkpoints.pointed("last")
    assert name is not None
    return weights(folder, name)


def moved(before: OrderedDict[str, Tensor], after: OrderedDict[str, Tensor]) -> set[str]:
    """The layers of which a weight or a statistic is another, in any bit."""
    return {key.rpartition(".")[0] for key in before if not torch.equal(before[key], after[key])}


# What a stage is


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_the_usual_stages_of_a_residual_network(name: str) -> None:
    network = explorer.network(name)
    parts = [[".".join(path) for path in part] for part in parts_from_behind(network)]
    assert parts == [["fc"], ["layer4"], ["layer3"], ["layer2"], ["layer1"], ["conv1", "bn1"]]
    for form, trained in zip(forms(network, preset("fine-tune-3").config().stages), (1, 2, 3), strict=True):
        module = assemble(form)
        names = {key.partition(".")[0] for key, value in module.named_parameters() if value.requires_grad}
        assert names == {"fc", "layer4", "layer3"} - set(["layer3", "layer4"][: 3 - trained])
        assert analyse(form).trainable_parameters == sum(p.numel() for p in module.parameters() if p.requires_grad)


def test_the_head_inside_a_block_is_taken_out_of_it() -> None:
    network = explorer.network("vgg11")
    parts = [[".".join(path) for path in part] for part in parts_from_behind(network)]
    assert parts == [["classifier.6"], ["classifier"], ["features"]]
    [form] = forms(network, [Stage("head")])
    trained = {key for key, value in assemble(form).named_parameters() if value.requires_grad}
    assert trained == {"classifier.6.weight", "classifier.6.bias"}


def test_stages_are_written_and_read() -> None:
    stages = stages_from_text("head:1:2, last-2:0.1:3,layer3.1+fc:0.01")
    assert stages == (Stage("head", 1.0, 2), Stage("last-2", 0.1, 3), Stage("layer3.1+fc", 0.01))
    assert stages_from_text(",".join(map(str, stages))) == stages
    assert boundaries(stages, 9) == (0, 2, 5, 9)
    assert [stage_at(stages, 9, epoch) for epoch in range(9)] == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert [stage_at((), 9, epoch) for epoch in (0, 8)] == [0, 0]


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ((Stage("head", 1.0, 2), Stage("all")), "leaves it none of 2"),
        ((Stage("head"), Stage("all")), "it must be at most"),
        ((Stage("head", 1.0, 1), Stage("all", 1.0, 1)), "it must be at most"),
        ((Stage("head", 0.0, 1), Stage("all")), "it must be at most"),
        ((Stage("", 1.0, 1), Stage("all")), "it must be at most"),
        ([{"trains": "head"}], "stages"),
        ("head", "stages"),
    ],
)
def test_stages_that_do_not_fit_a_run_are_refused(stages: object, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        TrainConfig.from_json({"epochs": 2, "stages": stages})


@pytest.mark.parametrize(("trains", "said"), [("body", "does not have"), ("relu", "no parameter is trained")])
def test_a_stage_that_the_network_does_not_have_is_refused_at_the_start(
    trains: str, said: str, network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    config = replace(config, stages=(Stage("head", 1.0, 1), Stage(trains)))
    with pytest.raises(TrainingError, match=said):
        next(train(network, data, config, tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_each_stage_has_the_schedule_for_itself() -> None:
    config = TrainConfig(epochs=5, lr=0.1, schedule="cosine", stages=THREE)
    rate = learning_rate(config, 10)
    for stage, (begin, length) in zip(THREE, ((0, 1), (1, 2), (3, 2)), strict=True):
        alone = learning_rate(replace(config, epochs=length, stages=()), 10)
        ours = [rate(begin * 10 + step) for step in range(length * 10)]
        assert ours == pytest.approx([stage.rate * alone(step) for step in range(length * 10)])


# What it does


def test_what_a_stage_freezes_does_not_change_by_a_bit(
    network: Network, data: TrainingData, staged: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    events, saved = followed(train(network, data, staged, folder), folder)
    assert moved(saved["0"], saved["34"]) == {"fc"}
    assert moved(saved["34-2"], saved["102"]) == {"norm", "fc"}  # its statistics too
    assert moved(saved["102-2"], saved["170"]) == {"conv", "norm", "fc"}
    stages = [event for event in events if isinstance(event, StageStarted)]
    assert [(event.stage, event.step, event.epoch, event.epochs) for event in stages] == [
        (1, 0, 1, 1),
        (2, STEPS, 2, 3),
        (3, 3 * STEPS, 4, 5),
    ]
    parameters = {name: sum(part.numel() for part in module.parameters()) for name, module in
                  assemble(network).named_children()}  # fmt: skip
    trained = [parameters["fc"], parameters["fc"] + parameters["norm"], sum(parameters.values())]
    assert [event.parameters for event in stages] == trained
    assert [event.trains for event in stages] == ["the head", "norm, fc", "everything"]
    assert [record["stage"] for record in Run.open(folder).metrics() if record["event"] == "stage"] == [1, 2, 3]


def test_a_stage_starts_from_the_best_checkpoint_of_the_one_before(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    """The second epoch wrecks the head: a decay at such a rate turns the sign of all its weights."""
    list(train(network, data, config, tmp_path / "before"))
    folder = tmp_path / "run"
    config = replace(
        config, epochs=3, batch_size=1_080, lr=1_000.0, optimizer="sgd", momentum=0.0, weight_decay=10.0,
        stages=(Stage("head", 1.0, 2), Stage("all", 1e-6)), schedule="one_cycle", pct_start=1.0, div_factor=1e5,
    )  # fmt: skip
    start = open_weights(tmp_path / "before")
    events, saved = followed(train(network, data, config, folder, start=start), folder)
    accuracies = [event.validation_accuracy or 0.0 for event in events if isinstance(event, EpochFinished)]
    assert accuracies[1] < accuracies[0], "the second epoch was to wreck it"
    second = next(event for event in events if isinstance(event, StageStarted) and event.stage == 2)
    assert second.checkpoint == "1"
    assert moved(saved["1"], saved["2-2"]) == set()
    assert moved(saved["2"], saved["2-2"]) == {"fc"}


def followed(events: Iterator[Event], folder: Path) -> tuple[list[Event], dict[str, OrderedDict[str, Tensor]]]:
    """The events of a run, and the weights of each of its checkpoints, before it is taken away."""
    taken, saved = [], {}
    for event in events:
        taken.append(event)
        if isinstance(event, CheckpointSaved):
            saved[event.checkpoint] = weights(folder, event.checkpoint)
    return taken, saved


@pytest.mark.parametrize("average", [pytest.param(0.0, marks=pytest.mark.slow), 0.9])
@pytest.mark.parametrize("at", [1, STEPS + 3, 2 * STEPS, 3 * STEPS, 3 * STEPS + 5])
def test_a_run_stopped_in_any_stage_ends_with_the_same_bits(
    at: int, average: float, network: Network, data: TrainingData, staged: TrainConfig, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(meter, "INTERVAL", 0.0)
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    network = network.scale_rate(("conv",), 0.5)
    staged = replace(staged, ema_decay=average, optimizer="sgd", schedule="cosine")
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train(network, data, staged, whole))
    control = Control()
    for event in train(network, data, staged, parts, control):
        if isinstance(event, Step) and event.step == at:
            control.stop()
    events = list(resume(parts, data=data))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert moved(last(whole), last(parts)) == set()
    assert told(whole) == told(parts)


def told(folder: Path) -> list[object]:
    """What the metrics say of stages and epochs, times aside."""
    names = ("event", "stage", "epoch", "step", "parameters", "validation_loss", "train_loss", "lr")
    records = (record for record in Run.open(folder).metrics() if record["event"] in {"stage", "epoch"})
    return [[record.get(name) for name in names] for record in records]


def test_a_run_in_stages_goes_on_for_longer(
    network: Network, data: TrainingData, staged: TrainConfig, tmp_path: Path
) -> None:
    list(train(network, data, staged, tmp_path / "run"))
    events: list[Event] = list(resume(tmp_path / "run", data=data, epochs=6))
    assert [event.epoch for event in events if isinstance(event, EpochFinished)] == [6]
    assert not [event for event in events if isinstance(event, StageStarted)]


def test_a_run_stopped_in_an_early_stage_goes_on_for_as_few_epochs_as_its_stages_need(
    network: Network, data: TrainingData, staged: TrainConfig, tmp_path: Path
) -> None:
    control = Control()
    for event in train(network, data, replace(staged, epochs=9), tmp_path / "run", control):
        if isinstance(event, EpochFinished):
            control.stop()
    with pytest.raises(TrainingError) as refused:
        list(resume(tmp_path / "run", data=data, more=2))
    assert str(refused.value) == (
        "The stages before the last end with epoch 3, and the run stands behind epoch 1; "
        "2 more would leave the last stage none; continue it for at least 3 epochs."
    )
    events = list(resume(tmp_path / "run", data=data, more=3))
    assert [event.epoch for event in events if isinstance(event, EpochFinished)] == [2, 3, 4]
    assert [event.stage for event in events if isinstance(event, StageStarted)] == [3]  # 2 had begun


def test_a_block_learns_at_its_multiple_of_the_rate(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    """Plain gradient descent for one step: a tenth of the rate moves a tenth as far."""
    config = replace(config, epochs=1, optimizer="sgd", momentum=0.0, lr=0.1, batch_size=1080)
    for name, form in (("plain", network), ("scaled", network.scale_rate(("conv",), 0.1))):
        list(train(form, data, config, tmp_path / name))
    plain, scaled = ({key: last(tmp_path / name)[key] - weights(tmp_path / name, "0")[key] for key in
                      ("conv.weight", "fc.weight")} for name in ("plain", "scaled"))  # fmt: skip
    torch.testing.assert_close(scaled["conv.weight"], plain["conv.weight"] / 10, rtol=1e-3, atol=1e-7)
    assert torch.equal(scaled["fc.weight"], plain["fc.weight"])


def test_a_network_whose_body_is_frozen_needs_no_more_of_its_stages(network: Network) -> None:
    assert forms(network.freeze(("conv",)), [Stage("design")])[0].frozen == {("conv",)}
    assert forms(network.freeze(("conv",)), [Stage("all")])[0].frozen == frozenset()
    assert forms(network, ()) == (network,)
    wider = network.replace(("fc",), Linear(7))
    assert forms(wider, [Stage("head")])[0].frozen >= {("conv",), ("norm",)}
