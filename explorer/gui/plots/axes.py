"""The vertical axes of plots of runs: loss and accuracy, with their ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.curves import Numbers
from explorer.gui.plots.ranges import log_ticks, loss_decades, ticks


def loss_axis(seen: Sequence[Numbers], top: float, *, log: bool) -> Axis:
    """The axis of a loss.

    Args:
        seen: The losses that have to be seen.
        top: The upper end of a linear axis.
        log: Whether it is logarithmic.
    """
    if log:
        low, high = loss_decades(seen)
        return Axis(low, high, tuple((math.log10(value), f"{value:g}") for value in log_ticks(low, high)))
    form = "{:g}" if top >= 100 else "{:.2f}" if top >= 0.1 else "{:.2g}"  # a diverging loss has no room for cents
    return Axis(0.0, top, tuple((value, form.format(value)) for value in ticks(0.0, top)))


def accuracy_axis(floor: float) -> Axis:
    """The axis of an accuracy in percent.

    Args:
        floor: Its lower end.
    """
    return Axis(floor, 100.0, tuple((value, f"{value:g} %") for value in ticks(floor, 100.0)))
