"""The numbers behind the plots: the smoothed twin of a curve, and what of both a plot of some pixels needs.

Plain NumPy: drawing a million points would take most of a second, an envelope of two points a pixel a few milliseconds.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from explorer.gui.record.curve import Curve, Numbers


class SmoothedCurve(Curve):
    """The exponential moving average of another curve, corrected for its start, as TensorBoard draws it.

    Args:
        raw: The curve to smooth; `follow` takes what has come to it.
        weight: What the average before weighs at the next point, from 0 (no smoothing) to below 1.
        unit: How far apart points lie of which the average before weighs that; nearer ones count for less and farther
            ones for more, so that curves of quick and of slow runs become equally smooth. 0: however they lie.
    """

    def __init__(self, raw: Curve, weight: float, unit: float = 0.0) -> None:
        super().__init__()
        self._raw = raw
        self._weight = weight
        self._unit = unit
        self._last = -math.inf
        self._sum = self._weights = 0.0

    def follow(self) -> None:
        """Adds a point for each that the raw curve has gained; a NaN leaves the average as it is."""
        taken = len(self)
        for x, y in zip(self._raw.x[taken:].tolist(), self._raw.y[taken:].tolist(), strict=True):
            if math.isfinite(y):
                decay = self._decay(x - self._last)
                self._sum = self._sum * decay + y * (1 - decay)
                self._weights = self._weights * decay + (1 - decay)
                self._last = x
            self.append(x, self._sum / self._weights if self._weights else None)

    def _decay(self, distance: float) -> float:
        if self._weight <= 0:
            return 0.0
        if self._unit <= 0 or not math.isfinite(distance):  # the first one counts as any other does
            return self._weight
        return float(self._weight ** (distance / self._unit))


def envelope(x: Numbers, y: Numbers, buckets: int) -> tuple[Numbers, Numbers]:
    """What to draw of a noisy curve: its points, or around too many of them the outline of the least and greatest.

    Args:
        x: Where the points lie, ascending. (N,)
        y: Their values; those that are not finite are left out. (N,)
        buckets: How many groups of neighbours there may be, each with its least and its greatest value.

    Returns:
        At most twice as many points as buckets: a line, or an outline that ends where it began (see `is_outline`).
    """
    x, y = _finite_points(x, y)
    size = -(-len(y) // max(buckets, 1))
    if size <= 2:
        return x, y
    starts = np.arange(0, len(y), size)
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    middle = x[np.minimum(starts + size // 2, len(x) - 1)]
    return np.concatenate([middle, middle[::-1]]), np.concatenate([low, high[::-1]])


def envelope_across(x: Numbers, y: Numbers, buckets: int) -> tuple[Numbers, Numbers]:
    """Like `envelope`, for points that lie closer together here than there: each bucket is as wide as the others.

    Args:
        x: Where the points lie, ascending; those that are not finite are left out, as with the values. (N,)
        y: Their values. (N,)
        buckets: How many there may be.
    """
    x, y = _finite_points(x, y)
    if len(y) <= 2 * buckets:
        return x, y
    starts = _starts(x, buckets)
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.concatenate([x[starts], x[starts][::-1]]), np.concatenate([low, high[::-1]])


def thinned_across(x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """Like `thinned`, for points that lie closer together here than there.

    Args:
        x: Where the points lie, ascending; those that are not finite are left out, as with the values. (N,)
        y: Their values. (N,)
        most: How many points may come out, at least 2.
    """
    x, y = _finite_points(x, y)
    if len(y) <= most:
        return x, y
    chosen = np.append(_starts(x, most - 1), len(x) - 1)
    return x[chosen], y[chosen]


def _starts(x: Numbers, buckets: int) -> npt.NDArray[np.intp]:
    """The first point of each bucket that has one; all are equally wide."""
    width = (x[-1] - x[0]) / max(buckets, 1) or 1.0
    bucket = np.minimum((x - x[0]) // width, buckets - 1)
    return np.flatnonzero(np.diff(bucket, prepend=-1.0))


def is_outline(x: Numbers) -> bool:
    """Whether what `envelope` gave is an outline, to be filled, instead of a line."""
    return len(x) > 2 and bool(x[0] == x[-1])


def thinned(x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """A smooth curve with at most that many points, the last one among them.

    Args:
        x: Where the points lie, ascending. (N,)
        y: Their values. (N,)
        most: How many points may come out, at least 2.
    """
    x, y = _finite_points(x, y)
    if len(y) <= most:
        return x, y
    chosen = np.linspace(0, len(y) - 1, most).round().astype(np.intp)
    return x[chosen], y[chosen]


def nearest(x: Numbers, where: float) -> int | None:
    """The index of the point nearest to ``where``; None without points."""
    if not len(x):
        return None
    right = int(np.searchsorted(x, where))
    if right == 0:
        return 0
    return right - 1 if right == len(x) or where - x[right - 1] <= x[right] - where else right


def beside(x: Numbers, where: float, distance: float) -> float:
    """The next point that lies at least that far to the right, or to the left; at the end the last one.

    Args:
        x: Where the points lie, ascending. (N,)
        where: From where.
        distance: How far; below 0 to the left.
    """
    if not len(x):
        return where
    target = where + distance * (1 - 1e-6)  # a point just there counts
    index = int(np.searchsorted(x, target, side="left" if distance > 0 else "right")) - (distance < 0)
    return float(x[min(max(index, 0), len(x) - 1)])


def finite(values: Numbers) -> Numbers:
    """The values that are finite; where all are, nothing is copied."""
    known = np.isfinite(values)
    return values if known.all() else values[known]


def _finite_points(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """The points that are finite, likewise."""
    known = np.isfinite(x) & np.isfinite(y)
    return (x, y) if known.all() else (x[known], y[known])
