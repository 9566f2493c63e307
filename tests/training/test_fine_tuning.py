"""Fine-tuning on real images: what five classes taught helps to learn the other five."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit, Images, Split
from explorer.export.from_run import trained_model
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import Finished
from explorer.training.stages import Stage
from explorer.training.starting import open_weights
from explorer.training.trainer import train

FIRST = (1, 3, 5, 7, 9)  # trousers, dresses and three kinds of shoe
SECOND = (0, 2, 4, 6, 8)  # what is worn above, and bags
SEEDS = 4
NETWORK = explorer.network("resnet20", input_shape=(1, 16, 16), classes=5)
CONFIG = TrainConfig(
    epochs=3, batch_size=16, lr=0.05, optimizer="sgd", momentum=0.9, weight_decay=5e-4, validation_fraction=0.2,
    initialisation="kaiming", threads=1,
)  # fmt: skip
STAGES = (Stage("head", 4.0, 1), Stage("last-2", 1.0, 1), Stage("last-3", 0.5))


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
    """A run on five of the classes."""
    folder = tmp_path_factory.mktemp("taught") / "run"
    config = replace(CONFIG, epochs=6, batch_size=32, lr=0.1, schedule="one_cycle", validation_fraction=0.1)
    assert accuracy(NETWORK, part(FIRST, 600), config, folder) > 0.85
    return folder


@pytest.mark.slow
def test_three_stages_beat_the_same_budget_from_scratch(taught: Path, tmp_path: Path) -> None:
    """Three epochs of 240 images; a single run of so few is a matter of luck, so the mean of several is compared."""
    few, scratch, tuned = part(SECOND, 60), [], []
    for seed in range(SEEDS):
        config = replace(CONFIG, seed=seed)
        scratch.append(accuracy(NETWORK, few, config, tmp_path / f"scratch-{seed}"))
        staged, folder = replace(config, stages=STAGES), tmp_path / f"tuned-{seed}"
        tuned.append(accuracy(NETWORK, few, staged, folder, start=open_weights(taught)))
        assert Run.open(folder).origin["new_heads"] == ["fc"]
        before, after = (trained_model(Run.open(run)).state for run in (taught, folder))
        frozen = [key for key in before if not key.startswith(("layer2", "layer3", "fc"))]
        assert len(frozen) > 30
        assert all(torch.equal(before[key], after[key]) for key in frozen)
    assert sum(tuned) / SEEDS > sum(scratch) / SEEDS + 0.02, (tuned, scratch)
