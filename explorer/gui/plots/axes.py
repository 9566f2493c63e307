"""The vertical axes of plots of runs: loss and accuracy, with their ticks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.ranges import log_ticks, loss_decades, ticks
from explorer.gui.record.curve import Numbers

_DECIMALS = (0.1, 100.0)  # ends of linear axes whose ticks have two decimals
_WHOLE = 1e5  # from here on a number is a few digits and a power of ten, since a loss on its way to infinity is long
_EXPONENT = re.compile(r"e([+-])0*(\d)")


def loss_axis(seen: Sequence[Numbers], top: float, *, log: bool) -> Axis:
    """The axis of a loss.

    Args:
        seen: The losses that have to be seen.
        top: The upper end of a linear axis.
        log: Whether it is logarithmic.
    """
    if log:
        low, high = loss_decades(seen)
        return Axis(low, high, tuple((math.log10(value), _short(value)) for value in log_ticks(low, high)))
    write = "{:.2f}".format if _DECIMALS[0] <= top < _DECIMALS[1] else _short
    return Axis(0.0, top, tuple((value, write(value)) for value in ticks(0.0, top)))


def accuracy_axis(floor: float) -> Axis:
    """The axis of an accuracy in percent.

    Args:
        floor: Its lower end.
    """
    return Axis(floor, 100.0, tuple((value, f"{value:g} %") for value in ticks(floor, 100.0)))


def _short(value: float) -> str:
    """A round number in at most six letters: ``0.005``, ``20000``, ``4e7``, ``2.5e-6``."""
    text = f"{value:g}" if value < _WHOLE else f"{value:.2e}".replace(".00e", "e").replace("0e", "e")
    return _EXPONENT.sub(lambda found: f"e{found[1].strip('+')}{found[2]}", text)
