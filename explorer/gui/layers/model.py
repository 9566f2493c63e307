"""What the cells of the layer table say, and what can be done in them: typing, checking and dragging."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, Signal

from explorer.core.compose import Path
from explorer.gui.editing import edits, freezing
from explorer.gui.editing.block_drop import BlockDrop
from explorer.gui.layers.arrangement import address
from explorer.gui.layers.columns import ANSWERS, COLUMNS, MACS, MEMORY, NAME, TRAINABLE, memory_text
from explorer.gui.layers.node import Node
from explorer.gui.layers.tree_model import TreeModel
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.widgets.painting import Index, cell_alignment

Role = Qt.ItemDataRole

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
_ALIGNMENTS = [cell_alignment(is_number=column.is_number).value for column in COLUMNS]


class LayersModel(TreeModel):
    """The rows of the document in front and their cells.

    Args:
        session: Where the rows come from and edits go.
        parent: Its owner.
    """

    # The cells say something else now. One edit can change every share and every field behind it, so there is this one
    # signal, to repaint by, in the place of a thousand dataChanged.
    refreshed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._flops = session.flops
        self._drop = BlockDrop(session)
        self._memory_timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._memory_timer.timeout.connect(self.refreshed)
        session.changed.connect(self._update)

    def _update(self) -> None:
        self.follow()
        self._follow_heading()
        self._memory_timer.start()
        self.refreshed.emit()

    def _follow_heading(self) -> None:
        """Says that a heading is another one; only then, since the view measures and paints all of them again."""
        if self._flops != self._session.flops:
            self._flops = self._session.flops
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, MACS, MACS)

    # Qt's questions

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            return "FLOPs" if section == MACS and self._flops else column.title
        if role == Role.ToolTipRole:
            return column.help
        if role == Role.TextAlignmentRole:
            return cell_alignment(is_number=column.is_number)
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
            freezing.freeze(self._session, (path,), Qt.CheckState(value) == Qt.CheckState.Unchecked)
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
