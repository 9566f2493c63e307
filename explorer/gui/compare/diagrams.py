"""The two networks of a comparison as diagrams, with what differs marked and unfolded."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QShowEvent

from explorer.core.analysis import Analysis
from explorer.core.compose import Path
from explorer.core.difference import Side
from explorer.core.pair import Mark
from explorer.gui.canvas import walk
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.figure import Card, Flow
from explorer.gui.canvas.folds import AUTOMATIC, Folds
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.sketch import Paper
from explorer.gui.canvas.view import DiagramView

_UNFOLDED = 60  # blocks that are unfolded because something inside differs; more would be no overview


class ComparedDiagram(DiagramView):
    """One side of a comparison.

    Args:
        side: Which one.
    """

    chosen = Signal(object)  # the path of a block that was clicked

    def __init__(self, side: Side) -> None:
        super().__init__()
        self.setObjectName(f"compare_diagram_{side}")
        self.setAccessibleName(f"Diagram of the network on the {side}")
        self._flow = Flow()
        self._layout = Layout(Paper(self._flow, self.ink.width))
        self._analysis: Analysis | None = None
        self._folds: Folds = AUTOMATIC
        self._is_new = True

    def show_network(self, analysis: Analysis, marks: Mapping[Path, Mark]) -> None:
        """Shows a network with marks; what is marked inside a block is unfolded."""
        self._analysis = analysis
        self._folds = AUTOMATIC
        holding = [path for path, mark in marks.items() if mark == "inside"]
        for path in holding[:_UNFOLDED]:
            self._folds = self._folds.turned(path, True)
        self._accents = Accents(marks=marks, total=analysis.parameters)
        self._draw()

    def point_out(self, path: Path | None) -> None:
        """Brings a block into sight, with a strong border."""
        self.item.accentuate(selected=frozenset() if path is None else frozenset({path}))
        found = walk.find(self.item.figure, path) if path else None
        if found is not None:
            self.ensureVisible(self.rect_of(found), 40, 40)

    def ink_changed(self) -> None:
        self._layout = Layout(Paper(self._flow, self.ink.width))
        self._draw()

    def _draw(self) -> None:
        if self._analysis is not None:
            self.show_figure(self._layout.draw(self._analysis, self._folds), self._flow, self._accents)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_new:
            self._is_new = False
            self.show_start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        found = self.seen_at(event.position())
        if found is not None and found.is_block and not self.is_panning:
            self.chosen.emit(found.paths[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.seen_at(event.position())
        if found is not None and found.folds:
            self._folds = self._folds.turned(found.path, isinstance(found.figure.face, Card))
            self._draw()
