"""How high a linear axis of losses has to reach, so that a spike or a run that diverges does not flatten all else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.gui.plots.curves import finite
from explorer.gui.plots.ranges import loss_top
from explorer.gui.record.curve import Numbers

_INNER = 98.0  # percent of the points that have to lie inside; the first steps of a run may leave the plot
_SPIKE = 2.0  # times the median of a curve, above which it is a spike, unless its run has begun there
_LATE = 3.0  # times what the usual run needs; above it the steep part of another leaves the plot
_FAR = 8.0  # times what the usual run needs; a run that runs above it would flatten the others and is left out
_HARDLY = 2.0  # times the axis
_HEADROOM = 1.2  # times where a run begins, or the level of one that is shown although it lies high
FIRST_TOP = 2.5  # of an axis before there is a loss: ten classes begin at 2.3
_ENOUGH = 20_000  # points for a quantile; of a million every fiftieth says the same


@dataclass(frozen=True, slots=True)
class Reach:
    """What there is of some losses.

    Attributes:
        needed: The value that an axis has to reach; 0 if there are none.
        highest: The greatest of all values that are finite.
    """

    needed: float = 0.0
    highest: float = 0.0

    def top(self, shown: float, *, is_tall: bool) -> float:
        """The upper end of an axis.

        Args:
            shown: The upper end now; 0 if there is none to keep.
            is_tall: Whether it has to reach all values, however far they lie from the rest.
        """
        return loss_top(self.highest if is_tall else self.needed, shown)

    def beyond(self, top: float) -> float:
        """How far the curves go on above an axis; 0 where they hardly leave it, as the first steps of a run do."""
        return self.highest if self.highest > _HARDLY * top else 0.0


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run needs.

    Attributes:
        peak: The value below which nearly all of it lies, spikes aside.
        level: Its median.
        highest: Its greatest value.
    """

    peak: float
    level: float
    highest: float

    def wanted(self, usual: float) -> float:
        """How high an axis on which the usual run needs so much has to reach for this one."""
        if self.level > _FAR * usual:
            return 0.0
        return min(self.peak, max(_LATE * usual, _HEADROOM * self.level))


def usual(runs: Sequence[Sequence[Numbers]], *, is_first_in_front: bool = False) -> float:
    """What an axis needs for the usual run: for the lower half of them, or for the one in front, whatever it does.

    Args:
        runs: Of each the losses of its curves, the training first, all of them; what is not finite is left out.
        is_first_in_front: Whether the others are drawn behind the first, to be compared with it.
    """
    peaks = [0.0 if found is None else found.peak for found in map(_measured, runs)]
    if is_first_in_front and peaks and peaks[0] > 0:
        return peaks[0]
    known = sorted(peak for peak in peaks if peak > 0)
    return known[(len(known) - 1) // 2] if known else 0.0


def reach(runs: Sequence[Sequence[Numbers]], usual: float) -> Reach:
    """How high an axis has to reach for what is in sight.

    Args:
        runs: Of each the losses of its curves, the training first, that are in sight; what is not finite is left out.
        usual: What the usual run needs where all of it is in sight.
    """
    known = [found for found in map(_measured, runs) if found is not None]
    if not known:
        return Reach()
    wanted = max(run.wanted(usual) for run in known) or min(run.peak for run in known)  # something is always seen
    return Reach(wanted, max(run.highest for run in known))


def _measured(curves: Sequence[Numbers]) -> _Run | None:
    known = [values for values in map(finite, curves) if len(values)]
    if not known:
        return None
    few = [values[:: len(values) // _ENOUGH + 1] for values in known]
    begin = _HEADROOM * float(few[0][0])
    peak = max(min(float(np.percentile(values, _INNER)), max(begin, _SPIKE * _median(values))) for values in few)
    return _Run(peak, _median(np.concatenate(few)), max(float(values.max()) for values in known))


def _median(values: Numbers) -> float:
    return float(np.percentile(values, 50, method="lower"))  # of two the better one: a first validation can be wild
