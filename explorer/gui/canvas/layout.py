"""The layout: from a network and its folds to a figure, without Qt.

Cards of a chain stand one behind the other on the axis, the shape on every line between two; the branches of a merge
stand side by side (:mod:`explorer.gui.canvas.branches`); what is unfolded stands in a frame. A figure depends on what
was counted for a block, its folds and its name, and is kept for them: after an edit only what lies around the edit is
laid out again.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from explorer.core.address import recalled, tapped
from explorer.core.analysis import Analysis
from explorer.core.block import Block
from explorer.core.compose import (
    Add,
    Chain,
    Concat,
    Container,
    Multiply,
    Output,
    Path,
    Recall,
    Repeat,
    Slot,
    Tap,
)
from explorer.core.counting import Counted, slot_path
from explorer.core.receptive_field import Reach
from explorer.core.shape import Shape, format_shape
from explorer.gui.canvas.arcs import Arcs
from explorer.gui.canvas.branches import Branches
from explorer.gui.canvas.faces import card_of, group_card
from explorer.gui.canvas.figure import Bracket, Card, Figure, Frame, Gap, Loose, Pill, Point, moved
from explorer.gui.canvas.folds import GROUP, Folds
from explorer.gui.canvas.sketch import EDGE, HEADER, LABEL_HEIGHT, LEAD, LOOP, PAD, ROW, Paper, Sketch

Children: TypeAlias = Sequence[tuple[Slot, Counted, Reach]]
MAX_KEPT = 60_000  # figures; a wholly unfolded network of 20,000 blocks takes about as many


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


class Layout:
    """Lays networks out, and keeps what it has laid out.

    Args:
        paper: Direction and fonts.
    """

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self._kept: dict[Hashable, Figure] = {}
        self._equal: dict[tuple[Counted, Counted], bool] = {}
        self._branches = Branches(paper, self.branch)

    def draw(self, analysis: Analysis, folds: Folds) -> Figure:
        """The figure of a network; its parts carry paths from the network on."""
        if len(self._kept) > MAX_KEPT:
            self._kept.clear()
            self._equal.clear()
        counted = analysis.counted
        inputs = analysis.network.inputs
        pills = [self._pill(Pill(f"{entry.name} {format_shape(entry.shape)}", "input")) for entry in inputs]
        body = self.chain(counted.children if counted else (), folds, counted.input_shape if counted else None)
        end = self._pill(Pill(_output_words(analysis), "output"))
        sketch = Sketch()
        axis = max(figure.axis for figure in (*pills[:1], body, end))
        start = pills[0].along + EDGE if pills else 0.0
        taps, right = {}, axis
        for place, (entry, pill) in enumerate(zip(inputs, pills, strict=True)):
            at = (axis - pill.axis if not place else right + 24, 0.0)
            sketch.put(pill, at)
            right = at[0] + pill.across
            taps[entry.name] = (right, pill.along / 2)
        sketch.line((axis, start - EDGE), (axis, start))
        sketch.put(body, (axis - body.axis, start))
        bottom = start + body.along
        edge = self.paper.edge(analysis.output_shape)
        sketch.line((axis, bottom), (axis, bottom + edge), arrow=True)
        sketch.put(end, (axis - end.axis, bottom + edge))
        across = max(right, axis - body.axis + body.across, axis + end.across)
        arcs = Arcs(across)
        for loose in sketch.loose:
            if loose.tap in taps:
                arcs.connect(taps[loose.tap], loose.at)
        across = arcs.draw(sketch)
        sketch.loose.clear()
        return sketch.finished(across, bottom + edge + end.along, axis)

    # One block

    def block(self, slot: Slot, counted: Counted, folds: Folds, address: str, *, bare: bool = False) -> Figure:
        """The figure of a block in its slot.

        Args:
            slot: The slot.
            counted: What was counted for the block.
            folds: The folds of the scope that the slot is named in.
            address: What the slot is called in its scope.
            bare: Whether a chain is drawn without the frame around it.
        """
        own = folds.at(address)
        scope = own if slot.name else folds
        key = (counted, own, scope, slot.name or address, slot.enabled, bool(slot.note), bare)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._block(slot, counted, own, scope, address, bare)
        return kept

    def _block(self, slot: Slot, counted: Counted, own: Folds, scope: Folds, address: str, bare: bool) -> Figure:
        block = counted.block
        if isinstance(block, Output) and slot.enabled:
            return self._aside(self._output(slot, counted, own, scope, address))
        if not slot.enabled or not _is_open(counted, own):
            return self._card(card_of(slot, counted), counted)
        is_merge = isinstance(block, Add | Concat | Multiply)
        if is_merge:
            inner = self._branches.draw(counted, scope, "" if slot.name else address)
        else:
            groups = not isinstance(block, Repeat)
            inner = self.chain(
                counted.children, scope, counted.input_shape, "" if slot.name else address, groups=groups
            )
        if bare or (not slot.name and (is_merge or isinstance(block, Chain))):
            return inner
        return self._frame(card_of(slot, counted), inner, is_closed=not isinstance(block, Container))

    def _output(self, slot: Slot, counted: Counted, own: Folds, scope: Folds, address: str) -> Figure:
        card = card_of(slot, counted)
        if not _is_open(counted, own):
            return self._card(card, counted)
        inner = self.chain(counted.children, scope, counted.input_shape, "" if slot.name else address)
        return self._frame(card, inner, is_closed=False)

    def _aside(self, figure: Figure) -> Figure:
        """What branches off for good: the flow runs past it."""
        axis, middle = float(ROW), LEAD + min(figure.along, HEADER) / 2
        along = figure.along + 2 * LEAD
        sketch = Sketch()
        sketch.line((axis, 0), (axis, along))
        sketch.line((axis, middle), (axis + ASIDE, middle), arrow=True)
        sketch.put(figure, (axis + ASIDE, LEAD))
        return sketch.finished(axis + ASIDE + figure.across, along, axis)

    def branch(self, slot: Slot, counted: Counted, folds: Folds, address: str) -> Figure:
        """The figure of a branch: chains that are all of it need no frame."""
        return self.block(slot, counted, folds, address, bare=isinstance(counted.block, Chain))

    def _card(self, card: Card, counted: Counted | None = None) -> Figure:
        width, height = self.paper.card_size(card)
        across, along = self.paper.size(width, height)
        loop = LOOP if card.shortcut else 0
        sketch = Sketch()
        names = _recalled_by(counted.block) if counted is not None and card.enabled else set()
        sketch.loose += (Loose(name, (across, along / 2)) for name in sorted(names))
        return sketch.finished(across + loop, along, across / 2, card, loop)

    def _frame(self, card: Card, inner: Figure, *, is_closed: bool) -> Figure:
        """A card around what is inside, its title in a strip at the top of the screen."""
        vertical = self.paper.flow.vertical
        width = self.paper.card_size(dataclasses.replace(card, tall=False))[0] + 24
        left, top = (float(PAD), HEADER + LEAD) if vertical else (float(HEADER + PAD), PAD + LEAD)
        across = max(inner.across + left + PAD, width if vertical else 0)
        along = max(inner.along + top + LEAD + (0 if vertical else PAD), 0 if vertical else width)
        left = max(left, (across - inner.across) / 2) if vertical else left
        axis = left + inner.axis
        sketch = Sketch()
        sketch.line((axis, HEADER if vertical else 0), (axis, top))
        sketch.put(inner, (left, top), is_closed=is_closed)
        sketch.line((axis, top + inner.along), (axis, along))
        return sketch.finished(across, along, axis, Frame(card, HEADER))

    def _pill(self, pill: Pill) -> Figure:
        across, along = self.paper.size(self.paper.measure(pill.text, "words") + 30, ROW - 2)
        return Figure(across, along, across / 2, pill)

    # Chains

    def chain(
        self, children: Children, folds: Folds, shape: Shape | None, address: str = "", *, groups: bool = True
    ) -> Figure:
        """Blocks one after the other, with the shapes between them.

        Args:
            children: The slots in order, with what was counted for them.
            folds: The folds of the scope they are named in.
            shape: What arrives.
            address: The address in that scope of the structure that holds them, if it has no name.
            groups: Whether equal neighbours become one card.
        """
        items = self._widened(list(self._items(children, folds, address, groups=groups)))
        axis = max((item.figure.axis for item in items), default=40.0)
        if any(item.group for item in items):
            axis += BRACKET
        if not self.paper.flow.vertical:
            axis = max(axis, LABEL_HEIGHT + 4.0)
        sketch, arcs = Sketch(), Arcs(max((axis - i.figure.axis + i.figure.across for i in items), default=80.0))
        taps: dict[str, Point] = {}
        reach, along, before = max(axis, NARROW_MARKER), 0.0, shape
        starts: list[float] = []
        for place, item in enumerate(items):
            if place:
                along = self._edge(sketch, item, (axis, along), before, reach)
            at = (axis - item.figure.axis, along)
            sketch.put(item.figure, at, item.path, is_closed=True)
            for end in item.figure.loose:
                point = moved(end.at, at)
                if end.tap in taps:
                    arcs.connect(taps[end.tap], point)
                else:
                    sketch.loose.append(Loose(end.tap, point))
            if isinstance(item.slot.block, Tap) and item.slot.enabled:
                taps[item.slot.block.name] = (at[0] + item.figure.across, along + item.figure.along / 2)
            starts.append(along)
            along += item.figure.along
            before = item.shape
        if not items:
            along = float(LEAD)
            sketch.line((axis, 0), (axis, along))
            sketch.gaps.append(Gap((axis, along / 2), reach, 0))
        else:
            sketch.gaps.append(Gap((axis, -LEAD / 2), reach, 0))
            sketch.gaps.append(Gap((axis, along + LEAD / 2), reach, items[-1].after))
        self._brackets(sketch, items, starts)
        return sketch.finished(arcs.draw(sketch), along, axis)

    def _edge(self, sketch: Sketch, item: Item, start: Point, shape: Shape | None, reach: float) -> float:
        """The line to an item, with the shape that flows along it; gives where the item starts."""
        (axis, along), block = start, item.slot.block
        middle, end = along + self.paper.edge(shape) / 2, along + self.paper.edge(shape)
        sketch.label(self.paper.beside(shape, axis, middle))
        starts_anew = isinstance(block, Recall) and block.merge == "replace" and item.slot.enabled
        if not starts_anew:
            sketch.line((axis, along), (axis, end))
        sketch.gaps.append(Gap((axis, middle), reach, item.index))
        return end

    @staticmethod
    def _brackets(sketch: Sketch, items: list[Item], starts: list[float]) -> None:
        """Holds unfolded groups together at their side."""
        for group, run in itertools.groupby(zip(items, starts, strict=True), key=lambda pair: pair[0].group):
            if group is not None:
                members = list(run)
                (first, start), (last, end) = members[0], members[-1]
                figure = Figure(BRACKET - 8, end + last.figure.along - start, 0, Bracket(group))
                sketch.put(figure, (0.0, start), (GROUP + first.slot.name,))

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
        figure = self.block(slot, counted, folds, _within(address, path[0]), bare=bare)
        return Item(path, index, index + 1, slot, figure, counted.output_shape, group)

    def _end_of_group(self, children: Children, start: int) -> int:
        """The place behind the neighbours that equal the one at ``start``."""
        slot, counted, _ = children[start]
        end = start + 1
        if _joins_groups(slot):
            while (
                end < len(children) and _joins_groups(children[end][0]) and self._are_equal(counted, children[end][1])
            ):
                end += 1
        return end

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
            kept = self._kept[key] = self._card(group_card(group, counted))
        return kept

    def _widened(self, items: list[Item]) -> list[Item]:
        """The cards of a chain in one width."""
        if not self.paper.flow.vertical:
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


ASIDE = 46  # across, from the flow to what branches off it
NARROW_MARKER = 60  # pixels: the least reach of a marker to both sides
BRACKET = 26  # across, of the sign beside an unfolded group


def _is_open(counted: Counted, own: Folds) -> bool:
    """Whether a block is drawn with what is inside: by choice, else structures that a person made are."""
    block = counted.block
    if not counted.children and not isinstance(block, Container):
        return False
    if own.opened is not None:
        return own.opened
    return isinstance(block, Chain | Add | Concat | Multiply)


def _recalled_by(block: Block) -> set[str]:
    """The taps outside that a folded block uses."""
    inside = tapped(block.slots) if isinstance(block, Container) else set()
    return recalled((Slot("", block),)) - inside if isinstance(block, Container | Recall) else set()


def _joins_groups(slot: Slot) -> bool:
    is_alone = isinstance(slot.block, Repeat | Tap | Recall | Output)
    return bool(slot.name) and slot.enabled and not slot.note and not is_alone


def _within(address: str, place: str) -> str:
    """The address in a scope of a slot in a structure without a name."""
    return f"{address}.{place[1:]}" if address and place.startswith("#") else place


def _output_words(analysis: Analysis) -> str:
    shape = analysis.output_shape
    if shape is None:
        return "no output yet" if analysis.problems else "output"
    if len(shape) == 1 and analysis.network.task == "classification":
        return f"{shape[0]:,} {'class' if shape[0] == 1 else 'classes'}"
    return f"output {format_shape(shape)}"
