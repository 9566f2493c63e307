"""Blocks under the pointer: what a drag carries, and what a drop does to the document."""

from __future__ import annotations

import json
from typing import ClassVar

from PySide6.QtCore import QMimeData, Qt

from explorer.core.block import Block
from explorer.core.compose import Path, Slot
from explorer.errors import FileError
from explorer.gui.documents import clipboard
from explorer.gui.editing import insertion, moving
from explorer.gui.editing.placing import is_editable, topmost
from explorer.gui.session import Session

BLOCKS = "text/plain"  # JSON, so that another window and a text editor can read it too
NEW = "application/x-architecture-explorer-new"  # a block fresh from the library, which adapts to where it lands
ORIGIN = "application/x-architecture-explorer-origin"  # which document the blocks stand in, and where


def pack_new(block: Block) -> QMimeData:
    """What a drag of a new block carries."""
    data = QMimeData()
    data.setText(clipboard.dumps([Slot("", block)]))
    data.setData(NEW, b"1")
    return data


class BlockDrop:
    """Packs blocks of the document in front for a drag, and drops blocks into it.

    Args:
        session: Where the blocks stand.
    """

    formats: ClassVar[list[str]] = [BLOCKS, NEW, ORIGIN]

    def __init__(self, session: Session) -> None:
        self._session = session

    def pack(self, paths: tuple[Path, ...]) -> QMimeData:
        """What a drag of those blocks carries."""
        network = self._session.network
        paths = tuple(path for path in topmost(paths) if is_editable(network, path))
        data = QMimeData()
        if not paths:
            return data
        data.setText(clipboard.dumps(network.slot(path) for path in paths))
        origin = {"document": id(self._session.document), "paths": [list(path) for path in paths]}
        data.setData(ORIGIN, json.dumps(origin).encode())
        return data

    @staticmethod
    def holds_blocks(data: QMimeData) -> bool:
        """Whether a drag carries blocks."""
        return data.hasText() and clipboard.FORMAT in data.text()[:200]

    def drop(self, data: QMimeData, action: Qt.DropAction, *, before: Path | None, after: Path | None) -> None:
        """Drops what a drag carries between two blocks."""
        moved = self._own_paths(data)
        if moved and action == Qt.DropAction.MoveAction:
            self._move(moved, before, after)
            return
        try:
            slots = clipboard.loads(data.text(), self._session.network)
        except FileError as error:
            self._session.message.emit(str(error))
            return
        if data.hasFormat(NEW):
            slots = tuple(insertion.adapted(self._session, slot, after) for slot in slots)
            self._session.shelf.use(type(slots[0].block))
        text = f"insert {slots[0].block.type_name()}" if len(slots) == 1 else "insert blocks"
        if before is not None and after is None:
            insertion.insert_slots_before(self._session, slots, text, before)
        else:
            insertion.insert_slots(self._session, slots, text, after=after)

    def land(self, data: QMimeData, action: Qt.DropAction, into: Path, index: int, *, branch: bool = False) -> None:
        """Lets what a drag carries land in a structure.

        Args:
            data: What it carries.
            action: Whether blocks of this document move or are copied.
            into: The structure; empty for the network.
            index: The place among its slots.
            branch: Whether it becomes a branch of its own.
        """
        moved = self._own_paths(data)
        if moved and action == Qt.DropAction.MoveAction:
            moving.move_into(self._session, moved, into, index, branch=branch)
            return
        try:
            slots = clipboard.loads(data.text(), self._session.network)
        except FileError as error:
            self._session.message.emit(str(error))
            return
        fresh = data.hasFormat(NEW)
        if fresh:
            self._session.shelf.use(type(slots[0].block))
        insertion.insert_into(self._session, slots, into, index, branch=branch, fresh=fresh)

    def _own_paths(self, data: QMimeData) -> tuple[Path, ...]:
        if not data.hasFormat(ORIGIN):
            return ()
        origin = json.loads(data.data(ORIGIN).toStdString())
        if origin["document"] != id(self._session.document):
            return ()
        return tuple(tuple(path) for path in origin["paths"])

    def _move(self, paths: tuple[Path, ...], before: Path | None, after: Path | None) -> None:
        if after in paths or (before in paths and after is None):
            return  # it lands where it stands
        if after is None and before is not None and len(before) > 1:
            moving.move_in_front(self._session, paths, before)
        else:
            moving.move_behind(self._session, paths, after)
