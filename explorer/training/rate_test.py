"""The learning-rate range test: the rate rises from step to step, and the loss shows which rates train.

Smith, "Cyclical Learning Rates for Training Neural Networks", 2017. The suggestion is the rate around which the
loss falls most steeply over the logarithm of the rate; the rates near the lowest loss are too high to last.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.training.checks import require_consent, require_fit
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.criterion import class_weight
from explorer.training.data import TrainingData
from explorer.training.device import settle
from explorer.training.events import Event, RateFound, RateTried
from explorer.training.feed import Feed
from explorer.training.fitting import fitting
from explorer.training.fresh_module import Build
from explorer.training.health import in_memory
from explorer.training.isolation import Isolation, isolated
from explorer.training.loop import Events
from explorer.training.session import make_feed
from explorer.training.source import Batch
from explorer.training.stages import forms
from explorer.training.starting import StoredWeights
from explorer.training.trial import Trial

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 100
_HOPELESS = 4.0  # times the best loss, behind which no rate is tried
_WINDOW = 15  # steps through which a line is laid, since one loss alone is mostly chance
_LEAST_FALL = 0.02  # of the first loss, within a window, below which nothing is suggested


def find_rate(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    control: Control | None = None,
    *,
    steps: int = STEPS,
    build: Build = assemble,
    start: StoredWeights | None = None,
) -> Iterator[Event]:
    """Tries learning rates on a fresh module that is thrown away.

    Args:
        network: What to train.
        data: On what.
        config: How; its rate and its schedule are left aside.
        control: Ends it early.
        steps: How many rates to try, from the lowest to the highest.
        build: Makes the module of the network.
        start: Weights to start from, as far as they fit.

    Yields:
        A `RateTried` a step, and at the end a `RateFound`.

    Raises:
        ExplorerError: If the parts do not fit together, or the memory is not enough.
    """
    require_fit(network, data.dataset, config)
    require_consent(data.dataset, leave_out=data.leave_out)
    hardware, control = settle(config), control or Control()

    def sweep() -> Events:
        first = forms(network, config.stages)[0]
        feed = make_feed(network, data, config, hardware)
        classes, device = len(data.dataset.classes), hardware.device
        weight = class_weight(config.class_weights, feed.train_labels, classes, device)
        trial = Trial(first, config, hardware, build, weight)
        if start is not None:
            taken = fitting(network, start, data.dataset.classes)
            trial.module.load_state_dict(taken.weights, strict=False)
        for _ in feed.prepare():
            if control.stopping:
                return
        yield from _tried(trial, _endless(feed), _rates(steps), control)

    yield from in_memory(isolated(sweep(), Isolation(hardware.device, hardware.threads)))


def _tried(trial: Trial, batches: Iterator[Batch], rates: Sequence[float], control: Control) -> Events:
    """Takes a step at each rate, until the loss is hopeless or a person ends it."""
    losses: list[float] = []
    for rate, (images, labels) in zip(rates, batches, strict=False):
        if control.stopping:
            return
        losses.append(trial.take_step(images, labels, rate)[0].item())
        yield RateTried(len(losses), rate, losses[-1])
        if not losses[-1] < _HOPELESS * min(losses):
            break
    yield RateFound(suggestion(rates, losses))


def suggestion(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """The rate around which the loss falls most steeply; None if it falls nowhere, or too little was tried.

    Args:
        rates: In equal steps of their logarithm.
        losses: Of the first of them.
    """
    finite = [loss for loss in losses if math.isfinite(loss)]
    slopes = [_slope(finite[start : start + _WINDOW]) for start in range(len(finite) - _WINDOW + 1)]
    if not slopes or min(slopes) * _WINDOW > -_LEAST_FALL * finite[0]:
        return None
    return rates[slopes.index(min(slopes)) + _WINDOW // 2]


def _slope(losses: Sequence[float]) -> float:
    """The slope of the line through these losses with the least squares, a step being 1."""
    middle = (len(losses) - 1) / 2
    weights = [number - middle for number in range(len(losses))]
    rise = sum(weight * loss for weight, loss in zip(weights, losses, strict=True))
    return rise / sum(weight * weight for weight in weights)


def _rates(steps: int) -> list[float]:
    return [LOWEST * (HIGHEST / LOWEST) ** (number / max(steps - 1, 1)) for number in range(steps)]


def _endless(feed: Feed) -> Iterator[Batch]:
    for epoch in itertools.count():
        yield from feed.train(epoch, 0)
