"""What the axes of a plot show: ranges that change in steps, so that a plot keeps still while its curves grow."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from explorer.gui.plots.curves import finite
from explorer.gui.record.curve import Numbers

_FIRST_EPOCHS = 10  # runs up to this length show all of it from the start
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_FLOORS = (0.0, 50.0, 80.0, 90.0, 95.0)  # of the accuracy axis, in percent
_INNER = 98.0  # percent of the accuracies that have to lie inside; the first steps of a run may leave the plot
_SHRINK = 0.4  # a range is kept until what has to be seen fills less than this share of it
_FULL = 100.0
_NEAREST = 2_000  # of an axis, the smallest part that is shown

Span: TypeAlias = tuple[float, float]


def epochs_shown(reached: float, epochs: int) -> int:
    """The end of the epoch axis: all of a short run, of a long one about what is done, in steps.

    Args:
        reached: How far the run is, in epochs.
        epochs: How far it is to go.
    """
    shown = min(_FIRST_EPOCHS, max(epochs, 1))
    while shown < min(reached, epochs):
        shown = min(2 * shown if str(shown)[0] != "2" else shown // 2 * 5, epochs)  # 10, 20, 50, 100, ...
    return shown


def epochs_needed(reached: float, epochs: int, *, goes_on: bool) -> int:
    """The end of the epoch axis for a run beside others: one that has ended needs no room for what never came.

    Args:
        reached: How far the run is, in epochs.
        epochs: How far it was to go.
        goes_on: Whether somebody trains it.
    """
    return epochs_shown(reached, epochs) if goes_on else max(math.ceil(reached), 1)


def nice_ceiling(value: float) -> float:
    """The next round number that is not below a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * nice for nice in _NICE if power * nice >= value * (1 - 1e-9))


def loss_top(needed: float, shown: float) -> float:
    """The upper end of a linear loss axis.

    Args:
        needed: The value that it has to reach; 0 if there is none.
        shown: The upper end now.
    """
    if needed <= 0:
        return shown
    return shown if _SHRINK * shown <= needed <= shown else nice_ceiling(needed * 1.02)


def loss_decades(curves: Iterable[Numbers]) -> tuple[float, float]:
    """The ends of a logarithmic loss axis, as powers of ten in half decades."""
    positive = [values[values > 0] for values in map(finite, curves)]
    values = np.concatenate([part for part in positive if len(part)] or [np.array([0.1, 1.0])])
    low, high = math.log10(float(values.min())), math.log10(float(np.percentile(values, 99.5)))
    return math.floor(2 * low) / 2, max(math.ceil(2 * high) / 2, math.floor(2 * low) / 2 + 0.5)


def accuracy_floor(training: Numbers, validation: Numbers) -> float:
    """The lower end of the accuracy axis in percent: it rises in steps as almost all of the run lies above it.

    Args:
        training: Accuracies of the training images, in percent.
        validation: Of the validation images.
    """
    training, validation = finite(training), finite(validation)
    if len(training) < 20 or not len(validation):
        return 0.0
    least = min(float(np.percentile(training, _FULL - _INNER)), float(validation.min()))
    return max(floor for floor in _FLOORS if floor == 0 or least >= floor)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from ``low`` to ``high``, ``most`` at most, the ends among them where they are round."""
    raw = (high - low) / max(most - 1, 1)
    if raw <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1.0, 2.0, 2.5, 5.0, 10.0) if power * nice >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def epoch_ticks(shown: int, most: int = 10) -> list[int]:
    """Whole epochs for the ticks of the epoch axis, from 0."""
    step = next(step for power in (1, 10, 100, 1000, 10_000, 100_000) for step in (power, 2 * power, 5 * power)
                if shown <= most * step)  # fmt: skip
    return list(range(0, shown + 1, step))


def log_ticks(low: float, high: float) -> list[float]:
    """The values 1, 2 and 5 times a power of ten between two powers of ten."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    values = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    return [value for value in values if low - 1e-9 <= math.log10(value) <= high + 1e-9]


def zoomed(shown: Span, whole: Span, where: float, factor: float) -> Span | None:
    """What an axis shows after zooming around a place, which keeps where it is; None: all of it.

    Args:
        shown: The ends of what it shows.
        whole: The ends of all there is.
        where: The place.
        factor: Below 1 it comes nearer.
    """
    if (shown[1] - shown[0]) * factor >= (whole[1] - whole[0]) * (1 - 1e-9):
        return None
    if (shown[1] - shown[0]) * factor < (whole[1] - whole[0]) / _NEAREST:
        return shown
    low, high = (where + (end - where) * factor for end in shown)
    return _inside((low, high), whole)


def moved(shown: Span, whole: Span, share: float) -> Span:
    """What an axis shows after moving by a share of what it shows; it stops at the ends."""
    shift = share * (shown[1] - shown[0])
    return _inside((shown[0] + shift, shown[1] + shift), whole)


def kept(shown: Span, whole: Span) -> Span | None:
    """What an axis still shows of a part once all there is has become another; None: all of it."""
    return None if shown[1] - shown[0] >= whole[1] - whole[0] else _inside(shown, whole)


def _inside(part: Span, whole: Span) -> Span:
    shift = max(whole[0] - part[0], 0.0) + min(whole[1] - part[1], 0.0)
    return part[0] + shift, part[1] + shift
