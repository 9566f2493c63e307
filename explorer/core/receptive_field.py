"""Receptive fields: which input pixels an output position can depend on, axis by axis.

Along one axis the map repeats: after ``period`` output positions the input positions have moved by ``step`` pixels.
Convolutions and pooling have period 1; upsampling, transposed convolution and adaptive pooling have longer ones, so
that strides may be fractional and the map stays exact when such layers are stacked. Nothing is clipped at the border of
the image.

Mostly an output position depends on all pixels from the first to the last. Where some between them have no influence (a
dilated convolution, a stride wider than the kernel, a transposed convolution whose stride is), the map carries them one
by one: behind such a layer the ends alone would give too large a field.

Reference for the plain case: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill, 2019.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TypeAlias

MAX_PERIOD = 128  # positions told apart; a longer period (211 cells on 223 pixels) is known by its first ones
MAX_GAPPED = 4_096  # pixels; a longer interval is taken as without gaps
MAX_EXTENT = 1 << 30  # pixels; a longer interval is the whole image
MAX_STEP = 1 << 60  # pixels; no image has two positions that far apart


@dataclass(frozen=True, slots=True)
class AxisMap:
    """Input positions that the output positions along one axis depend on.

    Attributes:
        low: First input position, for each output position of one period.
        high: Last input position, likewise; one before the first where there is none at all.
        step: Input positions from one period to the next.
        taps: Bit ``i`` says whether ``low + i`` is one of them, likewise. None: every position from the first to the
            last is, there is at least one, and each interval starts and ends no sooner than the one before and leaves
            no gap behind it.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    step: int
    taps: tuple[int, ...] | None = None

    @property
    def period(self) -> int:
        """Output positions after which the map repeats."""
        return len(self.low)

    @property
    def extent(self) -> int:
        """Input positions in the longest interval."""
        if len(self.low) == 1:
            return self.high[0] - self.low[0] + 1
        return max(map(int.__sub__, self.high, self.low)) + 1

    @property
    def stride(self) -> Fraction:
        """Input positions from one output position to the next, on average."""
        return Fraction(self.step, self.period)

    def interval(self, position: int) -> tuple[int, int]:
        """First and last input position that ``position`` depends on."""
        turns, phase = divmod(position, len(self.low))
        shift = turns * self.step
        return self.low[phase] + shift, self.high[phase] + shift

    def support(self, position: int) -> tuple[int, int]:
        """First input position that ``position`` depends on, and which ones from there on as bits."""
        first, last = self.interval(position)
        taps = (2 << last - first) - 1 if self.taps is None else self.taps[position % len(self.low)]
        return first, taps

    def after(self, inner: AxisMap) -> AxisMap:
        """This map behind ``inner``: from this map's output to ``inner``'s input."""
        simple = self.taps is None and inner.taps is None
        if simple and len(self.low) == 1 == len(inner.low):
            low = inner.low[0] + inner.step * self.low[0]
            high = inner.high[0] + inner.step * self.high[0]
            return AxisMap((low,), (high,), min(inner.step * self.step, MAX_STEP))
        repeats = inner.period // gcd(inner.period, self.step)
        period, step = self.period * repeats, inner.step * (self.step * repeats // inner.period)
        if simple or self.extent * inner.step // inner.period + inner.extent > MAX_GAPPED:
            return gapless(lambda position: self._ends_through(inner, position), period, step)
        return gapped(lambda position: self._support_through(inner, position), period, step)

    def union(self, other: AxisMap, positions: int) -> AxisMap:
        """The input positions of both maps together.

        Args:
            other: A map with the same number of output positions.
            positions: That number; it matters where the two strides differ.
        """
        if self == other:
            return self
        if len(self.low) == 1 == len(other.low) and self.taps is None is other.taps and self.step == other.step:
            low, high = _bounds((self.interval(0), other.interval(0)))
            if high - low < self.extent + other.extent:  # they overlap or touch
                return AxisMap((low,), (high,), self.step)
        if self.stride == other.stride:
            period = self.period * other.period // gcd(self.period, other.period)
            step = self.step * (period // self.period)
        else:
            period = max(1, positions)
            step = round(max(self.stride, other.stride) * period)
        if max(self.extent, other.extent) > MAX_GAPPED:
            return gapless(lambda position: _bounds((self.interval(position), other.interval(position))), period, step)
        return gapped(lambda position: _joined((self.support(position), other.support(position))), period, step)

    def held(self) -> AxisMap:
        """The map where all output positions stand for the first, which is stretched over them."""
        taps = None if self.taps is None else self.taps[:1]
        return AxisMap(self.low[:1], self.high[:1], 0, taps)

    def placed(self, span: range, total: int) -> AxisMap:
        """The map where the output is a part of another, at ``span`` of its ``total`` positions."""
        if total > MAX_PERIOD:
            return self
        return gapped(
            lambda position: self.support(position - span.start) if position in span else (0, 0),
            total,
            round(self.stride * total),
        )

    def _ends_through(self, inner: AxisMap, position: int) -> tuple[int, int]:
        first, last = self.interval(position)
        low, high = _bounds((inner.interval(first), inner.interval(max(first, last))))
        return low, max(low, high)  # an end in a gap of the inner map may have nothing

    def _support_through(self, inner: AxisMap, position: int) -> tuple[int, int]:
        first, taps = self.support(position)
        return _joined(inner.support(first + offset) for offset in range(taps.bit_length()) if taps >> offset & 1)


def _bounds(intervals: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The interval from the first to the last position of several."""
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _joined(supports: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Several supports as one."""
    found = [(low, taps) for low, taps in supports if taps]
    if not found:
        return 0, 0
    first, joined = min(low for low, _ in found), 0
    for low, taps in found:
        joined |= taps << low - first
    return first, joined


def _sampled(period: int, step: int) -> tuple[range, int]:
    """The output positions to look at, and how far the map moves over them."""
    kept = min(period, MAX_PERIOD)
    return range(kept), min(step if kept == period else max(1, round(Fraction(step * kept, period))), MAX_STEP)


def gapless(interval: Callable[[int], tuple[int, int]], period: int, step: int) -> AxisMap:
    """The map of full intervals in rising order that leave no gap between them.

    Args:
        interval: First and last input position of an output position.
        period: Output positions after which it repeats.
        step: Input positions from one period to the next.
    """
    kept, step = _sampled(period, step)
    lows, highs = zip(*map(interval, kept), strict=True)
    return AxisMap(lows, highs, step)


def gapped(support: Callable[[int], tuple[int, int]], period: int, step: int) -> AxisMap:
    """The map of any supports; the gaps are forgotten where there are none.

    Args:
        support: First input position of an output position, and which ones from there on as bits.
        period: Output positions after which it repeats.
        step: Input positions from one period to the next.
    """
    kept, step = _sampled(period, step)
    supports = [support(position) for position in kept]
    supports = [(low + gap, taps >> gap) for low, taps in supports for gap in [max(0, (taps & -taps).bit_length() - 1)]]
    lows, taps = zip(*supports, strict=True)
    highs = tuple(low + bits.bit_length() - 1 for low, bits in supports)
    return AxisMap(lows, highs, step, None if _has_no_gaps(lows, highs, step, taps) else taps)


def _has_no_gaps(lows: Sequence[int], highs: Sequence[int], step: int, taps: Sequence[int]) -> bool:
    """Whether intervals are full, in rising order, and leave nothing out between them."""
    if not all(bits and not bits & (bits + 1) for bits in taps):
        return False
    behind = zip((*lows[1:], lows[0] + step), (*highs[1:], highs[0] + step), strict=True)
    return all(
        low <= next_low <= high + 1 and high <= next_high
        for low, high, (next_low, next_high) in zip(lows, highs, behind, strict=True)
    )


@functools.lru_cache(maxsize=1024)
def window(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> AxisMap:
    """The map of a convolution or pooling window along one axis."""
    reach = dilation * (kernel - 1)
    if stride <= reach + 1 and (dilation == 1 or kernel == 1):
        return AxisMap((-padding,), (reach - padding,), stride)
    taps = sum(1 << dilation * tap for tap in range(kernel))
    return AxisMap((-padding,), (reach - padding,), stride, (taps,))


SAME = AxisMap((0,), (0,), 1)
NONE = AxisMap((0,), (-1,), 1, (0,))


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The maps of both axes; ``None`` stands for the whole image.

    Attributes:
        rows: From output rows to input rows.
        columns: From output columns to input columns.
        aside: Whether normalisation statistics or gates, which reach further, are left aside.
    """

    rows: AxisMap | None
    columns: AxisMap | None
    aside: bool = False

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
        if self is STATISTICS:
            return inner.leaving_aside()
        if inner is IDENTITY:
            return self
        if self.rows is None or self.columns is None or inner.rows is None or inner.columns is None:
            return WHOLE
        rows = self.rows.after(inner.rows)
        same = _alike(self.rows, self.columns) and _alike(inner.rows, inner.columns)
        columns = rows if same else self.columns.after(inner.columns)
        return _bounded(rows, columns, self.aside or inner.aside)

    def union(self, other: ReceptiveField, positions: tuple[int, int]) -> ReceptiveField:
        """Both fields together."""
        if self == other:
            return self
        if self.rows is None or self.columns is None or other.rows is None or other.columns is None:
            return WHOLE
        rows = self.rows.union(other.rows, positions[0])
        same = _alike(self.rows, self.columns) and _alike(other.rows, other.columns) and positions[0] == positions[1]
        columns = rows if same else self.columns.union(other.columns, positions[1])
        return _bounded(rows, columns, self.aside or other.aside)

    def stretched(self, shape: Sequence[int], output: Sequence[int]) -> ReceptiveField:
        """The same field where extents of 1 (height and width are the last two) are stretched to those of an output."""
        if self.rows is None or self.columns is None or shape[-2:] == output[-2:]:
            return self
        rows = self.rows.held() if shape[-2] == 1 else self.rows
        columns = self.columns.held() if shape[-1] == 1 else self.columns
        return ReceptiveField(rows, columns, self.aside)

    def placed(self, axis: int, span: range, total: int) -> ReceptiveField:
        """The same field where the output is a part of another along ``axis`` (1: height, 2: width)."""
        if self.rows is None or self.columns is None:
            return self
        rows = self.rows.placed(span, total) if axis == 1 else self.rows
        columns = self.columns.placed(span, total) if axis == 2 else self.columns
        return ReceptiveField(rows, columns, self.aside)

    def leaving_aside(self) -> ReceptiveField:
        """The same field, marked as leaving statistics or gates aside; the whole image leaves nothing aside."""
        return self if self.aside or self.is_whole else ReceptiveField(self.rows, self.columns, aside=True)


def _alike(one: AxisMap, other: AxisMap) -> bool:
    return one is other or one == other


def _bounded(rows: AxisMap, columns: AxisMap, aside: bool) -> ReceptiveField:
    if rows.extent > MAX_EXTENT or (columns is not rows and columns.extent > MAX_EXTENT):
        return WHOLE
    return ReceptiveField(rows, columns, aside)


IDENTITY = ReceptiveField(SAME, SAME)
STATISTICS = ReceptiveField(SAME, SAME, aside=True)
WHOLE = ReceptiveField(None, None)
NOWHERE = ReceptiveField(NONE, NONE)

FLOW = ""  # the source that stands for the flow that arrives; every other source is the name of a tap
Reach: TypeAlias = Mapping[str, ReceptiveField]


def reach_after(outer: Reach, inner: Mapping[str, Reach], positions: tuple[int, int]) -> Reach:
    """Substitutes what each source of ``outer`` itself depends on.

    Args:
        outer: Field by source.
        inner: What the sources depend on; a source that is missing stays as it is (a tap from further out).
        positions: Height and width of the outer output.
    """
    flow, arriving = outer.get(FLOW), inner.get(FLOW)
    if flow is not None and arriving is not None and len(outer) == 1 == len(arriving):
        return {origin: flow.after(base) for origin, base in arriving.items()}
    result: dict[str, ReceptiveField] = {}
    for source, field in outer.items():
        for origin, base in inner.get(source, {source: IDENTITY}).items():
            joined = field.after(base)
            result[origin] = result[origin].union(joined, positions) if origin in result else joined
    return result


def reach_union(reaches: Iterable[Reach], positions: tuple[int, int]) -> Reach:
    """Several reaches that meet in one output, source by source."""
    result: dict[str, ReceptiveField] = {}
    for reach in reaches:
        for source, field in reach.items():
            result[source] = result[source].union(field, positions) if source in result else field
    return result
