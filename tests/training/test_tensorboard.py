"""TensorBoard's events, read back with its own reader."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Finished, SavingFailed, Step
from explorer.training.trainer import resume, train

INSTALLED = importlib.util.find_spec("tensorboard") is not None
needs_it = pytest.mark.skipif(not INSTALLED, reason="TensorBoard is an extra")


@pytest.fixture
def config(config: TrainConfig) -> TrainConfig:
    return replace(config, tensorboard=True, block_statistics=True)


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder / "tensorboard"), size_guidance={"scalars": 0})
    found.Reload()
    return found


def points(found: Any, tag: str) -> list[tuple[int, Any]]:
    return [(point.step, pytest.approx(point.value)) for point in found.Scalars(tag)]


@needs_it
def test_its_own_reader_finds_the_metrics(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    events = list(train(network, data, config, tmp_path / "run"))
    found = read(tmp_path / "run")
    steps = [event for event in events if isinstance(event, Step)]
    assert [(event.step, event.loss) for event in steps] == points(found, "loss/training")
    assert [(event.step, event.lr) for event in steps] == points(found, "pace/learning_rate")
    told = [line for line in Run.open(tmp_path / "run").metrics() if line["event"] == "epoch"]
    assert [(line["step"], line["validation_accuracy"]) for line in told] == points(found, "accuracy/validation")
    blocks = [line for line in Run.open(tmp_path / "run").metrics() if line["event"] == "blocks"]
    place = blocks[0]["blocks"].index("conv")
    assert [(line["step"], line["gradient"][place]) for line in blocks] == points(found, "gradient/conv")
    assert "dead/fc" not in found.Tags()["scalars"], "a block without rectifiers has no such figure"


@needs_it
def test_a_run_that_goes_on_shows_no_step_twice(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    folder = tmp_path / "run"
    generator = train(network, data, config, folder)
    for event in generator:
        if isinstance(event, Step) and event.step == 50:  # as if killed: the last checkpoint is from step 34
            break
    generator.close()  # type: ignore[attr-defined]
    list(resume(folder, data=data))
    shown = [step for step, _ in points(read(folder), "loss/training")]
    assert shown == list(range(1, 3 * 34 + 1))


@needs_it
def test_a_folder_that_takes_nothing_is_told_once_and_the_run_ends_as_usual(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=1), folder))
    shutil.rmtree(folder / "tensorboard")
    (folder / "tensorboard").write_text("in the way")
    events = list(resume(folder, data=data, more=1))
    failures = [event for event in events if isinstance(event, SavingFailed)]
    assert len(failures) == 1
    assert "tensorboard" in failures[0].message
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "finished"


def test_it_is_off_by_default(network: Network, data: TrainingData, tmp_path: Path) -> None:
    control = Control()
    control.stop()
    list(train(network, data, TrainConfig(epochs=1, threads=1, memory_format="contiguous"), tmp_path / "run", control))
    assert not (tmp_path / "run" / "tensorboard").exists()


def test_without_it_a_sentence_says_how_to_get_it(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorboard" else whole(name))
    with pytest.raises(TrainingError, match=r"pip install 'architecture-explorer\[tensorboard\]'"):
        list(train(network, data, config, tmp_path / "run"))
    assert not (tmp_path / "run").exists()
