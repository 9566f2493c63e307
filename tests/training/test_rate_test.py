from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Event, RateFound, RateTried, Step
from explorer.training.rate_test import HIGHEST, LOWEST, find_rate, suggestion
from explorer.training.trainer import train


def _tried(events: list[Event]) -> list[RateTried]:
    return [event for event in events if isinstance(event, RateTried)]


def test_the_suggestion_lies_where_the_loss_falls_most_steeply() -> None:
    rates = [10 ** (-6 + number / 20) for number in range(120)]
    fall = [2.3 - 2 / (1 + math.exp(-4 * (math.log10(rate) + 2))) for rate in rates]  # steepest at 0.01
    found = suggestion(rates, fall)
    assert found == pytest.approx(0.01, rel=0.15)  # the next rate is 12 % away
    noisy = [loss + 0.03 * math.sin(40 * number) for number, loss in enumerate(fall)]
    assert suggestion(rates, noisy) == pytest.approx(0.01, rel=0.6)
    blown_up = [*fall[:100], *(loss + number for number, loss in enumerate(fall[100:]))]
    assert suggestion(rates, blown_up) == found
    assert suggestion(rates, [*fall[:100], math.nan]) == found


@pytest.mark.parametrize("losses", [[], [1.0] * 5, [1.0] * 50, [float(number) for number in range(50)]])
def test_a_loss_that_does_not_fall_gives_no_suggestion(losses: list[float]) -> None:
    assert suggestion([0.1] * 50, losses) is None


def test_the_rate_that_is_found_trains(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    config = replace(config, optimizer="sgd", epochs=1)
    events = list(find_rate(network, data, config))
    tried, found = _tried(events), events[-1]
    assert isinstance(found, RateFound)
    assert found.lr is not None
    assert tried[0].lr == LOWEST
    assert tried[-1].lr <= HIGHEST
    ratios = [later.lr / earlier.lr for earlier, later in itertools.pairwise(tried)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))
    accuracy = {}
    for rate in (found.lr, LOWEST):
        for event in train(network, data, replace(config, lr=rate), tmp_path / str(rate)):
            if isinstance(event, EpochFinished):
                accuracy[rate] = event.validation_accuracy or 0.0
    assert accuracy[found.lr] > accuracy[LOWEST] + 0.2


def test_its_loss_is_that_of_the_run_also_where_rare_classes_count_more(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    network = network.enable(("dropout",), enabled=False)
    train_images = data.images.train
    kept = np.flatnonzero(np.arange(len(train_images)) % (1 + 3 * train_images.labels) == 0)
    rare = replace(data, images=replace(data.images, train=train_images.take(kept)))
    first = {}
    for weights in ("none", "balanced"):
        settings = replace(config, class_weights=weights, label_smoothing=0.1)
        first[weights] = _tried(list(find_rate(network, rare, settings, steps=2)))[0].loss
        steps = (event for event in train(network, rare, settings, tmp_path / weights) if isinstance(event, Step))
        assert first[weights] == pytest.approx(next(steps).loss, rel=1e-5)
    assert abs(first["none"] - first["balanced"]) > 1e-3


def test_rates_without_hope_are_not_tried(network: Network, data: TrainingData, config: TrainConfig) -> None:
    config = replace(config, optimizer="sgd", momentum=0.9)
    tried = _tried(list(find_rate(network, data, config, steps=60)))
    if len(tried) < 60:
        assert not tried[-1].loss < 4 * min(event.loss for event in tried)
    assert all(event.loss < 4 * min(other.loss for other in tried[: event.step]) for event in tried[:-1])


def test_it_changes_nothing_around_it_and_can_be_stopped(
    network: Network, data: TrainingData, config: TrainConfig, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    state, control, events = torch.get_rng_state(), Control(), []
    for event in find_rate(network, data, config, control):
        events.append(event)
        if len(events) == 7:
            control.stop()
    assert len(events) == 7
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == 2
    again = _tried(list(find_rate(network, data, config)))
    assert events == again[:7]  # a function of the settings
