"""Interval maps against the plain thing: which input positions a position depends on, as sets."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.pool import AdaptiveAvgPool2d, AvgPool2d
from explorer.blocks.reshape import Upsample
from explorer.core.analysis import analyse
from explorer.core.compose import Add, Chain, Repeat
from explorer.core.network import Network
from explorer.core.receptive_field import (
    IDENTITY,
    MAX_PERIOD,
    NOWHERE,
    SAME,
    STATISTICS,
    WHOLE,
    AxisMap,
    ReceptiveField,
    gapped,
    window,
)
from tests.contract.strategies import examples

Sets = Callable[[int], frozenset[int]]  # input positions by output position


def windows(kernel: int, stride: int, padding: int, dilation: int) -> tuple[AxisMap, Sets]:
    def positions(o: int) -> frozenset[int]:
        return frozenset(o * stride - padding + dilation * tap for tap in range(kernel))

    return window(kernel, stride, padding, dilation), positions


def spread(kernel: int, stride: int, padding: int, dilation: int) -> tuple[AxisMap, Sets]:
    layer = ConvTranspose2d(1, kernel, stride=stride, padding=padding, dilation=dilation)
    field = layer.receptive_field((1, 9, 9), (1, 9, 9))
    assert field.rows is not None

    def positions(o: int) -> frozenset[int]:
        taps = (o + padding - dilation * tap for tap in range(kernel))
        return frozenset(place // stride for place in taps if place % stride == 0)

    return field.rows, positions


def cells(extent: int, number: int) -> tuple[AxisMap, Sets]:
    field = AdaptiveAvgPool2d((number, 2)).receptive_field((1, extent, 2), (1, number, 2))
    assert field.rows is not None

    def positions(o: int) -> frozenset[int]:
        return frozenset(range(o * extent // number, -(-(o + 1) * extent // number)))

    return field.rows, positions


SMALL = st.integers(1, 4)
MAPS = st.one_of(
    st.builds(windows, SMALL, SMALL, st.integers(0, 2), st.integers(1, 3)),
    st.builds(spread, SMALL, SMALL, st.integers(0, 2), st.integers(1, 3)),
    st.builds(cells, st.integers(1, 6), st.integers(1, 5)),
)


def after(outer: tuple[AxisMap, Sets], inner: tuple[AxisMap, Sets]) -> tuple[AxisMap, Sets]:
    @cache
    def positions(o: int) -> frozenset[int]:
        return frozenset(i for middle in outer[1](o) for i in inner[1](middle))

    return outer[0].after(inner[0]), positions


def check(axis: AxisMap, positions: Sets, span: range) -> None:
    for o in span:
        low, high = axis.interval(o)
        expected = positions(o)
        assert (low, high) == (min(expected), max(expected)) if expected else low > high
        first, taps = axis.support(o)
        assert {first + bit for bit in range(taps.bit_length()) if taps >> bit & 1} == expected
    assert axis.extent == max((max(p) - min(p) + 1 for p in map(positions, range(axis.period)) if p), default=0)


@examples(150, 5_000)
def test_maps_of_layers_behind_layers_are_exact(count: int) -> None:
    @settings(max_examples=count)
    @given(layers=st.lists(MAPS, min_size=1, max_size=4))
    def holds(layers: list[tuple[AxisMap, Sets]]) -> None:
        forwards, backwards = layers[0], layers[-1]
        for layer in layers[1:]:
            forwards = after(layer, forwards)
        for layer in layers[-2::-1]:
            backwards = after(backwards, layer)
        for axis, positions in (forwards, backwards):
            if axis.period < MAX_PERIOD:
                check(axis, positions, range(-axis.period, 2 * axis.period))

    holds()


@examples(80, 3_000)
def test_maps_of_branches_are_exact(count: int) -> None:
    @settings(max_examples=count)
    @given(one=MAPS, other=MAPS, positions=st.integers(1, 30))
    def holds(one: tuple[AxisMap, Sets], other: tuple[AxisMap, Sets], positions: int) -> None:
        both = one[0].union(other[0], positions)
        span = range(positions) if one[0].stride != other[0].stride else range(-both.period, 2 * both.period)
        for o in span:
            expected = one[1](o) | other[1](o)
            low, high = both.interval(o)
            assert (low, high) == (min(expected), max(expected)) if expected else low > high

    holds()


def test_fields_behind_norms_are_marked() -> None:
    conv = ReceptiveField(window(3), window(3))
    assert STATISTICS.after(conv) == ReceptiveField(window(3), window(3), aside=True)
    assert conv.after(STATISTICS).aside
    assert IDENTITY.after(conv) is conv
    assert STATISTICS.after(WHOLE) is WHOLE
    assert conv.union(STATISTICS, (4, 4)).aside
    assert NOWHERE.size == (0, 0)


def field_of(*layers: object, size: int = 64) -> ReceptiveField:
    slots = [(f"l{number}", layer) for number, layer in enumerate(layers)]
    row = analyse(Network.of("n", (1, size, size), Chain(*slots))).rows[-1]  # type: ignore[arg-type]
    assert row.field is not None
    return row.field


def test_fractional_strides() -> None:
    assert field_of(Upsample(4)).stride == (Fraction(1, 4), Fraction(1, 4))
    assert field_of(AvgPool2d(2), Upsample(4), AvgPool2d(3, stride=3)).stride == (Fraction(3, 2), Fraction(3, 2))
    assert field_of(AdaptiveAvgPool2d(6), size=64).stride == (Fraction(32, 3), Fraction(32, 3))


@pytest.mark.parametrize("period", [MAX_PERIOD, MAX_PERIOD + 1, 40 * MAX_PERIOD])
def test_a_long_period_is_known_by_its_first_positions(period: int) -> None:
    axis = gapped(lambda position: (3 * position, 7), period, 3 * period)
    assert axis.period <= MAX_PERIOD
    assert axis.stride == 3
    assert axis.extent == 3
    assert axis.after(axis).extent == 3 * 2 + 3


def test_no_field_is_beyond_counting() -> None:
    wide = Conv2d(1, 63, stride=63, padding=31)
    field = field_of(Repeat(tuple(map(str, range(200))), wide), size=64)
    assert field.is_whole
    still = field_of(Repeat(tuple(map(str, range(200))), Conv2d(1, 1, stride=63)), size=1)
    assert still.size == (1, 1)
    assert still.stride is not None
    assert len(str(still.stride[0])) < 30
    sparse = field_of(*[ConvTranspose2d(1, 1, stride=63), *[Conv2d(1, 3, padding=63, dilation=63)] * 80], size=4)
    assert sparse.size is not None
    assert sparse.size[0] > 64


def test_shortcuts_of_other_strides() -> None:
    cells = Add(Chain(("pool", AdaptiveAvgPool2d(13))), Chain(("conv", Conv2d(1, 3, stride=5))))
    field = field_of(Chain(cells), size=64)
    assert field.rows is not None
    assert [field.rows.interval(o) for o in (0, 12)] == [(0, 4), (59, 63)]
    assert SAME.union(SAME, 5) is SAME
