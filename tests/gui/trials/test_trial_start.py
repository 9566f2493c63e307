"""What is found out before a run is found out of the run that would start: with its weights and its stages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.datasets.base import DATASETS
from explorer.gui.data.shelf import DataChoice, DataShelf
from explorer.gui.trials.record import TrialKind, TrialOrder
from explorer.gui.trials.start import trial_events
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, RateTried
from explorer.training.stages import Stage
from explorer.training.trainer import train
from tests.gui.desk import small_network


def first_loss(order: TrialOrder) -> float:
    """Of the rate test, at a rate that moves nothing yet."""
    events = trial_events(order, Control(), DataShelf(), lambda _: None)
    first = next(event for event in events if isinstance(event, RateTried))
    return first.loss


def test_a_rate_is_tried_on_the_weights_that_the_run_starts_from(tmp_path: Path) -> None:
    network, dataset = small_network(), DATASETS["synthetic"].resolve()
    config = TrainConfig(epochs=20, batch_size=32, lr=0.02, threads=1, memory_format="contiguous")
    epochs = [
        event
        for event in train(network, TrainingData.load(dataset), config, tmp_path / "taught")
        if isinstance(event, EpochFinished)
    ]
    assert epochs[-1].train_loss < 0.9 * epochs[0].train_loss
    staged = replace(config, batch_size=512, stages=(Stage("head", 1.0, 1), Stage("all", 0.1)))
    fresh = TrialOrder(TrialKind.RATE, network, dataset, DataChoice("synthetic", None), staged)
    assert first_loss(replace(fresh, start=tmp_path / "taught")) < 0.9 * first_loss(fresh)
