"""The rows of the layer table as a Qt model: a tree, made level by level when somebody looks.

After an edit the tree is compared with the new analysis by path, and only what came, went or moved is told to the
views; so they keep what is expanded and selected.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.gui.layers.columns import COLUMNS
from explorer.gui.layers.node import Node, Tree
from explorer.gui.session import Session
from explorer.gui.widgets.painting import Index

_NOWHERE = QModelIndex()
_COLUMNS = len(COLUMNS)


class TreeModel(QAbstractItemModel):
    """Which rows there are; a subclass says what stands in their cells.

    Args:
        session: Where the rows come from.
        parent: Its owner.

    Attributes:
        is_list: Whether all rows stand side by side.
        is_following: Whether rows come and go because the document changed.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._document = session.document
        self._tree = Tree()
        self.is_list = False
        self.is_following = False
        self._root = self._new_root()
        session.listing.changed.connect(self._reset)

    def _new_root(self) -> Node | None:
        self._tree.nodes.clear()
        self._tree.arrange(self._session.listing.arrangement)
        self.is_list = self._tree.arrangement.is_list
        root = self._session.analysis.root
        return None if root is None else self._tree.add(root, None, 0)

    # Finding

    def node(self, index: Index) -> Node | None:
        """The node behind an index; the network's own for the invalid one, whose id is 0 like the network's key."""
        return self._tree.nodes.get(index.internalId())

    def path(self, index: Index) -> Path:
        """The path of the block behind an index."""
        node = self.node(index)
        return node.row.path if node else ()

    def index_of(self, path: Path) -> QModelIndex:
        """The index of the block at ``path``; invalid where there is none."""
        node, index = self._root, QModelIndex()
        if self.is_list and node is not None:
            return self._index(next((child for child in self._children(node, index) if child.row.path == path), None))
        for depth in range(1, len(path) + 1):
            if node is None:
                break
            node = next((child for child in self._children(node, index) if child.row.path == path[:depth]), None)
            index = self._index(node)
        return index

    def _index(self, node: Node | None) -> QModelIndex:
        """The index of a node in the first column, kept: Qt asks for it at every unfolded row after every edit."""
        if node is None or node.parent is None:
            return _NOWHERE
        if node.index is None:
            node.index = self.createIndex(node.place, 0, node.key)
        return node.index

    def _children(self, node: Node, index: Index) -> list[Node]:
        if node.children is None:
            self.fetchMore(index)
        return node.children or []

    # Following the document

    def follow(self) -> None:
        """Tells the views what came, went or moved since the document was last followed."""
        root = self._session.analysis.root
        self.is_following = True
        self._tree.forget_order()
        if self._document is not self._session.document or root is None or self._root is None:
            self._reset()
        elif self.is_list and [child.row.path for child in self._root.looked_at] != [
            row.path for row in self._tree.inside(root)
        ]:
            self._reset()  # in a list anything can have gone anywhere
        else:
            self._tree.is_changing = True
            self._follow(self._root, root)
            self._tree.is_changing = False
        self.is_following = False

    def _reset(self) -> None:
        self.beginResetModel()
        self._document = self._session.document
        self._root = self._new_root()
        self.endResetModel()

    def _follow(self, node: Node, row: Row) -> None:
        """Makes what is unfolded of a block like its row of a newer analysis."""
        if self._tree.arrangement.is_plain and not node.is_changed_by(row):
            node.take(row)
            return
        opened = node.has_children
        if node.children is not None:
            self._follow_order(node, row)
        node.take(row)
        if node.children is None:
            if opened != node.has_children:
                self._redraw_branches()
            return
        for child, new in zip(node.children, self._tree.inside(row), strict=True):
            self._follow(child, new)

    def _follow_order(self, node: Node, row: Row) -> None:
        """Makes the children those of ``row``, in their order, by as few steps as show what happened."""
        rows = self._tree.inside(row)
        wanted = [child.path[-1] for child in rows]
        children = node.looked_at
        kept = set(wanted)
        for place in range(len(children) - 1, -1, -1):
            if children[place].row.path[-1] not in kept:
                self._take_out(node, place)
        for place, new in enumerate(rows):
            if place < len(children) and children[place].row.path[-1] == wanted[place]:
                continue
            old = next((p for p in range(place, len(children)) if children[p].row.path[-1] == wanted[place]), None)
            if old is None:
                self._put_in(node, place, self._tree.add(new, node, place))
            else:
                self._shift(node, old, place)
        for place in range(len(children) - 1, len(wanted) - 1, -1):  # a name that was there twice
            self._take_out(node, place)

    def _take_out(self, node: Node, place: int) -> None:
        children = node.looked_at
        self.beginRemoveRows(self._index(node), place, place)
        self._tree.forget(children.pop(place))
        _number(children)
        self.endRemoveRows()

    def _put_in(self, node: Node, place: int, child: Node) -> None:
        children = node.looked_at
        self.beginInsertRows(self._index(node), place, place)
        children.insert(place, child)
        _number(children)
        self.endInsertRows()

    def _shift(self, node: Node, old: int, place: int) -> None:
        """Moves a child towards the front; of two neighbours that change places, the one further down moves."""
        children = node.looked_at
        index = self._index(node)
        self.beginMoveRows(index, old, old, index, place)
        children.insert(place, children.pop(old))
        _number(children)
        self.endMoveRows()

    def _redraw_branches(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self.layoutChanged.emit()

    # Qt's questions

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(COLUMNS)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        node = self.node(parent)
        return 0 if node is None or parent.column() > 0 else len(node.children or ())

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        node = self.node(parent)
        return node is not None and parent.column() <= 0 and node.has_children

    def canFetchMore(self, parent: Index) -> bool:
        node = self.node(parent)
        return node is not None and parent.column() <= 0 and node.children is None and node.has_children

    def fetchMore(self, parent: Index) -> None:
        node = self.node(parent)
        if node is None or node.children is not None:
            return
        rows = self._tree.inside(node.row)
        if not rows:  # nothing but empty branches
            node.children = []
            return
        self.beginInsertRows(self._index(node), 0, len(rows) - 1)
        node.children = [self._tree.add(row, node, place) for place, row in enumerate(rows)]
        self.endInsertRows()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        node = self._tree.nodes.get(parent.internalId())
        children = node.children if node is not None else None
        if not children or not 0 <= row < len(children) or not 0 <= column < _COLUMNS or parent.column() > 0:
            return _NOWHERE
        child = children[row]
        return self.createIndex(row, column, child.key) if column else child.index or self._index(child)

    def parent(self, index: Index = _NOWHERE) -> Any:  # QObject.parent shares the name
        node = self._tree.nodes.get(index.internalId())
        return self._index(node.parent) if node is not None else _NOWHERE


def _number(children: list[Node]) -> None:
    for place, child in enumerate(children):
        if child.place != place:
            child.place, child.index = place, None
