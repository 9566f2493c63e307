"""The layer table as a Qt model: a tree of the analysis' rows, made level by level when somebody looks.

After an edit the tree is compared with the new analysis by path, and only what came, went or moved is told to the
views; so they keep what is expanded and selected.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.gui.editing import edits, freezing
from explorer.gui.editing.block_drop import BlockDrop
from explorer.gui.layers.arrangement import address
from explorer.gui.layers.columns import (
    ANSWERS,
    COLUMNS,
    MACS,
    MEMORY,
    NAME,
    TRAINABLE,
    alignment,
    memory_text,
)
from explorer.gui.layers.node import Node, Tree
from explorer.gui.session import MEMORY_DELAY, Session

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

_NOWHERE = QModelIndex()


# Made once: Qt asks for the flags of every unfolded row after every edit and of every cell at every paint, and both
# joining flags and finding a member of an enumeration take Python long.
_GROUND = Qt.ItemFlag.ItemIsDropEnabled
_SEEN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_MOVED = _SEEN | Qt.ItemFlag.ItemIsDragEnabled
_TYPED = _MOVED | Qt.ItemFlag.ItemIsEditable  # the name; beside the check, the multiple of the learning rate
_CHECK = Qt.ItemFlag.ItemIsUserCheckable
_LOCKED, _MOVABLE, _NAMED, _CHECKED, _TRAINED = (  # each for a row with nothing inside, and for one to be unfolded
    (flags | Qt.ItemFlag.ItemNeverHasChildren, flags)
    for flags in (_SEEN, _MOVED, _TYPED, _TYPED | _CHECK, _SEEN | Qt.ItemFlag.ItemIsEditable | _CHECK)
)
_DISPLAY, _ALIGNMENT = int(Role.DisplayRole), int(Role.TextAlignmentRole)
_COLUMNS = len(COLUMNS)
_ALIGNMENTS = [alignment(column).value for column in COLUMNS]


class LayersModel(QAbstractItemModel):
    """The rows of the document in front.

    Args:
        session: Where the rows come from and edits go.
        parent: Its owner.
    """

    # The cells say something else now. One edit can change every share and every field behind it, so there is this one
    # signal, to repaint by, in the place of a thousand dataChanged.
    refreshed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._document = session.document
        self._flops = session.flops
        self._tree = Tree()
        self.is_list = False
        self._root = self._new_root()
        self._drop = BlockDrop(session)
        self.is_following = False  # while rows come and go because the document changed
        self._memory_timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._memory_timer.timeout.connect(self.refreshed)
        session.changed.connect(self._update)
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

    def _update(self) -> None:
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
        self._follow_heading()
        self.is_following = False
        self._memory_timer.start()
        self.refreshed.emit()

    def _follow_heading(self) -> None:
        """Says that a heading is another one; only then, since the view measures and paints all of them again."""
        if self._flops != self._session.flops:
            self._flops = self._session.flops
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, MACS, MACS)

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

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            return "FLOPs" if section == MACS and self._flops else column.title
        if role == Role.ToolTipRole:
            return column.help
        if role == Role.TextAlignmentRole:
            return alignment(column)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        node = self._tree.nodes.get(index.internalId())
        if node is None or node.parent is None:
            return None
        if role == _DISPLAY:
            return self._text(node, index.column())
        if role == _ALIGNMENT:
            return _ALIGNMENTS[index.column()]
        answer = ANSWERS.get(role)
        return answer(self._session, node.row, index.column()) if answer else None

    def _text(self, node: Node, column: int) -> str:
        if column == NAME and self.is_list:
            return address(node.row)
        if column != MEMORY:
            return COLUMNS[column].text(self._session, node.row)
        analysis = self._session.analysis
        if node.memory_of is not analysis and not self._memory_timer.isActive():
            node.memory, node.memory_of = memory_text(self._session, node.row), analysis
        return node.memory

    def flags(self, index: Index) -> Qt.ItemFlag:
        node = self._tree.nodes.get(index.internalId())
        if node is None or node.parent is None:
            return _GROUND
        column = index.column()
        is_trained = column == TRAINABLE and bool(node.row.parameters)
        if not (self._is_editable(node) if self.is_list else node.parent.takes_edits):
            flags = _TRAINED if is_trained else _LOCKED  # of what is inside a composite, only that can be set
        elif column == NAME:
            flags = _NAMED
        else:
            flags = _CHECKED if is_trained else _MOVABLE
        return flags[node.has_children]

    def _is_editable(self, node: Node) -> bool:
        if not self.is_list:
            return node.editable
        path = node.row.path
        return all(path[:length] in self._tree.structures(self._session.analysis) for length in range(1, len(path)))

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        node = self.node(index)
        if node is None:
            return False
        if index.column() == TRAINABLE and node.row.parameters:
            return self._train(node.row.path, value, role)
        if role == Role.EditRole and index.column() == NAME and self._is_editable(node):
            edits.rename(self._session, node.row.path, str(value).strip())
            return True
        return False

    def _train(self, path: Path, value: Any, role: int) -> bool:
        """Freezes a block or trains it, or sets its rate; inside composites too."""
        if role == Role.EditRole:
            return self._scale_rate(path, str(value))
        if role == Role.CheckStateRole:
            freezing.freeze(self._session, path, Qt.CheckState(value) == Qt.CheckState.Unchecked)
        return role == Role.CheckStateRole

    def _scale_rate(self, path: Path, text: str) -> bool:
        try:
            factor = float(text.replace("×", "").strip())
        except ValueError:
            self._session.message.emit(f"{text!r} is no number; type a multiple of the learning rate, such as 0.1.")
            return False
        freezing.scale_rate(self._session, (path,), factor)
        self._session.settle()
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return self._drop.formats

    def mimeData(self, indexes: Any) -> QMimeData:
        paths = tuple(dict.fromkeys(self.path(index) for index in indexes))
        return self._drop.pack(paths)

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        node = self.node(parent)
        return node is not None and self._drop.holds_blocks(data) and self._target(node, row) is not None

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        node = self.node(parent)
        target = self._target(node, row) if node else None
        if target is None:
            return False
        before, after = target
        self._drop.drop(data, action, before=before, after=after)
        return False  # the edit has moved the rows; the view must not remove them as well

    def _target(self, node: Node, row: int) -> tuple[Path | None, Path | None] | None:
        """The blocks before and behind which something lands; None where nothing can."""
        if not self._tree.arrangement.is_plain:
            return None  # between neighbours of a sorted table there is no place in the network
        if row < 0:  # on a row: behind it; on the empty ground: behind all
            if node is not self._root:
                return (None, node.row.path) if node.editable else None
            row = len(node.children or ())
        children = node.children or []
        if children and not children[0].editable:
            return None
        before = children[row].row.path if row < len(children) else None
        return before, children[row - 1].row.path if row > 0 else None


def _number(children: list[Node]) -> None:
    for place, child in enumerate(children):
        if child.place != place:
            child.place, child.index = place, None
