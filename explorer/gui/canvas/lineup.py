"""Which figures stand in a chain: its blocks, and cards for neighbours that are equal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from explorer.core.compose import Chain, Output, Path, Recall, Repeat, Slot, Tap
from explorer.core.counted import Counted, slot_path
from explorer.core.receptive_field import Reach
from explorer.core.shape import Shape
from explorer.gui.canvas.faces import group_card
from explorer.gui.canvas.figure import Card, Figure, Loose
from explorer.gui.canvas.folds import GROUP, Folds
from explorer.gui.canvas.sketch import Paper

Children: TypeAlias = Sequence[tuple[Slot, Counted, Reach]]


class FigureOf(Protocol):
    """Lays the block of a slot out; ``bare`` leaves the frame around a chain away."""

    def __call__(self, slot: Slot, counted: Counted, folds: Folds, address: str, *, bare: bool = False) -> Figure:
        """The figure."""


@dataclass(frozen=True, slots=True)
class Item:
    """A figure of a chain, with what stands on the line behind it.

    Attributes:
        path: The block, or the fold of a group, from the chain on.
        index: Its place in the chain.
        after: The place behind it.
        slot: Its slot.
        figure: The figure.
        shape: What leaves.
        group: The card of the unfolded group to which it belongs.
    """

    path: Path
    index: int
    after: int
    slot: Slot
    figure: Figure
    shape: Shape | None
    group: Card | None = None


class Lineup:
    """Lines the figures of chains up, and keeps what it has compared and widened.

    Args:
        paper: Direction and fonts.
        figure_of: Lays a block out.
        card_figure: Makes the figure of a card.
    """

    def __init__(self, paper: Paper, figure_of: FigureOf, card_figure: Callable[[Card], Figure]) -> None:
        self._paper = paper
        self._figure_of = figure_of
        self._card_figure = card_figure
        self._kept: dict[Hashable, Figure] = {}
        self._equal: dict[tuple[Counted, Counted], bool] = {}

    def forget(self) -> None:
        """Forgets what was kept."""
        self._kept.clear()
        self._equal.clear()

    def items(self, children: Children, folds: Folds, address: str, *, groups: bool) -> list[Item]:
        """The figures in their order, cards in one width.

        Args:
            children: The slots in order, with what was counted for them.
            folds: The folds of the scope they are named in.
            address: The address in that scope of the structure that holds them, if it has no name.
            groups: Whether equal neighbours become one card.
        """
        return self._widened(list(self._items(children, folds, address, groups=groups)))

    def _items(self, children: Children, folds: Folds, address: str, *, groups: bool) -> Iterator[Item]:
        index = 0
        while index < len(children):
            slot, counted, _ = children[index]
            end = self._end_of_group(children, index) if groups else index + 1
            card = None
            if end - index > 1:
                group = [part for part, _, _ in children[index:end]]
                if folds.at(GROUP + slot.name).opened is not True:
                    path, shape = (GROUP + slot.name,), children[end - 1][1].output_shape
                    yield Item(path, index, end, slot, self._group(group, counted), shape)
                    index = end
                    continue
                card = group_card(group, counted)
            for place in range(index, end):
                yield self._item(children, place, folds, address, card)
            index = end

    def _item(self, children: Children, index: int, folds: Folds, address: str, group: Card | None) -> Item:
        slot, counted, _ = children[index]
        path = slot_path(slot, index)
        bare = bool(address) and len(children) == 1 and isinstance(counted.block, Chain)
        figure = self._figure_of(slot, counted, folds, within(address, path[0]), bare=bare)
        return Item(path, index, index + 1, slot, figure, counted.output_shape, group)

    def _end_of_group(self, children: Children, start: int) -> int:
        """The place behind the neighbours that equal the one at ``start``."""
        slot, counted, _ = children[start]
        if not _joins_groups(slot):
            return start + 1
        following = range(start + 1, len(children))
        return next((place for place in following if not self._joins(counted, children[place])), len(children))

    def _joins(self, counted: Counted, child: tuple[Slot, Counted, Reach]) -> bool:
        return _joins_groups(child[0]) and self._are_equal(counted, child[1])

    def _are_equal(self, one: Counted, other: Counted) -> bool:
        """Whether two blocks are equal and get the same shape; a long comparison is made once."""
        if one is other:
            return True
        if type(one.block) is not type(other.block) or one.input_shape != other.input_shape:
            return False
        if (one, other) not in self._equal:
            self._equal[one, other] = one.block == other.block
        return self._equal[one, other]

    def _group(self, group: list[Slot], counted: Counted) -> Figure:
        key = (counted, *(slot.name for slot in group))
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._card_figure(group_card(group, counted))
        return kept

    def _widened(self, items: list[Item]) -> list[Item]:
        """The cards of a chain in one width."""
        if not self._paper.flow.vertical:
            return items
        cards = [item.figure for item in items if isinstance(item.figure.face, Card)]
        width = max((figure.across - figure.margin for figure in cards), default=0.0)
        return [
            dataclasses.replace(item, figure=self._as_wide(item.figure, width))
            if isinstance(item.figure.face, Card) and item.figure.across - item.figure.margin < width
            else item
            for item in items
        ]

    def _as_wide(self, figure: Figure, width: float) -> Figure:
        key = (figure, width)
        kept = self._kept.get(key)
        if kept is None:
            loose = tuple(Loose(end.tap, (width, end.at[1])) for end in figure.loose)
            kept = self._kept[key] = dataclasses.replace(
                figure, across=width + figure.margin, axis=width / 2, loose=loose
            )
        return kept


def _joins_groups(slot: Slot) -> bool:
    is_alone = isinstance(slot.block, Repeat | Tap | Recall | Output)
    return bool(slot.name) and slot.enabled and not slot.note and not is_alone


def within(address: str, place: str) -> str:
    """The address in a scope of a slot in a structure without a name."""
    return f"{address}.{place[1:]}" if address and place.startswith("#") else place
