"""What the library lists: networks by family, blocks, layers, structures; and which of them a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Chain, Repeat
from explorer.core.shape import format_shape
from explorer.gui import figures
from explorer.gui.block_drop import pack_new
from explorer.gui.subsequence import cost, match
from explorer.zoo.base import ZOO, Entry

Index: TypeAlias = QModelIndex | QPersistentModelIndex

THING = Qt.ItemDataRole.UserRole + 1  # an Entry or a block class; None for a heading
DETAIL = Qt.ItemDataRole.UserRole + 2  # small text at the right
CATEGORY = Qt.ItemDataRole.UserRole + 3
SECTION = Qt.ItemDataRole.UserRole + 4  # whether it heads a whole section

_GROUPS = (("block", "Blocks"), ("layer", "Layers"), ("structure", "Structures"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the library: a network of the zoo, or a kind of block."""

    entry: Entry | None = None
    block: type[Block] | None = None


class LibraryModel(QStandardItemModel):
    """All lines; blocks can be dragged into the network."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        networks = _heading("Networks", section=True)
        for family in dict.fromkeys(entry.family for entry in ZOO.values()):
            heading = _heading(family)
            heading.appendRows([_network(entry) for entry in ZOO.values() if entry.family == family])
            networks.appendRow(heading)
        self.appendRow(networks)
        for group, title in _GROUPS:
            heading = _heading(title, section=True)
            heading.appendRows([_block(cls) for cls in BLOCKS.values() if cls.group == group and _stands_alone(cls)])
            self.appendRow(heading)

    def mimeData(self, indexes: object) -> QMimeData:
        listed = [index.data(THING) for index in indexes]  # type: ignore[attr-defined]
        blocks = [thing.block for thing in listed if thing is not None and thing.block is not None]
        return pack_new(blocks[0]()) if blocks else QMimeData()

    def mimeTypes(self) -> list[str]:
        return ["text/plain"]


class LibrarySearch(QSortFilterProxyModel):
    """The lines that a search finds; a family's name finds all that is in it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pattern = ""
        self.setRecursiveFilteringEnabled(True)
        self.setSourceModel(LibraryModel(self))

    def search(self, pattern: str) -> None:
        """Shows what a pattern finds; all for an empty one."""
        self.pattern = pattern
        self.invalidate()

    def best(self) -> QModelIndex:
        """The line nearest to what is searched for; invalid without one."""
        lines = [index for index in self._lines(QModelIndex()) if match(self.pattern, index.data()) is not None]
        return min(lines, key=lambda index: cost(self.pattern, index.data()), default=QModelIndex())

    def _lines(self, parent: QModelIndex) -> list[QModelIndex]:
        found = []
        for row in range(self.rowCount(parent)):
            index = self.index(row, 0, parent)
            found += [index] if index.data(THING) else self._lines(index)
        return found

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if not self.pattern:
            return True
        index = self.sourceModel().index(source_row, 0, source_parent)
        if index.data(THING) is None:
            return False  # headings stay where something below them is found
        return match(self.pattern, index.data()) is not None


def _stands_alone(cls: type[Block]) -> bool:
    """Whether a new one can be made without saying what is in it."""
    return cls not in (Chain, Repeat)


def _heading(text: str, *, section: bool = False) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setData(section, SECTION)
    return item


def _line(text: str, thing: Listed, detail: str, tooltip: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(thing, THING)
    item.setData(detail, DETAIL)
    item.setToolTip(tooltip)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled if thing.block else flags)
    return item


def _network(entry: Entry) -> QStandardItem:
    detail = f"{entry.year} · {figures.size_of(entry.parameters.value)}"
    source = entry.parameters.source
    words = (
        entry.summary,
        f"{entry.parameters.value:,} parameters ({source}).",
        f"Input {format_shape(entry.input_shape)}, {entry.classes:,} classes.",
        entry.paper,
    )
    return _line(entry.title, Listed(entry=entry), detail, "\n".join(words))


def _block(cls: type[Block]) -> QStandardItem:
    tooltip = "\n".join(words for words in (cls.summary, cls.paper) if words)
    item = _line(cls.type_name(), Listed(block=cls), str(cls.year or ""), tooltip)
    item.setData(cls.category, CATEGORY)
    return item
