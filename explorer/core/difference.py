"""Two networks side by side: what was added, removed and changed, block by block, and the totals.

The blocks of both are aligned scope by scope (:mod:`explorer.core.alignment`). What is one block with the same shape
arriving is not looked into: after an edit, only the way to the edit is compared. What is inside a composite follows
from its fields, so a composite with another field is one difference; its inside is aligned when somebody opens it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from explorer.core.analysis import Analysis, analyse
from explorer.core.compose import Path
from explorer.core.difference_totals import Total, totals
from explorer.core.network import Network
from explorer.core.pair import Change, Mark, Pair
from explorer.core.shape import format_shape

Side: TypeAlias = Literal["left", "right"]
_DIFFERENT = ("added", "removed", "changed")


class Difference:
    """What :func:`compare` found out.

    Attributes:
        left: The analysis of the network on the left.
        right: The analysis of the network on the right.
        root: The two networks as a pair; its children are the outermost blocks.
    """

    def __init__(self, left: Analysis, right: Analysis) -> None:
        self.left = left
        self.right = right
        self.root = Pair(left.root, right.root)

    @functools.cached_property
    def network_changes(self) -> tuple[Change, ...]:
        """What differs at the networks as a whole: input, task, further outputs; the name is only what it is called."""
        ours, theirs = (_whole(analysis) for analysis in (self.left, self.right))
        return tuple(Change(key, ours[key], theirs[key]) for key in ours if ours[key] != theirs[key])

    @functools.cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every block that was added, removed or changed, the outermost ones: what is inside them follows."""
        return tuple(_differences(self.root.children))

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference at all."""
        return not self.pairs and not self.network_changes and not self.is_regrouped

    @functools.cached_property
    def is_regrouped(self) -> bool:
        """Whether the networks differ, but in no block that has a row.

        Left are the numbers by which blocks go, structures without a name, and what is in one that is switched off.
        """
        return not self.pairs and self.left.network.body != self.right.network.body

    @functools.cached_property
    def totals(self) -> tuple[Total, ...]:
        """The figures of both networks as a whole."""
        return totals(self.left, self.right)

    def marks(self, side: Side) -> Mapping[Path, Mark]:
        """The mark of every block of a side, also inside composites and what was added or removed.

        Blocks that are the same are left out.
        """
        return dict(_marks(self.root.children, side))


def _whole(analysis: Analysis) -> dict[str, object]:
    network = analysis.network
    inputs = ((entry.name, format_shape(entry.shape)) for entry in network.inputs)
    shown = ", ".join(f"{name} {shape}" if name != "image" else shape for name, shape in inputs)
    return {"input": shown, "task": network.task, "outputs": ", ".join(analysis.outputs)}


def _differences(pairs: tuple[Pair, ...]) -> Iterator[Pair]:
    for pair in pairs:
        if pair.mark in _DIFFERENT:
            yield pair
        if pair.mark in ("changed", "inside"):
            yield from _differences(pair.parts)


def _marks(pairs: tuple[Pair, ...], side: Side) -> Iterator[tuple[Path, Mark]]:
    for pair in pairs:
        row = pair.left if side == "left" else pair.right
        if row is None or pair.mark == "same":
            continue
        yield row.path, pair.mark
        yield from _marks(pair.children, side)


def compare(left: Analysis | Network, right: Analysis | Network) -> Difference:
    """Compares two networks."""
    analyses = [analyse(side) if isinstance(side, Network) else side for side in (left, right)]
    return Difference(*analyses)
