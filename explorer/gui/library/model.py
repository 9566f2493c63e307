"""What the library lists: favourites, what was used last, networks, one's own blocks, all others; and a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QStandardItem, QStandardItemModel

from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Chain, Repeat
from explorer.gui.editing.block_drop import pack_new
from explorer.gui.library.lines import (
    CATEGORY,
    DETAIL,
    FAMILY,
    HINT,
    SECTION,
    STAR,
    THING,
    Listed,
    block_line,
    broken_line,
    heading,
    hint,
    network_line,
    own_line,
)
from explorer.gui.library.shelf import key_of
from explorer.gui.search.subsequence import cost, match
from explorer.gui.session import Session
from explorer.gui.widgets.painting import Index
from explorer.zoo.base import ZOO

__all__ = ["CATEGORY", "DETAIL", "HINT", "SECTION", "STAR", "THING", "LibraryModel", "LibrarySearch", "Listed"]


_GROUPS = (("block", "Blocks"), ("layer", "Layers"), ("structure", "Structures"))
EMPTY = "Select blocks, then Save as Block"


class LibraryModel(QStandardItemModel):
    """All lines; blocks can be dragged into the network.

    Args:
        session: Whose library and shelf it shows.
        parent: Its owner.
    """

    about_to_refill = Signal()
    refilled = Signal()  # lines have come, gone or got a star
    renamed = Signal(object, str)  # a file, and the name that a person gives its block

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._favourites, self._recent = heading("Favourites", section=True), heading("Recently used", section=True)
        self._own = heading("My blocks", section=True)
        for section in (self._favourites, self._recent, _networks(), self._own):
            self.appendRow(section)
        for group, title in _GROUPS:
            section = heading(title, section=True)
            section.appendRows(
                [block_line(cls) for cls in BLOCKS.values() if cls.group == group and _stands_alone(cls)]
            )
            self.appendRow(section)
        self._fill_own()
        self._fill_shelf()
        session.library.changed.connect(self._refill)
        session.shelf.changed.connect(self._refill_shelf)

    def _refill(self) -> None:
        self.about_to_refill.emit()
        self._fill_own()
        self._fill_shelf()
        self.refilled.emit()

    def _refill_shelf(self) -> None:
        self.about_to_refill.emit()
        self._fill_shelf()
        self.refilled.emit()

    def _fill_own(self) -> None:
        library = self._session.library
        lines = [own_line(kind, file) for file, kind in library.kinds.items()]
        lines += map(broken_line, library.broken)
        _fill(self._own, lines or [hint(EMPTY)])

    def _fill_shelf(self) -> None:
        shelf, known = self._session.shelf, {}
        for item in _lines(self.invisibleRootItem()):
            listed = item.data(THING)
            thing = listed.thing
            if thing is not None:
                known[key_of(thing)] = listed
                item.setData(shelf.is_favourite(thing), STAR)
        for section, keys in ((self._favourites, shelf.favourites), (self._recent, shelf.recent)):
            lines = [_line_of(known[key]) for key in keys if key in known]
            for line in lines:
                line.setData(shelf.is_favourite(line.data(THING).thing), STAR)
            _fill(section, lines)

    def is_recent(self, index: Index) -> bool:
        """Whether a line stands among what was used last, or heads it."""
        item = self.itemFromIndex(index)
        return item is self._recent or item.parent() is self._recent

    # Qt's overrides

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return super().setData(index, value, role)
        file = index.data(THING).file
        # behind the editor, which still stands in a line that a new name replaces
        QTimer.singleShot(0, self, lambda: self.renamed.emit(file, str(value).strip()))
        return False

    def mimeData(self, indexes: object) -> QMimeData:
        listed = [index.data(THING) for index in indexes]  # type: ignore[attr-defined]
        blocks = [thing.block for thing in listed if thing is not None and thing.block is not None]
        return pack_new(blocks[0]()) if blocks else QMimeData()

    def mimeTypes(self) -> list[str]:
        return ["text/plain"]


class LibrarySearch(QSortFilterProxyModel):
    """The lines that a search finds; a family's name finds all that is in it.

    What was used last is left out of a search, which finds it where it belongs.

    Args:
        session: Whose library it searches.
        parent: Its owner.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pattern = ""
        self.lines = LibraryModel(session, self)
        self.setRecursiveFilteringEnabled(True)
        self.setSourceModel(self.lines)
        self.lines.refilled.connect(self.invalidate)

    def search(self, pattern: str) -> None:
        """Shows what a pattern finds; all for an empty one."""
        self.pattern = pattern
        self.invalidate()

    def best(self) -> QModelIndex:
        """The line nearest to what is searched for; invalid without one."""
        lines = [index for index in self._lines(QModelIndex()) if match(self.pattern, index.data()) is not None]
        return min(lines, key=lambda index: cost(self.pattern, index.data()), default=QModelIndex())

    def find(self, thing: object, above: object) -> QModelIndex:
        """The line of a thing below the heading of that text; invalid without one."""
        found = (index for index in self._lines(QModelIndex()) if thing is not None and index.data(THING) == thing)
        return next((index for index in found if index.parent().data() == above), QModelIndex())

    def _lines(self, parent: QModelIndex) -> list[QModelIndex]:
        found = []
        for row in range(self.rowCount(parent)):
            index = self.index(row, 0, parent)
            found += [index] if index.data(THING) else self._lines(index)
        return found

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        index = self.lines.index(source_row, 0, source_parent)
        if not self.pattern:
            return not index.data(SECTION) or self.lines.hasChildren(index)
        if index.data(THING) is None or self.lines.is_recent(index):
            return False  # headings stay where something below them is found
        return match(self.pattern, index.data()) is not None


def _stands_alone(cls: type[Block]) -> bool:
    """Whether a new one can be made without saying what is in it."""
    return cls not in (Chain, Repeat)


def _networks() -> QStandardItem:
    networks = heading("Networks", section=True)
    for family in dict.fromkeys(entry.family for entry in ZOO.values()):
        line = heading(family)
        line.setData(family, FAMILY)
        line.appendRows([network_line(entry) for entry in ZOO.values() if entry.family == family])
        networks.appendRow(line)
    return networks


def _fill(section: QStandardItem, lines: Iterable[QStandardItem]) -> None:
    section.removeRows(0, section.rowCount())
    section.appendRows(list(lines))


def _lines(parent: QStandardItem) -> list[QStandardItem]:
    """All lines below headings."""
    found = []
    for row in range(parent.rowCount()):
        item = parent.child(row)
        found += [item] if item.data(THING) else _lines(item)
    return found


def _line_of(listed: Listed) -> QStandardItem:
    if listed.entry is not None:
        return network_line(listed.entry)
    if listed.file is not None:
        return own_line(listed.block, listed.file)  # type: ignore[arg-type]
    return block_line(listed.block)  # type: ignore[arg-type]
