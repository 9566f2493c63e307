from __future__ import annotations

import gc
import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from explorer.core.network import Network
from explorer.datasets.images import ArraySplit, FileSplit, Images
from explorer.errors import DataError
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training import feed, meter, source
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Finished, Progress, Started, Step
from explorer.training.source import ResidentSource, StreamedSource, fits, read_files
from explorer.training.trainer import resume, train

CPU = torch.device("cpu")


def _as_files(split: ArraySplit, folder: Path, count: int) -> FileSplit:
    folder.mkdir()
    paths = []
    for index in range(count):
        paths.append(folder / f"{index}.png")
        Image.fromarray(split.images[index, 0]).save(paths[-1])
    return FileSplit(tuple(paths), split.labels[:count], (16, 16), 1)


@pytest.fixture
def files(data: TrainingData, tmp_path: Path) -> TrainingData:
    """The same images, 200 to train and 20 to test, as files."""
    train_split, test_split = data.images.train, data.images.test
    assert isinstance(train_split, ArraySplit)
    assert isinstance(test_split, ArraySplit)
    images = Images(_as_files(train_split, tmp_path / "train", 200), _as_files(test_split, tmp_path / "test", 20))
    return replace(data, images=images)


@pytest.fixture
def settings() -> TrainConfig:
    return TrainConfig(epochs=2, batch_size=16, seed=2, workers=0, threads=1, memory_format="contiguous")


def _weights(folder: Path) -> dict[str, Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(checkpoints.newest_first()[0])).model)


def _same(first: Path, second: Path) -> bool:
    return all(torch.equal(_weights(first)[name], tensor) for name, tensor in _weights(second).items())


def test_resident_batches_are_the_images_in_that_order(data: TrainingData) -> None:
    split = data.images.train
    assert isinstance(split, ArraySplit)
    order = np.array([5, 3, 900, 7, 3])
    batches = list(ResidentSource(split, CPU).batches(order, [2, 3]))
    assert [len(labels) for _, labels in batches] == [2, 3]
    assert torch.equal(torch.cat([images for images, _ in batches]), torch.from_numpy(split.images[order]))
    assert torch.equal(torch.cat([labels for _, labels in batches]), torch.from_numpy(split.labels[order]))


def test_images_that_cannot_be_written_to_are_taken_without_a_warning(data: TrainingData) -> None:
    split = data.images.train.take(range(4))
    assert isinstance(split, ArraySplit)
    split.images.flags.writeable = False
    assert len(list(ResidentSource(split, CPU).batches(np.arange(4), [4]))) == 1


def test_files_that_fit_are_read_once_and_told_about(
    network: Network, data: TrainingData, files: TrainingData, settings: TrainConfig, tmp_path: Path
) -> None:
    events = list(train(network, files, settings, tmp_path / "files"))
    assert isinstance(events[0], Started)
    assert events[0].resident
    assert [event for event in events if isinstance(event, Progress) and event.phase == "reading"][-1].done == 200
    arrays = replace(data, images=Images(data.images.train.take(range(200)), data.images.test.take(range(20))))
    list(train(network, arrays, settings, tmp_path / "arrays"))
    assert _same(tmp_path / "files", tmp_path / "arrays")


def test_stopping_while_files_are_read_leaves_a_run_that_goes_on(
    network: Network, files: TrainingData, settings: TrainConfig, tmp_path: Path
) -> None:
    control, events = Control(), []
    for event in train(network, files, settings, tmp_path / "run", control):
        events.append(event)
        if isinstance(event, Progress):
            control.stop()
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].step) == ("stopped", 0)
    assert isinstance(list(resume(tmp_path / "run", data=files))[-1], Finished)
    list(train(network, files, settings, tmp_path / "whole"))
    assert _same(tmp_path / "whole", tmp_path / "run")


def test_streaming_in_processes_gives_what_resident_images_give(
    network: Network, files: TrainingData, settings: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(train(network, files, settings, tmp_path / "resident"))
    monkeypatch.setattr(feed, "fits", lambda split, _: split is not files.images.train)
    monkeypatch.setattr(meter, "INTERVAL", 0.0)
    control, events = Control(), []
    for event in train(network, files, replace(settings, workers=1), tmp_path / "streamed", control):
        events.append(event)
        if isinstance(event, Step) and event.step == 8:
            control.stop()
    assert isinstance(events[0], Started)
    assert not events[0].resident
    assert not multiprocessing.active_children()
    # the settings of a run name the number of readers, which is not to matter
    Run.open(tmp_path / "streamed").rewrite_config(settings.to_json())
    list(resume(tmp_path / "streamed", data=files))
    assert _same(tmp_path / "resident", tmp_path / "streamed")


def test_a_file_that_disappears_ends_the_run_with_its_name(
    network: Network, files: TrainingData, settings: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "fits", lambda *_: False)
    split = files.images.train
    assert isinstance(split, FileSplit)
    gone = split.paths[4]
    events = []
    for event in train(network, files, settings, tmp_path / "run"):
        events.append(event)
        if isinstance(event, Started):
            gone.unlink()
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "failed"
    assert str(gone) in events[-1].message


@pytest.mark.slow
def test_a_reader_process_names_the_file_too(files: TrainingData) -> None:
    split = files.images.train
    assert isinstance(split, FileSplit)
    split.paths[1].write_text("no image")
    assert "1.png cannot be read" in _refusal(split)
    gc.collect()
    assert not multiprocessing.active_children()


def _refusal(split: FileSplit) -> str:
    try:
        next(StreamedSource(split, CPU, workers=1).batches(np.arange(4), [4]))
    except DataError as error:
        return str(error)
    return "none"


def test_reading_all_files_tells_how_far_it_is(files: TrainingData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_READ_AT_ONCE", 64)
    split = files.images.train
    assert isinstance(split, FileSplit)
    *counts, images = list(read_files(split))
    assert counts == [64, 128, 192, 200]
    assert isinstance(images, ArraySplit)
    assert np.array_equal(images.images, split.read(range(200)))


def test_what_fits_depends_on_the_free_memory(files: TrainingData, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = 200 * 16 * 16
    monkeypatch.setattr(source, "free_memory", lambda _: needed / source.RESIDENT_SHARE)
    assert fits(files.images.train, CPU)
    monkeypatch.setattr(source, "free_memory", lambda _: needed / source.RESIDENT_SHARE - 10)
    assert not fits(files.images.train, CPU)
