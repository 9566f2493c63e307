"""The layout: from a network and its folds to a figure, without Qt.

Cards of a chain stand one behind the other on the axis, the shape on every line between two; the branches of a merge
stand side by side (:mod:`explorer.gui.canvas.branches`); what is unfolded stands in a frame. A figure depends on what
was counted for a block, its folds and its name, and is kept for them: after an edit only what lies around the edit is
laid out again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable

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
    Recall,
    Repeat,
    Slot,
)
from explorer.core.counted import Counted
from explorer.core.shape import Shape, format_shape
from explorer.gui.canvas.arcs import Arcs
from explorer.gui.canvas.branches import Branches
from explorer.gui.canvas.chains import Chains
from explorer.gui.canvas.faces import card_of
from explorer.gui.canvas.figure import Card, Figure, Frame, Loose, Pill
from explorer.gui.canvas.folds import Folds
from explorer.gui.canvas.lineup import Children, Lineup
from explorer.gui.canvas.sketch import EDGE, HEADER, LEAD, LOOP, PAD, ROW, Paper, Sketch

MAX_KEPT = 60_000  # figures; a wholly unfolded network of 20,000 blocks takes about as many


class Layout:
    """Lays networks out, and keeps what it has laid out.

    Args:
        paper: Direction and fonts.
    """

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self._kept: dict[Hashable, Figure] = {}
        self._branches = Branches(paper, self.branch)
        self._lineup = Lineup(paper, self.block, self._card)
        self._chains = Chains(paper)

    def draw(self, analysis: Analysis, folds: Folds) -> Figure:
        """The figure of a network; its parts carry paths from the network on."""
        if len(self._kept) > MAX_KEPT:
            self._kept.clear()
            self._lineup.forget()
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
        items = self._lineup.items(children, folds, address, groups=groups)
        return self._chains.draw(items, shape)


ASIDE = 46  # across, from the flow to what branches off it


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


def _output_words(analysis: Analysis) -> str:
    shape = analysis.output_shape
    if shape is None:
        return "no output yet" if analysis.problems else "output"
    if len(shape) == 1 and analysis.network.task == "classification":
        return f"{shape[0]:,} {'class' if shape[0] == 1 else 'classes'}"
    return f"output {format_shape(shape)}"
