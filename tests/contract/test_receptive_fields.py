"""Receptive fields and strides against the support of the gradient in float64.

Weights are one, max pooling is a sum, norms, activations and gates are the identity; the input is larger than the
field. A position counts where its interval, by the analysis or by the gradient, lies well inside the image: nothing is
clipped there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.highway import Complement
from explorer.blocks.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.blocks.reshape import Upsample, ZeroPadShortcut
from explorer.core.analysis import Row, analyse
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Multiply, Recall, Tap
from explorer.core.network import Network
from explorer.core.receptive_field import AxisMap
from tests.contract.field_oracles import Supports, supports
from tests.contract.strategies import NODES, examples, in_context, networks

LARGE = st.tuples(st.integers(1, 4), st.integers(25, 28), st.integers(25, 28))


def check(
    network: Network,
    shallow: int | None = None,
    measure: Callable[[Network], dict[str, tuple[Supports, Supports]]] = supports,
) -> int:
    """Compares all blocks; gives how many positions counted.

    Args:
        network: What is compared.
        measure: The oracle.
        shallow: Pixels from the border from which on no gradient of this network can have been cut off.
    """
    analysis = analyse(network)
    assert not analysis.problems
    rows = {".".join(row.path): row for row in analysis.rows}
    assert analysis.root is not None
    rows[""] = analysis.root
    compared = 0
    for name, (vertical, horizontal) in measure(network).items():
        field = rows[name].field
        assert field is not None
        if field.rows is not None and field.columns is not None:
            if sees(field.columns, horizontal):
                compared += check_axis(rows[name], field.rows, vertical, network.input_shape[1], shallow)
            if sees(field.rows, vertical):
                compared += check_axis(rows[name], field.columns, horizontal, network.input_shape[2], shallow)
    return compared


def sees(axis: AxisMap, found: Supports) -> bool:
    """Whether any position along an axis sees input; where none does, no gradient tells of the other axis."""
    intervals = (axis.interval(position) for position in range(found.positions))
    if any(low <= high for low, high in intervals):
        return True
    assert not any(found.rows.values())
    return False


def check_axis(row: Row, axis: AxisMap, found: Supports, extent: int, shallow: int | None) -> int:
    inside = {}
    margin = 1 + int(2 * axis.stride)  # near the border, positions that are not there would be looked at
    for position, reached in found.rows.items():
        low, high = axis.interval(position)
        if low > high:
            assert not reached, (row, position, reached)
        elif is_inside((low, high), margin, extent) or is_inside(ends(reached), shallow or 3 * margin, extent):
            inside[position] = ends(reached)
            assert inside[position] == (low, high), (row, position, sorted(reached))
    if set(range(axis.period)) <= {position % axis.period for position in inside}:
        assert axis.extent == max(high - low + 1 for low, high in inside.values())
    for position, (low, _) in inside.items():
        if position + axis.period in inside:
            assert inside[position + axis.period][0] - low == axis.stride * axis.period
    return len(inside)


def ends(reached: frozenset[int]) -> tuple[int, int]:
    return (min(reached), max(reached)) if reached else (-1, -1)


def is_inside(interval: tuple[int, int], margin: int, extent: int) -> bool:
    """Whether nothing of an interval can have been cut off at the border."""
    return margin <= interval[0] and interval[1] < extent - margin


@pytest.mark.parametrize("cls", NODES, ids=lambda cls: cls.type_name())
@examples(3, 30)
def test_a_block_reaches_what_the_gradient_reaches(cls: type[Block], count: int) -> None:
    before = st.sampled_from([Chain(), Chain(("before", Conv2d(2, 3, stride=2))), Chain(("before", Upsample(2)))])
    behind = st.sampled_from([Chain(), Chain(("after", Conv2d(2, 2))), Chain(("after", Conv2d(2, 3, dilation=2)))])

    @settings(max_examples=count)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        check(data.draw(in_context(cls, data.draw(before), data.draw(behind), LARGE)))

    holds()


CHAIN_OF_HOLES = Chain(
    ("up", ConvTranspose2d(1, 1, stride=2, padding=(0, 1), bias=False)), ("thin", ZeroPadShortcut(1, 2))
)


def test_where_one_axis_falls_into_holes_nothing_is_seen() -> None:
    assert check(Network.of("holes", (1, 25, 25), CHAIN_OF_HOLES)) > 0  # of the transposed convolution alone


@examples(20, 1_000)
def test_a_network_reaches_what_the_gradient_reaches(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(start=LARGE, outputs=False, largest=12_000, most=6))
    def holds(network: Network) -> None:
        check(network)

    holds()


def test_a_sum_of_a_value_and_its_complement_sees_both() -> None:
    both = Chain(("add", Add(Chain(("rest", Complement())), Chain())))
    assert check(Network.of("one", (1, 25, 25), both)) > 0


UP = ConvTranspose2d(1, 1, stride=2)  # leaves every other position without an input
CHAINS = {
    "gaps under a dilated window": Chain(("up", UP), ("conv", Conv2d(1, 2, dilation=3))),
    "gaps under an even window": Chain(("up", UP), ("conv", Conv2d(1, 2, dilation=2))),
    "wide gaps": Chain(("up", ConvTranspose2d(1, 2, stride=5, dilation=2)), ("conv", Conv2d(1, 3, dilation=3))),
    "out of order": Chain(("up", ConvTranspose2d(1, 2, stride=2, dilation=3)), ("conv", Conv2d(1, 2, dilation=2))),
    "gaps twice": Chain(("up1", UP), ("up2", ConvTranspose2d(1, 2, stride=3)), ("conv", Conv2d(1, 3, dilation=2))),
    "skipped pixels": Chain(("a", Conv2d(1, 1, stride=3)), ("b", Conv2d(1, 2, dilation=2)), ("c", Conv2d(1, 3))),
    "skipped and enlarged": Chain(("a", Conv2d(1, 1, stride=2)), ("up", Upsample(2, "bilinear")), ("b", Conv2d(1, 2))),
    "bilinear by three": Chain(("up", Upsample(3, "bilinear")), ("b", Conv2d(1, 3, dilation=2))),
    "cells": Chain(("cells", AdaptiveAvgPool2d((7, 11))), ("conv", Conv2d(1, 2))),
    "dilated maxima": Chain(("pool", MaxPool2d(3, stride=2, padding=1, dilation=2)), ("conv", Conv2d(1, 3))),
    "rest of a window": Chain(("pool", AvgPool2d(3, stride=2, ceil_mode=True)), ("conv", Conv2d(1, 3))),
    "strides that differ": Chain(
        ("start", Conv2d(1, 2)), Concat(("cells", AdaptiveAvgPool2d(12)), ("pool", MaxPool2d(3, stride=3)))
    ),
    "one row for all": Chain(
        Multiply(
            Chain(),
            Chain(
                ("crop", ConvTranspose2d(1, 1, stride=1, padding=(5, 0))), ("row", Conv2d(1, (5, 1), stride=(63, 1)))
            ),
        ),
        ("conv", Conv2d(1, 3)),
    ),
    "tap": Chain(
        ("a", Conv2d(1, 3, padding=1)), ("t", Tap("x")), ("b", Conv2d(1, 5, padding=2)), ("r", Recall("x", "add"))
    ),
    "tap alone": Chain(("t", Tap("x")), ("b", Conv2d(1, 5)), ("r", Recall("x", "replace")), ("c", Conv2d(1, 2))),
    "shortcut": Chain(
        Add(
            Chain(("a", Conv2d(1, 3, stride=2, padding=1)), ("b", Conv2d(1, 3, padding=1))),
            ("c", Conv2d(1, 1, stride=2)),
        )
    ),
}


@pytest.mark.parametrize("body", CHAINS.values(), ids=list(CHAINS))
def test_gaps_and_periods_are_exact(body: Chain) -> None:
    assert check(Network.of("chain", (1, 39, 39), body), shallow=5) > 12
