"""Fine-tuning on real images: what five classes taught helps to learn the other five."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit, Images, Split
from explorer.export.from_run import trained_model
from explorer.runs.run import Run
from explorer.training.data import TrainingData
from explorer.training.events import Finished
from explorer.training.presets import preset
from explorer.training.starting import open_weights
from explorer.training.trainer import train

FIRST, SECOND = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
FEW = 20  # images a class of the second five
SEEDS = 3
NETWORK = explorer.network("resnet20", input_shape=(1, 28, 28), classes=5)
TEACHING = preset("one-cycle").config(epochs=6, batch_size=32, threads=1, memory_format="contiguous")
TUNING = preset("fine-tune-3").config(
    epochs=10, batch_size=16, threads=1, memory_format="contiguous"
)  # seven steps an epoch


def only(split: Split, classes: tuple[int, ...], most: int) -> ArraySplit:
    """Some images of those classes, which get the labels 0, 1, ..."""
    assert isinstance(split, ArraySplit)
    chosen = np.concatenate([np.flatnonzero(split.labels == label)[:most] for label in classes])
    labels = np.searchsorted(classes, split.labels[chosen])
    return ArraySplit(split.images[chosen], labels)


def part(classes: tuple[int, ...], most: int) -> TrainingData:
    """The bundled images of some classes."""
    whole = TrainingData.load(DATASETS["fashion-mnist-sample"].resolve())
    names = tuple(whole.dataset.classes[label] for label in classes)
    images = Images(only(whole.images.train, classes, most), only(whole.images.test, classes, 200), None)
    return TrainingData(replace(whole.dataset, classes=names), images)


def accuracy(*arguments: Any, **options: Any) -> float:
    """On the test set, of the best weights of a run."""
    *_, finished = train(*arguments, **options)
    assert isinstance(finished, Finished)
    assert finished.test_accuracy is not None
    return finished.test_accuracy


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on all bundled images of five classes."""
    folder = tmp_path_factory.mktemp("taught") / "run"
    assert accuracy(NETWORK, part(FIRST, 1000), TEACHING, folder) > 0.85
    return folder


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_three_stages_beat_the_same_budget_from_scratch(taught: Path, tmp_path: Path) -> None:
    """A single run of so few images is a matter of luck, so the means of several are compared.

    Without a first run to start from, the rate of the later stages may be the better one for the whole run: so the
    stages have to beat both.
    """
    few = part(SECOND, FEW)
    scratch: dict[float, list[float]] = {TUNING.lr: [], TUNING.lr / 10: []}
    tuned = []
    for seed in range(SEEDS):
        for lr, found in scratch.items():
            config = replace(TUNING, seed=seed, lr=lr, stages=())
            found.append(accuracy(NETWORK, few, config, tmp_path / f"scratch-{seed}-{lr}"))
        folder = tmp_path / f"tuned-{seed}"
        tuned.append(accuracy(NETWORK, few, replace(TUNING, seed=seed), folder, start=open_weights(taught)))
        assert Run.open(folder).origin["new_heads"] == ["fc"]
        before, after = (trained_model(Run.open(run)).state for run in (taught, folder))
        frozen = [key for key in before if not key.startswith(("layer2", "layer3", "fc"))]
        assert len(frozen) > 30
        assert all(torch.equal(before[key], after[key]) for key in frozen)
    assert mean(tuned) > max(map(mean, scratch.values())) + 0.05, (tuned, scratch)
