"""Fine-tuning on real images: what five classes taught helps to learn the other five."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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

FIRST = (0, 2, 4, 6, 8)
SECOND = (1, 3, 5, 7, 9)


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


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_three_stages_beat_the_same_budget_from_scratch(seed: int, tmp_path: Path) -> None:
    network = explorer.network("resnet20", input_shape=(1, 28, 28), classes=5)
    config = TrainConfig(epochs=3, batch_size=64, lr=0.05, optimizer="sgd", momentum=0.9, threads=1, seed=seed,
                         initialisation="kaiming", weight_decay=1e-4)  # fmt: skip
    list(train(network, part(FIRST, 300), config, tmp_path / "first"))
    few = part(SECOND, 30)
    budget = replace(config, epochs=6, batch_size=16)
    stages = (Stage("head", 1.0, 2), Stage("last-2", 0.1, 2), Stage("last-3", 0.1))
    tuned = replace(budget, stages=stages)
    *_, scratch = train(network, few, budget, tmp_path / "scratch")
    *_, ended = train(network, few, tuned, tmp_path / "tuned", start=open_weights(tmp_path / "first"))
    assert isinstance(scratch, Finished)
    assert isinstance(ended, Finished)
    assert (ended.test_accuracy or 0) > (scratch.test_accuracy or 0)
    before, after = (trained_model(Run.open(tmp_path / name)).state for name in ("first", "tuned"))
    frozen = [key for key in before if not key.startswith(("layer2", "layer3", "fc"))]
    assert len(frozen) > 30
    assert all(torch.equal(before[key], after[key]) for key in frozen)
