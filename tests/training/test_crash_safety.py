"""What a system really refuses in the middle of a run: each ends in a sentence, and all finished epochs are kept."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from explorer.core.network import Network
from explorer.datasets.images import ArraySplit, FileSplit, Images
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training import feed
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Event, Finished, SavingFailed, Started
from explorer.training.trainer import resume, train
from tests.training.test_failures import STEPS, run_failing

resource = pytest.importorskip("resource")  # Windows has none


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter; those of pytest are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o777)
    shutil.rmtree(folder)


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """Has the system refuse to let a file grow further, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Takes the right to write away, which the administrator has not got to lose: it becomes somebody else."""
    paths = [folder, *folder.rglob("*")]
    modes = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)


def after_first_epoch(events: Iterator[Event], happens: Callable[[], object]) -> list[Event]:
    """All events, with something that happens once the first epoch is saved."""
    told: list[Event] = []
    for event in events:
        told.append(event)
        if isinstance(event, EpochFinished) and event.epoch == 1:
            told.append(next(events))  # its checkpoint
            happens()
    return told


def check_first_epoch_is_kept(folder: Path) -> None:
    run = Run.open(folder)
    assert run.checkpoints.pointed("last") == str(STEPS)
    assert load(run.checkpoints.path(str(STEPS))).meta.epoch == 1
    assert not list(folder.rglob("*.tmp"))
    assert any(record["event"] == "epoch" and record["epoch"] == 1 for record in run.metrics())


@pytest.mark.parametrize("refusal", ["full", "read-only"])
def test_a_folder_that_takes_no_more_stops_saving_and_not_training(
    network: Network, data: TrainingData, config: TrainConfig, place: Path, refusal: str
) -> None:
    folder = place / "run"
    events, told = train(network, data, replace(config, epochs=2), folder), []
    for event in events:
        told.append(event)
        if isinstance(event, EpochFinished):
            told.append(next(events))
            break
    with small_files(2_000) if refusal == "full" else read_only(folder):
        told.extend(events)
    messages = [event.message for event in told if isinstance(event, SavingFailed)]
    assert messages
    assert all("cannot be written" in message and "\n" not in message for message in messages)
    finished = told[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epoch) == ("finished", 2)
    check_first_epoch_is_kept(folder)
    again = list(resume(folder, data=data))
    assert isinstance(again[-1], Finished)
    assert (again[-1].reason, again[-1].epoch) == ("finished", 2)
    assert Run.open(folder).state == "finished"


@pytest.fixture
def files(data: TrainingData, tmp_path: Path) -> TrainingData:
    """The images to train on as files."""
    split = data.images.train
    assert isinstance(split, ArraySplit)
    folder, paths = tmp_path / "images", []
    folder.mkdir()
    for index, image in enumerate(split.images):
        paths.append(folder / f"{index}.png")
        Image.fromarray(image[0]).save(paths[-1], compress_level=0)
    return replace(data, images=Images(FileSplit(tuple(paths), split.labels, (16, 16), 1), data.images.test))


def shoot_a_reader() -> None:
    reader = multiprocessing.active_children()[0]
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)


@pytest.mark.parametrize("workers", [0, 1])
def test_images_that_are_deleted_end_the_run_with_one_sentence(
    network: Network,
    files: TrainingData,
    config: TrainConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    monkeypatch.setattr(feed, "fits", lambda split, _: isinstance(split, ArraySplit))
    events = train(network, files, replace(config, workers=workers), tmp_path / "run")
    finished = after_first_epoch(events, lambda: shutil.rmtree(tmp_path / "images"))[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epoch) == ("failed", 1)
    assert ".png is not there any more" in finished.message
    assert "\n" not in finished.message
    check_first_epoch_is_kept(tmp_path / "run")


def test_a_reader_that_is_killed_ends_the_run_with_one_sentence(
    network: Network, files: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "fits", lambda split, _: isinstance(split, ArraySplit))
    events = train(network, files, replace(config, workers=1), tmp_path / "run")
    finished = after_first_epoch(events, shoot_a_reader)[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epoch) == ("failed", 1)
    assert "A process that reads images was killed" in finished.message
    check_first_epoch_is_kept(tmp_path / "run")


def test_a_device_that_answers_nothing_any_more_ends_the_run_with_a_sentence(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Tensor:
        raise torch.AcceleratorError("CUDA error: the launch timed out and was terminated")

    def lose(outputs: Tensor) -> Tensor:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "empty_cache", refuse)
        return refuse()

    events, finished = run_failing(network, data, config, tmp_path / "run", STEPS + 3, lose)
    assert isinstance(events[0], Started)
    assert (finished.reason, finished.epoch) == ("lost_device", 1)
    assert "the launch timed out" in finished.message
    check_first_epoch_is_kept(tmp_path / "run")
