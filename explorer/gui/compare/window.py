"""The comparison in a window of its own beside the main one: totals, two trees in line, and the way through the marks.

It stays true while either document is edited. Between the totals and the trees stand the two diagrams.
"""

from __future__ import annotations

import functools

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QMenuBar, QSplitter, QToolButton, QVBoxLayout, QWidget

from explorer.core.compose import Path
from explorer.core.difference import Side
from explorer.core.difference_words import SIGNS, headline, titles, what_changed
from explorer.core.pair import Pair
from explorer.core.wording import amount
from explorer.gui.compare.comparison import Comparison, Live
from explorer.gui.compare.diagrams import ComparedDiagram
from explorer.gui.compare.text import markdown
from explorer.gui.compare.totals import CompareTotals
from explorer.gui.compare.view import CompareTrees
from explorer.gui.menus import add, add_menu
from explorer.gui.session import Session

_FIRST_SIZE = QSize(1240, 860)
_BUTTONS = ("previous", "next", "only", "swap", "copy")


class CompareWindow(QDialog):
    """Two networks side by side.

    Args:
        session: Whose documents may be among them.
        comparison: The networks; the window becomes its owner.
        parent: The window it belongs to.
    """

    def __init__(self, session: Session, comparison: Comparison, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compare_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        comparison.setParent(self)
        self._session = session
        self.comparison = comparison
        self._totals, self._trees, self._headline = CompareTotals(), CompareTrees(), QLabel()
        self._diagrams = QSplitter(Qt.Orientation.Horizontal)
        self.diagrams: dict[Side, ComparedDiagram] = {side: ComparedDiagram(side) for side in ("left", "right")}
        self._actions: dict[str, QAction] = {}
        self._fill_menu()
        self._arrange()
        self._trees.chosen.connect(self._select)
        self._trees.opened.connect(self._open)
        comparison.changed.connect(self._show)
        self._show()
        self._trees.trees["left"].setFocus()

    # Making

    def _fill_menu(self) -> None:
        self._menu_bar = QMenuBar(self)
        self._menu_bar.setObjectName("compare_menu_bar")
        menu = add_menu(self._menu_bar, "compare", "&Comparison")
        commands = (
            ("previous", "&Previous", "Shift+F7", "Goes to the difference above", lambda: self.step(-1)),
            ("next", "&Next", "F7", "Goes to the next difference", lambda: self.step(1)),
            ("only", "&Only Differences", "Ctrl+Shift+D", "Leaves out the blocks that are the same", self._show),
            ("swap", "&Swap Sides", "Ctrl+T", "Puts each network in the place of the other", self.comparison.swap),
            ("copy", "&Copy as Markdown", "Ctrl+Shift+C", "Copies totals and differences as Markdown", self.copy),
            (
                "open_sides",
                "Open &in Tabs",
                "Ctrl+Shift+O",
                "Opens both networks in tabs, to edit them",
                self.open_sides,
            ),
            ("leave", "Cl&ose", "Ctrl+W", "Closes the comparison", self.close),
        )
        for key, text, shortcut, help_line, run in commands:
            self._actions[key] = add(menu, f"compare_{key}", text, shortcut, help_line, run)
        self._actions["only"].setCheckable(True)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setMenuBar(self._menu_bar)
        column.addLayout(self._make_bar())
        column.addWidget(self._totals)
        self._diagrams.setObjectName("compare_diagrams")
        for side, diagram in self.diagrams.items():
            self._diagrams.addWidget(diagram)
            diagram.chosen.connect(functools.partial(self._go_to, side))
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setObjectName("compare_parts")
        parts.setChildrenCollapsible(False)
        parts.addWidget(self._diagrams)
        parts.addWidget(self._trees)
        for place in range(parts.count()):
            parts.setStretchFactor(place, 1)
        column.addWidget(parts, 1)
        room = self.screen().availableSize()
        self.resize(_FIRST_SIZE.boundedTo(room))

    def _make_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 4)
        bar.setSpacing(6)
        self._headline.setObjectName("compare_headline")
        self._headline.setProperty("role", "title")
        bar.addWidget(self._headline, 1)
        for key in _BUTTONS:
            button = QToolButton()
            button.setDefaultAction(self._actions[key])
            button.setObjectName(f"compare_button_{key}")
            button.setToolTip(f"{self._actions[key].toolTip()} ({self._actions[key].shortcut().toString()})")
            bar.addWidget(button)
        return bar

    # Showing

    @property
    def names(self) -> tuple[str, str]:
        """What the networks are called; two of one name also by how they were made."""
        left, right = self.comparison.left.title, self.comparison.right.title
        return titles(self.comparison.difference) if left == right else (left, right)

    def _show(self) -> None:
        difference, flops = self.comparison.difference, self._session.flops
        self.setWindowTitle(f"{self.names[0]} and {self.names[1]} – Comparison")
        self._headline.setText(headline(difference))
        self._totals.show_totals(difference, self.names, flops=flops)
        only = self._actions["only"].isChecked()
        self._trees.show_difference(difference, only_differences=only, flops=flops)
        sides = {"left": self.comparison.left, "right": self.comparison.right}
        for side, diagram in self.diagrams.items():
            diagram.show_network(sides[side].analysis, difference.marks(side))
        for key in ("previous", "next"):
            self._actions[key].setEnabled(bool(difference.pairs))
        documents = (self.comparison.left.document, self.comparison.right.document)
        self._actions["open_sides"].setEnabled(None in documents)

    # Doing

    def step(self, direction: int) -> None:
        """Goes to the next difference, or the one before; behind the last comes the first."""
        pairs = self.comparison.difference.pairs
        if not pairs:
            return
        self._trees.go_to(pairs[self._next_place(pairs, direction)])

    def _next_place(self, pairs: tuple[Pair, ...], direction: int) -> int:
        current = self._trees.current()
        if current in pairs:
            return (pairs.index(current) + direction) % len(pairs)
        order = list(self._trees.visible_pairs())
        here = order.index(current) if current in order else -1
        places = [place for place, pair in enumerate(pairs) if pair in order]
        behind = [place for place in places if order.index(pairs[place]) > here]
        before = [place for place in places if order.index(pairs[place]) < here]
        return (behind or [0])[0] if direction > 0 else (before or [-1])[-1]

    def _go_to(self, side: Side, path: Path) -> None:
        """Goes to the row of a block that was clicked in a diagram."""
        for pair in self.comparison.difference.pairs:
            row = pair.left if side == "left" else pair.right
            if row is not None and row.path == path:
                self._trees.go_to(pair)
                return

    def _select(self, pair: Pair) -> None:
        """Selects a block in the documents that have it, whichever is in front."""
        for side, row in ((self.comparison.left, pair.left), (self.comparison.right, pair.right)):
            if side.document is not None and row is not None:
                side.document.select((row.path,))
        for diagram, row in zip(self.diagrams.values(), (pair.left, pair.right), strict=True):
            diagram.point_out(row.path if row is not None else None)
        words = what_changed(pair)
        row = pair.right or pair.left
        if words and row is not None:
            self._session.message.emit(f"{SIGNS[pair.mark]} {row.where}: {words}")

    def _open(self, pair: Pair, side: Side) -> None:
        """Brings the document of a side to the front, at a block."""
        source, row = (self.comparison.left, pair.left) if side == "left" else (self.comparison.right, pair.right)
        if source.document is not None and row is not None:
            self._session.activate(source.document)
            self._session.reveal(row.path)

    def open_sides(self) -> None:
        """Opens what is in no tab yet in a tab of its own, and goes on with those documents."""
        sides = [
            side if side.document is not None else Live(self._session.open_network(side.analysis.network))
            for side in (self.comparison.left, self.comparison.right)
        ]
        self.comparison.show(*sides)

    def copy(self) -> None:
        """Copies the totals and the rows that are unfolded and differ."""
        pairs = [pair for pair in self._trees.visible_pairs() if pair.mark not in ("same", "shapes")]
        difference = self.comparison.difference
        text = markdown(difference, self.names, pairs, flops=self._session.flops)
        QGuiApplication.clipboard().setText(text)
        self._session.message.emit(f"Copied {amount(len(pairs), 'row')} as Markdown.")
