"""Learning rates as pure functions of the step: continuing a run needs no scheduler to be restored.

Without torch, so that the window can draw a schedule before torch is loaded.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable
from dataclasses import replace

from explorer.training.config import TrainConfig
from explorer.training.stages import boundaries, stage_at


def learning_rate(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:
    """The learning rate of each step, the first being step 0; it agrees with ``torch.optim.lr_scheduler``.

    Args:
        config: The settings; ``epochs`` times ``steps_per_epoch`` is the length of cosine and one-cycle. Each stage has
            the schedule for itself, from its beginning to its end, at its multiple of the rate.
        steps_per_epoch: Steps of one epoch.
    """
    if config.stages:
        return _staged(config, steps_per_epoch)
    return _SCHEDULES[config.schedule](config, steps_per_epoch)


def _staged(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:
    begins = boundaries(config.stages, config.epochs)
    lengths = [end - begin for begin, end in itertools.pairwise(begins)]
    rates = [learning_rate(replace(config, stages=(), epochs=length), steps_per_epoch) for length in lengths]

    def rate(step: int) -> float:
        stage = stage_at(config.stages, config.epochs, step // steps_per_epoch)
        return config.stages[stage].rate * rates[stage](step - begins[stage] * steps_per_epoch)

    return rate


def _constant(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:  # noqa: ARG001 - one signature
    return lambda _: config.lr


def _step(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:
    return lambda step: config.lr * config.gamma ** (step // steps_per_epoch // config.step_size)


def _multi_step(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:  # noqa: ARG001 - one signature
    drops = sorted(config.milestones)
    return lambda step: config.lr * config.gamma ** bisect.bisect_right(drops, step)


def _cosine(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:
    total = config.epochs * steps_per_epoch
    return lambda step: _anneal(config.lr, config.eta_min, min(step / total, 1.0))


def _one_cycle(config: TrainConfig, steps_per_epoch: int) -> Callable[[int], float]:
    """Smith and Topin, "Super-Convergence", 2018, with the two cosine phases of torch's OneCycleLR."""
    total = config.epochs * steps_per_epoch
    peak = config.pct_start * total - 1
    first = config.lr / config.div_factor

    def rate(step: int) -> float:
        if step <= peak:
            return _anneal(first, config.lr, step / peak if peak else 1.0)
        return _anneal(config.lr, first / config.final_div_factor, min((step - peak) / (total - 1 - peak), 1.0))

    return rate


def _anneal(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


_SCHEDULES: dict[str, Callable[[TrainConfig, int], Callable[[int], float]]] = {
    "constant": _constant,
    "step": _step,
    "multi_step": _multi_step,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
}
