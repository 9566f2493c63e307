"""The comparison as a Qt model: one tree of pairs, with the columns of both sides and what changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QBrush, QColor

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.core.difference import Difference, Side
from explorer.core.difference_words import SIGNS, what_changed
from explorer.core.pair import Mark, Pair
from explorer.core.shape import format_shape
from explorer.gui import figures, style
from explorer.gui.layers.arrangement import opens
from explorer.gui.widgets.painting import Index, cell_alignment, mark_icon

Role = Qt.ItemDataRole
Key: TypeAlias = tuple[Path | None, Path | None]

_NOWHERE = QModelIndex()
_UNMARKED: tuple[Mark, ...] = ("same", "shapes")
_TINT = 34  # of 255: enough to see, little enough for the text on it

Text: TypeAlias = Callable[[Row, bool], str]
# heading, text of a row (and whether operations are FLOPs), whether it is a number
COLUMNS: tuple[tuple[str, Text, bool], ...] = (
    ("Name", lambda row, _: row.name, False),
    ("", lambda *_: "", False),
    ("Type", lambda row, _: row.type, False),
    ("Output", lambda row, _: format_shape(row.output_shape), True),
    ("Parameters", lambda row, _: figures.count(row.parameters), True),
    ("MACs", lambda row, flops: figures.short(figures.operations(row.macs, flops=flops)), True),
)
NAME, SIGN, MACS = 0, 1, 5
WIDTH = len(COLUMNS)  # of one side
CHANGE = 2 * WIDTH  # the column behind both sides


class _Node:
    __slots__ = ("children", "key", "pair", "parent", "place")

    def __init__(self, pair: Pair, parent: _Node | None, place: int, key: int) -> None:
        self.pair, self.parent, self.place, self.key = pair, parent, place, key
        self.children: list[_Node] | None = None


class CompareModel(QAbstractItemModel):
    """The pairs of a comparison; both sides are views of this one model, so their rows stand in line.

    Args:
        parent: Its owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: dict[int, _Node] = {}
        self._keys = itertools.count(1)  # never used twice, so that a stale Qt index finds nothing
        self._root: _Node | None = None
        self._flops = False
        self.only_differences = False

    def show(self, difference: Difference, *, only_differences: bool, flops: bool) -> None:
        """Shows a comparison in the place of the one before.

        Args:
            difference: What differs.
            only_differences: Whether blocks that are the same are left out.
            flops: Whether operations are FLOPs.
        """
        self.beginResetModel()
        self._nodes.clear()
        self.only_differences, self._flops = only_differences, flops
        self._root = self._node(difference.root, None, 0)
        self.endResetModel()

    def _node(self, pair: Pair, parent: _Node | None, place: int) -> _Node:
        node = _Node(pair, parent, place, next(self._keys))
        self._nodes[node.key] = node
        return node

    def _children(self, node: _Node | None) -> list[_Node]:
        if node is None:
            return []
        if node.children is None:
            shown = [child for child in node.pair.children if not self.only_differences or child.mark not in _UNMARKED]
            node.children = [self._node(child, node, place) for place, child in enumerate(shown)]
        return node.children

    def _at(self, index: Index) -> _Node | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root

    # Finding

    def pair(self, index: Index) -> Pair | None:
        """The pair behind an index; None for the invalid one."""
        node = self._at(index)
        return node.pair if node and index.isValid() else None

    def key(self, index: Index) -> Key:
        """By what a pair is found again in another comparison: its path on either side."""
        pair = self.pair(index)
        left, right = (pair.left, pair.right) if pair else (None, None)
        return left.path if left else None, right.path if right else None

    def index_of(self, trail: Sequence[Pair]) -> QModelIndex:
        """The index of the last of some pairs, each in the one before; invalid where it is left out."""
        index = QModelIndex()
        for pair in trail:
            node = next((child for child in self._children(self._at(index)) if child.pair is pair), None)
            if node is None:
                return QModelIndex()
            index = self.createIndex(node.place, 0, node.key)
        return index

    # Qt's questions

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return CHANGE + 1

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return len(self._children(self._at(parent))) if parent.column() <= 0 else 0

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        pair = self.pair(parent)
        if pair is None:
            return self.rowCount(parent) > 0
        return parent.column() <= 0 and any(row is not None and opens(row) for row in (pair.left, pair.right))

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        children = self._children(self._at(parent)) if parent.column() <= 0 else []
        if not 0 <= row < len(children) or not 0 <= column <= CHANGE:
            return QModelIndex()
        return self.createIndex(row, column, children[row].key)

    def parent(self, index: Index = _NOWHERE) -> Any:  # QObject.parent shares the name
        node = self._at(index) if index.isValid() else None
        above = node.parent if node else None
        return QModelIndex() if above is None or above is self._root else self.createIndex(above.place, 0, above.key)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= CHANGE:
            return None
        title, _, number = ("What changed", None, False) if section == CHANGE else COLUMNS[section % WIDTH]
        if role == Role.DisplayRole:
            return "FLOPs" if section % WIDTH == MACS and section != CHANGE and self._flops else title
        return cell_alignment(is_number=number) if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        pair = self.pair(index)
        if pair is None:
            return None
        column = index.column()
        row = pair.left if column < WIDTH else pair.right
        if role == Role.DisplayRole:
            return self._text(pair, row, column)
        if role == Role.TextAlignmentRole:
            return cell_alignment(is_number=column != CHANGE and COLUMNS[column % WIDTH][2])
        if role == Role.DecorationRole and column % WIDTH == NAME and column != CHANGE and row is not None:
            return mark_icon(row.block.category)
        return _spoken(pair, row, column) if role in (Role.ToolTipRole, Role.AccessibleTextRole) else None

    def _text(self, pair: Pair, row: Row | None, column: int) -> str:
        if column == CHANGE:
            return what_changed(pair)
        if row is None:
            return ""
        if column % WIDTH == SIGN:
            return SIGNS[pair.mark]
        return COLUMNS[column % WIDTH][1](row, self._flops)


def side_columns(side: Side) -> range:
    """The columns of one side."""
    return range(WIDTH) if side == "left" else range(WIDTH, CHANGE + 1)


def _spoken(pair: Pair, row: Row | None, column: int) -> str | None:
    """What a screen reader says of a cell, and a tooltip: the name, and what became of the block."""
    words = what_changed(pair) or "same"
    if column == CHANGE:
        return words
    if column % WIDTH != NAME:
        return None
    return f"{row.name}, {words}, {row.block.describe()}".removesuffix(", ") if row else f"nothing here, {words}"


def ground(mark: Mark, *, is_gap: bool = False) -> QBrush:
    """The ground of a row of one side: tinted by its mark, hatched where the side has nothing."""
    palette = style.current()
    if is_gap:
        return QBrush(QColor(palette.line), Qt.BrushStyle.BDiagPattern)
    tints = {"added": palette.good, "removed": palette.bad, "changed": palette.activation}
    if mark not in tints:
        return QBrush()
    color = QColor(tints[mark])
    color.setAlpha(_TINT)
    return QBrush(color)
