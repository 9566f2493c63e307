"""A run that goes on for longer, or from any of its checkpoints: to the bit what one at a stretch would have been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import FileError, TrainingError
from explorer.runs.checkpoint import load
from explorer.runs.run import INTERRUPTED, Run
from explorer.runs.starting_points import complete_epochs, starting_point, starting_points
from explorer.training.branch import branch, gentler
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Finished, Step
from explorer.training.schedule import learning_rate
from explorer.training.trainer import resume, train

STEPS = 34  # an epoch


def state(folder: Path, pointer: str = "last") -> dict[str, Tensor]:
    """All tensors of a checkpoint: weights, the optimiser's memory and the random state."""
    checkpoints = Run.open(folder).checkpoints
    checkpoint = load(checkpoints.path(str(checkpoints.pointed(pointer))))
    memory = checkpoint.training["optimizer"]["state"]
    moments = {f"{key}.{name}": value for key, values in memory.items() for name, value in values.items()}
    return {**checkpoint.model, **moments, "random": checkpoint.training["random"]["cpu"]}


def assert_same(left: dict[str, Tensor], right: dict[str, Tensor]) -> None:
    assert left.keys() == right.keys()
    for name, tensor in left.items():
        assert torch.equal(tensor, right[name]), name


def figures(folder: Path) -> list[tuple[object, ...]]:
    """What the epochs of a run told, without what a clock says."""
    names = ("epoch", "step", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "best")
    return [tuple(line[name] for name in names) for line in Run.open(folder).metrics() if line["event"] == "epoch"]


@pytest.fixture
def config(config: TrainConfig) -> TrainConfig:
    """With all that has a state, at a rate that no length of the run changes; every checkpoint of an epoch is kept."""
    return replace(config, epochs=4, keep_every=1, ema_decay=0.9, flip=True, crop_padding=1)


@pytest.fixture
def whole(network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path) -> Path:
    """The run at a stretch."""
    list(train(network, data, config, tmp_path / "whole"))
    return tmp_path / "whole"


@pytest.mark.parametrize("schedule", ["constant", "step", "multi_step"])
def test_more_epochs_equal_a_run_planned_so_long(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, schedule: str
) -> None:
    config = replace(config, schedule=schedule, step_size=1, milestones=(40, 80))
    list(train(network, data, config, tmp_path / "whole"))
    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=2), folder))
    for total in (3, 4):  # a finished run goes on, twice
        list(resume(folder, data=data, more=1))
        assert Run.open(folder).config["epochs"] == total
    assert_same(state(tmp_path / "whole"), state(folder))
    assert figures(tmp_path / "whole") == figures(folder)
    assert Run.open(folder).state == "finished"


def test_a_run_that_was_stopped_within_an_epoch_counts_from_the_last_complete_one(
    network: Network, data: TrainingData, config: TrainConfig, whole: Path, tmp_path: Path, every_step: None
) -> None:
    folder, control = tmp_path / "run", Control()
    for event in train(network, data, replace(config, epochs=9), folder, control):
        if isinstance(event, Step) and event.step == STEPS + 5:
            control.stop()
    assert complete_epochs(Run.open(folder)) == 1
    list(resume(folder, data=data, more=3))
    assert_same(state(whole), state(folder))


@pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
def test_a_schedule_with_an_end_is_that_of_a_run_of_the_new_length(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, schedule: str, every_step: None
) -> None:
    config = replace(config, epochs=1, schedule=schedule)
    list(train(network, data, config, tmp_path / "run"))
    steps = [event for event in resume(tmp_path / "run", data=data, more=2) if isinstance(event, Step)]
    longer = learning_rate(replace(config, epochs=3), STEPS)
    assert [event.lr for event in steps] == [longer(step) for step in range(STEPS, 3 * STEPS)]


@pytest.mark.parametrize("which", ["0", str(STEPS), str(2 * STEPS), "best"])
def test_from_any_kept_checkpoint_a_copy_ends_like_the_run(
    data: TrainingData, config: TrainConfig, whole: Path, tmp_path: Path, network: Network, which: str
) -> None:
    if which == "0":  # the first one is the only one here that was not kept, so take a run that has hardly begun
        whole = _begun(network, data, config, tmp_path / "begun")
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    run = Run.open(whole)
    copy = branch(run, starting_point(run, which), tmp_path / "copy")
    assert copy.state == INTERRUPTED
    assert f"of {whole.name}." in copy.note
    list(resume(copy.folder, data=data))
    assert before == {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    if which == "0":
        list(resume(whole, data=data))
    assert_same(state(whole), state(copy.folder))
    assert figures(whole) == figures(copy.folder)


def _begun(network: Network, data: TrainingData, config: TrainConfig, folder: Path) -> Path:
    control = Control()
    control.stop()
    list(train(network, data, config, folder, control))
    return folder


def test_the_points_say_where_they_stand(whole: Path) -> None:
    run = Run.open(whole)
    points = starting_points(run)
    assert [point.name for point in points] == [str(epoch * STEPS) for epoch in (4, 3, 2, 1)]
    assert [point.facts.epoch for point in points] == [4, 3, 2, 1]
    assert [point.is_last for point in points] == [True, False, False, False]
    assert [point.name for point in points if point.is_best] == [run.checkpoints.pointed("best")]
    with pytest.raises(FileError, match=r"has no checkpoint 7; there are: 34, 68, 102, 136\."):
        starting_point(run, "7")
    (run.checkpoints.path(str(STEPS)) / "meta.json").write_text("{")
    assert [point.facts.epoch for point in starting_points(run)] == [4, 3, 2]


def test_a_copy_goes_nowhere_where_something_is_and_leaves_nothing_half_made(whole: Path, tmp_path: Path) -> None:
    run, full = Run.open(whole), tmp_path / "full"
    full.mkdir()
    (full / "diary.txt").write_text("mine")
    with pytest.raises(FileError, match="is not empty"):
        branch(run, "68", full)
    weights = run.checkpoints.path("68") / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(FileError, match="is damaged"):
        branch(run, "68", tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "whole"]


def test_a_run_that_stopped_early_gets_its_patience_anew(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    hopeless = replace(config, epochs=50, lr=0.0, patience=2, ema_decay=0.0)
    list(train(network, data, hopeless, folder))
    assert Run.open(folder).state == "early_stop"
    with pytest.raises(TrainingError, match="so many more epochs"):
        list(resume(folder, data=data))
    events = list(resume(folder, data=data, more=2))
    assert [event.epoch for event in events if isinstance(event, EpochFinished)] == [4, 5]


class Exploding(nn.Module):
    """A network whose outputs stop being numbers while its weights are large."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.inner = assemble(network)

    def forward(self, images: Tensor) -> Tensor:
        outputs: Tensor = self.inner(images)
        return outputs * (torch.nan if outputs.abs().max() > 50 else 1.0)

    def state_dict(self, *arguments: Any, **options: Any) -> Any:
        return self.inner.state_dict(*arguments, **options)

    def load_state_dict(self, *arguments: Any, **options: Any) -> Any:
        return self.inner.load_state_dict(*arguments, **options)


def test_a_run_that_diverged_goes_on_at_a_tenth_of_the_rate(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    violent = replace(config, optimizer="sgd", lr=3.0, schedule="cosine", eta_min=1.0, ema_decay=0.0)
    list(train(network, data, violent, tmp_path / "run", build=Exploding))
    run = Run.open(tmp_path / "run")
    assert run.state == "diverged"
    calm = gentler(TrainConfig.from_json(run.config))
    assert [calm.lr, calm.eta_min] == pytest.approx([0.3, 0.3])
    copy = branch(run, starting_point(run, "last"), tmp_path / "calm", replace(calm, lr=0.01, eta_min=0.0))
    last = list(resume(copy.folder, data=data, build=Exploding))[-1]
    assert isinstance(last, Finished)
    assert last.reason == "finished"
    assert copy.config["lr"] == 0.01
    assert run.config["lr"] == 3.0
