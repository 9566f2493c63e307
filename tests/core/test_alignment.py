"""Alignment: a longest common subsequence, held against the textbook's table; names before contents."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from explorer.blocks.activation import GELU, ReLU
from explorer.blocks.conv import Conv2d
from explorer.core.alignment import align, common
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.core.network import Network

Keys = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12)
Sides = list[tuple[str | None, str | None]]


def longest(left: list[str | None], right: list[str | None]) -> int:
    """The textbook's table (Cormen, Leiserson, Rivest, Stein, section 14.4)."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, ours in enumerate(left):
        for j, theirs in enumerate(right):
            hit = ours is not None and ours == theirs
            table[i + 1][j + 1] = table[i][j] + 1 if hit else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(left=Keys, right=Keys)
def test_common_is_a_longest_common_subsequence(left: list[str | None], right: list[str | None]) -> None:
    found = common(left, right)
    assert len(found) == longest(left, right)
    assert all(left[i] is not None and left[i] == right[j] for i, j in found)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(found))


def test_common_is_as_early_as_it_can_be() -> None:
    assert common(["a"] * 2, ["a"] * 4) == [(0, 0), (1, 1)]
    assert common(["a"] * 4, ["a"] * 2) == [(0, 0), (1, 1)]


def sides(left: dict[str, Block], right: dict[str, Block]) -> Sides:
    """The names that stand side by side."""
    rows = []
    for blocks in (left, right):
        root = analyse(Network.of("n", (3, 8, 8), Chain(*blocks.items()))).root
        rows.append(root.children if root else ())
    return [(ours.name if ours else None, theirs.name if theirs else None) for ours, theirs in align(*rows)]


def test_a_proper_name_decides() -> None:
    assert sides({"stem": ReLU(), "head": ReLU()}, {"head": GELU()}) == [("stem", None), ("head", "head")]


def test_numbers_are_places_so_what_is_equal_in_order_decides() -> None:
    left: dict[str, Block] = {"0": Conv2d(4, 1), "1": ReLU()}
    right: dict[str, Block] = {"0": Conv2d(8, 3), "1": ReLU(), "2": Conv2d(4, 1), "3": ReLU()}
    assert sides(left, right) == [(None, "0"), (None, "1"), ("0", "2"), ("1", "3")]


def test_of_equal_ways_the_one_that_keeps_the_numbers() -> None:
    assert sides({"0": ReLU()}, {"7": ReLU(), "0": ReLU()}) == [(None, "7"), ("0", "0")]


def test_what_is_left_over_is_matched_by_its_type_and_then_by_its_number() -> None:
    assert sides({"0": Conv2d(4, 1)}, {"9": Conv2d(8, 1)}) == [("0", "9")]
    assert sides({"0": ReLU()}, {"0": GELU()}) == [("0", "0")]
    assert sides({"0": ReLU()}, {"1": GELU()}) == [("0", None), (None, "1")]


def test_a_renamed_block_is_found_by_what_it_is() -> None:
    assert sides({"a": Conv2d(4, 1), "b": ReLU()}, {"x": Conv2d(4, 1), "b": ReLU()}) == [("a", "x"), ("b", "b")]


def test_what_moved_leaves_one_place_and_comes_at_another() -> None:
    moved = sides({"a": ReLU(), "b": GELU(), "c": ReLU()}, {"b": GELU(), "c": ReLU(), "a": ReLU()})
    assert moved == [("a", None), ("b", "b"), ("c", "c"), (None, "a")]
