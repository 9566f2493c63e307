"""Receptive fields as interval maps: which input pixels an output position can depend on.

Along one axis the map repeats: after ``period`` output positions the input interval has moved by ``step`` pixels.
Convolutions and pooling have period 1; upsampling, transposed convolution and adaptive pooling have longer ones, so
that strides may be fractional and the map stays exact when such layers are stacked. Intervals are not clipped at the
border of the image; an empty one (a transposed convolution whose kernel is smaller than its stride) ends before it starts.

Reference for the plain case: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill, 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TypeAlias

MAX_PERIOD = 4_096  # no axis has more positions that matter


@dataclass(frozen=True, slots=True)
class AxisMap:
    """Input intervals of the output positions along one axis.

    Attributes:
        low: First input position, for each output position of one period.
        high: Last input position, likewise.
        step: Input positions the intervals move from one period to the next.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    step: int

    @property
    def period(self) -> int:
        """Output positions after which the map repeats."""
        return len(self.low)

    @property
    def extent(self) -> int:
        """Input positions in the longest interval."""
        return max(0, max(map(int.__sub__, self.high, self.low)) + 1)

    @property
    def stride(self) -> Fraction:
        """Input positions from one output position to the next, on average."""
        return Fraction(self.step, self.period)

    def interval(self, position: int) -> tuple[int, int]:
        """First and last input position that ``position`` depends on."""
        turns, phase = divmod(position, len(self.low))
        shift = turns * self.step
        return self.low[phase] + shift, self.high[phase] + shift

    def after(self, inner: AxisMap) -> AxisMap:
        """This map behind ``inner``: from this map's output to ``inner``'s input."""
        if len(self.low) == 1 == len(inner.low):
            step = inner.step
            return AxisMap(
                (inner.low[0] + step * self.low[0],), (inner.high[0] + step * self.high[0],), step * self.step
            )
        repeats = inner.period // gcd(inner.period, self.step)
        period = min(self.period * repeats, MAX_PERIOD)
        ends = [self._reach_through(inner, position) for position in range(period)]
        step = inner.step * (self.step * repeats // inner.period) * period // (self.period * repeats)
        return AxisMap(tuple(low for low, _ in ends), tuple(high for _, high in ends), step)

    def _reach_through(self, inner: AxisMap, position: int) -> tuple[int, int]:
        first, last = self.interval(position)
        if first > last:
            return (inner.interval(first)[0], inner.interval(first)[0] - 1)
        # the ends of one period are enough: further in, intervals repeat further in
        left = range(first, min(last, first + inner.period - 1) + 1)
        right = range(max(first, last - inner.period + 1), last + 1)
        lows = [low for low, high in map(inner.interval, left) if low <= high]
        highs = [high for low, high in map(inner.interval, right) if low <= high]
        if not lows or not highs:
            start = inner.interval(first)[0]
            return start, start - 1
        return min(lows), max(highs)

    def union(self, other: AxisMap, positions: int) -> AxisMap:
        """The bounding intervals of both maps.

        Args:
            other: A map with the same number of output positions.
            positions: That number; it matters where the two strides differ.
        """
        if self == other:
            return self
        if self.stride == other.stride:
            period = self.period * other.period // gcd(self.period, other.period)
            step = self.step * (period // self.period)
        else:
            period = max(1, positions)
            step = round(max(self.stride, other.stride) * period)
        period = min(period, MAX_PERIOD)
        ends = [_bounding(self.interval(position), other.interval(position)) for position in range(period)]
        return AxisMap(tuple(low for low, _ in ends), tuple(high for _, high in ends), step)


def _bounding(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    if one[0] > one[1]:
        return other
    if other[0] > other[1]:
        return one
    return min(one[0], other[0]), max(one[1], other[1])


def window(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> AxisMap:
    """The map of a convolution or pooling window along one axis."""
    return AxisMap((-padding,), (dilation * (kernel - 1) - padding,), stride)


SAME = AxisMap((0,), (0,), 1)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The maps of both axes; ``None`` stands for the whole image."""

    rows: AxisMap | None
    columns: AxisMap | None

    @property
    def is_whole(self) -> bool:
        """Whether an output position depends on the whole image."""
        return self.rows is None or self.columns is None

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width in input pixels, unclipped, the largest over the positions; ``None``: the whole image."""
        if self.rows is None or self.columns is None:
            return None
        return self.rows.extent, self.columns.extent

    @property
    def stride(self) -> tuple[Fraction, Fraction] | None:
        """Input pixels from one output position to the next, vertically and horizontally."""
        if self.rows is None or self.columns is None:
            return None
        return self.rows.stride, self.columns.stride

    def after(self, inner: ReceptiveField) -> ReceptiveField:
        """This field behind ``inner``."""
        if self is IDENTITY:
            return inner
        if inner is IDENTITY:
            return self
        if self.rows is None or self.columns is None or inner.rows is None or inner.columns is None:
            return WHOLE
        rows = self.rows.after(inner.rows)
        same = self.rows == self.columns and inner.rows == inner.columns
        return ReceptiveField(rows, rows if same else self.columns.after(inner.columns))

    def union(self, other: ReceptiveField, positions: tuple[int, int]) -> ReceptiveField:
        """The bounding box of both fields."""
        if self == other:
            return self
        if self.rows is None or self.columns is None or other.rows is None or other.columns is None:
            return WHOLE
        return ReceptiveField(
            self.rows.union(other.rows, positions[0]), self.columns.union(other.columns, positions[1])
        )


IDENTITY = ReceptiveField(SAME, SAME)
WHOLE = ReceptiveField(None, None)

FLOW = ""  # the source that stands for the flow that arrives; every other source is the name of a tap
Reach: TypeAlias = Mapping[str, ReceptiveField]


def reach_after(outer: Reach, inner: Mapping[str, Reach], positions: tuple[int, int]) -> Reach:
    """Substitutes what each source of ``outer`` itself depends on.

    Args:
        outer: Field by source.
        inner: What the sources depend on; a source that is missing stays as it is (a tap from further out).
        positions: Height and width of the outer output.
    """
    result: dict[str, ReceptiveField] = {}
    for source, field in outer.items():
        for origin, base in inner.get(source, {source: IDENTITY}).items():
            joined = field.after(base)
            result[origin] = result[origin].union(joined, positions) if origin in result else joined
    return result


def reach_union(reaches: list[Reach], positions: tuple[int, int]) -> Reach:
    """The bounding boxes of several reaches that meet in one output, source by source."""
    result: dict[str, ReceptiveField] = {}
    for reach in reaches:
        for source, field in reach.items():
            result[source] = result[source].union(field, positions) if source in result else field
    return result
