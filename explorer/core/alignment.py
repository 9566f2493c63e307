"""Which blocks of two lists are one block and the same: by name where names say so, else by what they are, in order.

Names stay when neighbours come and go, so a proper name decides. Numbers are places rather than names (in VGG-19
everything behind the first added convolution is called otherwise than in VGG-16); among them what is equal is found in
order, as a longest common subsequence, and what is left over is matched if it is similar.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeAlias

from explorer.core.analysis import Row

Keys: TypeAlias = Sequence[Hashable | None]  # None is equal to nothing
Matches: TypeAlias = list[tuple[int, int]]
KeyOf: TypeAlias = Callable[[Row], Hashable | None]
Aligned: TypeAlias = tuple[Row | None, Row | None]


def common(left: Keys, right: Keys) -> Matches:
    """A longest common subsequence as pairs of places, in order, each match as early as it can be.

    Bit-parallel (Crochemore et al., 2001; Hyyrö, 2004): a row of the table is one integer, so two thousand blocks
    against two thousand take milliseconds.
    """
    places: dict[Hashable, int] = {}
    for place, key in enumerate(right):
        if key is not None:
            places[key] = places.get(key, 0) | 1 << place
    full = (1 << len(right)) - 1
    rows = [full]  # a bit that is clear: the subsequence grows at this place of the right side
    for key in left:
        row, hits = rows[-1], places.get(key, 0) if key is not None else 0
        grown = row & hits
        rows.append(((row + grown) | (row - grown)) & full)
    return _walk_back(rows, len(left), len(right))


def _walk_back(rows: list[int], i: int, j: int) -> Matches:
    found: Matches = []
    while i and j:
        bit = 1 << (j - 1)
        if rows[i] & bit:
            j -= 1
        elif rows[i - 1] & bit:
            i, j = i - 1, j - 1
            found.append((i, j))
        else:
            i -= 1
    return found[::-1]


def align(left: Sequence[Row], right: Sequence[Row]) -> Iterator[Aligned]:
    """The rows of two scopes side by side, in the order of both, with None where one side has nothing."""
    at = (0, 0)
    for i, j in [*_matches(left, right), (len(left), len(right))]:
        yield from ((row, None) for row in left[at[0] : i])
        yield from ((None, row) for row in right[at[1] : j])
        if i < len(left):
            yield left[i], right[j]
        at = (i + 1, j + 1)


def _matches(left: Sequence[Row], right: Sequence[Row]) -> Matches:
    if _outline(left) > _outline(right):  # of matches that are as good one is taken, the same in both directions
        return [(i, j) for j, i in _matches(right, left)]
    contents = _Contents()
    found = _refined([], left, right, _proper_name)
    found = _gaps(found, left, right, lambda *gap: _equal(contents, *gap))
    for key in (_number_and_type, _type, _number):
        found = _refined(found, left, right, key)
    return found


def _outline(rows: Sequence[Row]) -> tuple[int, list[tuple[str, str]]]:
    return len(rows), [(row.path[-1], row.type) for row in rows]


def _refined(found: Matches, left: Sequence[Row], right: Sequence[Row], key: KeyOf) -> Matches:
    """Adds to matches what has equal keys in the gaps between them."""
    return _gaps(found, left, right, lambda a, b: common([key(row) for row in a], [key(row) for row in b]))


def _gaps(
    found: Matches,
    left: Sequence[Row],
    right: Sequence[Row],
    match: Callable[[Sequence[Row], Sequence[Row]], Matches],
) -> Matches:
    result: Matches = []
    i = j = 0
    for next_i, next_j in [*found, (len(left), len(right))]:
        if i < next_i and j < next_j:
            result += [(i + a, j + b) for a, b in match(left[i:next_i], right[j:next_j])]
        if next_i < len(left):
            result.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return result


class _Contents:
    """Blocks as numbers, the same for equal ones: a deep structure is hashed once."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def __call__(self, row: Row) -> int:
        return self._numbers.setdefault(row.block, len(self._numbers))


def _equal(contents: _Contents, left: Sequence[Row], right: Sequence[Row]) -> Matches:
    """Equal blocks in order; of several ways to match as many, the one that keeps their numbers."""
    ours, theirs = [contents(row) for row in left], [contents(row) for row in right]
    most = common(ours, theirs)
    by_number = common(_numbered(ours, left), _numbered(theirs, right))
    return by_number if len(by_number) == len(most) else most


def _numbered(contents: list[int], rows: Sequence[Row]) -> Keys:
    return [(content, row.path[-1]) for content, row in zip(contents, rows, strict=True)]


def _proper_name(row: Row) -> str | None:
    return None if is_number(row.path[-1]) else row.path[-1]


def _number(row: Row) -> str | None:
    return row.path[-1] if row.path[-1].isdigit() else None


def _number_and_type(row: Row) -> tuple[str, str]:
    return row.path[-1], row.type


def _type(row: Row) -> str:
    return row.type


def is_number(name: str) -> bool:
    """Whether a name is only a place, such as ``12``, or ``#2`` for a structure without a name."""
    return name.startswith("#") or name.isdigit() or not name
