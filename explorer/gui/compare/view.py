"""Two trees side by side that are one: the same rows unfolded, scrolled to and selected."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from explorer.core.difference import Difference, Side
from explorer.core.pair import Pair
from explorer.gui.compare.model import CHANGE, NAME, SIGN, WIDTH, CompareModel, Key, ground, side_columns
from explorer.gui.widgets.painting import MARK, Index

_SIGN_WIDTH = 26  # pixels
_PADDING = 13
_MANY = 60  # rows that are measured for the width of a column


class _SideTree(QTreeView):
    """The tree of one side; what became of a block shows on the ground of its row.

    Args:
        side: Which one.
        model: The pairs.
    """

    def __init__(self, side: Side, model: CompareModel) -> None:
        super().__init__()
        self._side: Side = side
        self._pairs = model
        self.setModel(model)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        pair = self._pairs.pair(index)
        if pair is not None:  # the style sheet would paint over the model's own background role
            is_gap = (pair.left if self._side == "left" else pair.right) is None
            cells, words = QRect(option.rect), QRect(option.rect)
            if self._side == "right":  # what changed is said where there is nothing, too
                words.setLeft(self.columnViewportPosition(CHANGE))
                cells.setRight(words.left() - 1)
                painter.fillRect(words, ground(pair.mark))
            painter.fillRect(cells, ground(pair.mark, is_gap=is_gap))
        super().drawRow(painter, option, index)


class CompareTrees(QSplitter):
    """The tables of both networks, in one order of rows.

    Args:
        parent: Its owner.
    """

    chosen = Signal(object)  # the pair that is selected now
    opened = Signal(object, str)  # a pair that was clicked or entered, and the side

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("compare_trees")
        self.setChildrenCollapsible(False)
        self.model = CompareModel(self)
        self.trees: dict[Side, QTreeView] = {side: self._make(side) for side in ("left", "right")}
        self._is_filling = False
        left, right = self.trees.values()
        unshared = right.selectionModel()
        right.setSelectionModel(left.selectionModel())
        unshared.deleteLater()
        left.selectionModel().selectionChanged.connect(self._tell)
        self._tie(left, right)
        self._tie(right, left)
        left.expanded.connect(self._fit)
        self.splitterMoved.connect(self._fit)
        left.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # that of the right moves both
        self.setStretchFactor(0, 4)
        self.setStretchFactor(1, 5)

    def _make(self, side: Side) -> QTreeView:
        tree = _SideTree(side, self.model)
        tree.setObjectName(f"compare_{side}")
        tree.setAccessibleName(f"Network on the {side}")
        font = tree.font()
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width, so that columns of numbers stand in line
        tree.setFont(font)
        tree.setUniformRowHeights(True)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setIndentation(14)
        tree.setFrameShape(QTreeView.Shape.NoFrame)
        tree.setIconSize(QSize(MARK + 4, MARK + 4))
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setTreePosition(side_columns(side)[0] + NAME)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        tree.header().setMinimumSectionSize(_SIGN_WIDTH)
        tree.header().setSectionsMovable(False)
        tree.header().setStretchLastSection(side == "right")
        for column in set(range(CHANGE + 1)) - set(side_columns(side)):
            tree.setColumnHidden(column, True)
        tree.clicked.connect(lambda index: self.opened.emit(self.model.pair(index), side))
        tree.activated.connect(lambda index: self.opened.emit(self.model.pair(index), side))
        self.addWidget(tree)
        return tree

    def _tie(self, tree: QTreeView, other: QTreeView) -> None:
        tree.expanded.connect(other.expand)  # of what is unfolded already nothing is told again
        tree.collapsed.connect(other.collapse)
        tree.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)

    def _tell(self) -> None:
        pairs = (self.model.pair(index) for index in self.trees["left"].selectionModel().selectedRows())
        for pair in pairs:
            self.chosen.emit(pair)

    def show_difference(self, difference: Difference, *, only_differences: bool, flops: bool) -> None:
        """Shows a comparison; what is unfolded and current stays where it is still there."""
        is_first = not self.model.rowCount()
        left = self.trees["left"]
        unfolded = {self.model.key(index) for index in self._rows(QModelIndex()) if left.isExpanded(index)}
        current, place = self.model.key(left.currentIndex()), left.verticalScrollBar().value()
        self._is_filling = True
        self.model.show(difference, only_differences=only_differences, flops=flops)
        if is_first:
            for pair in difference.pairs:
                self._unfold(pair.trail[:-1])
        self._restore(unfolded, current)
        left.verticalScrollBar().setValue(place)
        self._is_filling = False
        self._fit()

    def _restore(self, unfolded: set[Key], current: Key) -> None:
        selection = self.trees["left"].selectionModel()
        selection.blockSignals(True)  # the person has chosen nothing
        for index in self._rows(QModelIndex()):
            key = self.model.key(index)
            if key in unfolded:
                self.trees["left"].expand(index)
            if key == current:
                flags = QItemSelectionModel.SelectionFlag
                selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        selection.blockSignals(False)

    def _rows(self, parent: QModelIndex) -> Iterator[QModelIndex]:
        """Every row that is in an unfolded one, from top to bottom."""
        for row in range(self.model.rowCount(parent)):
            index = self.model.index(row, 0, parent)
            yield index
            if self.trees["left"].isExpanded(index):
                yield from self._rows(index)

    def visible_pairs(self) -> Iterator[Pair]:
        """The pairs of the rows that are not folded away, from top to bottom."""
        pairs = map(self.model.pair, self._rows(QModelIndex()))
        return (pair for pair in pairs if pair is not None)

    def current(self) -> Pair | None:
        """The pair of the current row."""
        return self.model.pair(self.trees["left"].currentIndex())

    def go_to(self, pair: Pair) -> None:
        """Unfolds what is around a pair and makes it the current one."""
        self._unfold(pair.trail[:-1])
        index = self.model.index_of(pair.trail)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag
            self.trees["left"].selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.trees["left"].scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _unfold(self, trail: tuple[Pair, ...]) -> None:
        for depth in range(1, len(trail) + 1):
            self.trees["left"].expand(self.model.index_of(trail[:depth]))

    def _fit(self) -> None:
        """Gives every column the room that the first rows need."""
        if self._is_filling:
            return
        rows = [index for index, _ in zip(self._rows(QModelIndex()), range(_MANY), strict=False)]
        for side, tree in self.trees.items():
            columns = [column for column in side_columns(side) if column != CHANGE]
            widths = [self._needed(tree, column, rows) for column in columns]
            if side == "left":  # on the right, what changed takes the room that is left
                widths[NAME] += max(0, tree.viewport().width() - sum(widths))
            for column, width in zip(columns, widths, strict=True):
                tree.setColumnWidth(column, width)
        self._show_bars()

    def _show_bars(self) -> None:
        """Both tables have a horizontal bar or none has: with one alone, the last rows would not stand in line."""
        is_cut = any(tree.header().length() > tree.viewport().width() for tree in self.trees.values())
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if is_cut else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        for tree in self.trees.values():
            tree.setHorizontalScrollBarPolicy(policy)

    def _needed(self, tree: QTreeView, column: int, rows: list[QModelIndex]) -> int:
        if column % WIDTH == SIGN:
            return _SIGN_WIDTH
        measure = tree.fontMetrics().horizontalAdvance
        texts = [
            measure(str(index.siblingAtColumn(column).data())) + (column % WIDTH == NAME) * self._indent(tree, index)
            for index in rows
        ]
        return max(tree.header().sectionSizeHint(column), max(texts, default=0) + _PADDING)

    @staticmethod
    def _indent(tree: QTreeView, index: QModelIndex) -> int:
        """Pixels in front of a name: of the levels above it, and of its own arrow and mark."""
        indent = tree.indentation() + tree.iconSize().width() + _PADDING
        while index.parent().isValid():
            index, indent = index.parent(), indent + tree.indentation()
        return indent

    # Qt's overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()  # only now have the trees their widths
