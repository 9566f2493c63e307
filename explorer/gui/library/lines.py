"""The lines of the library: what each holds, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem

from explorer.core.block import Block
from explorer.core.definition_file import SUFFIX
from explorer.core.shape import format_shape
from explorer.core.user_block import UserBlock
from explorer.core.wording import amount
from explorer.gui import figures
from explorer.gui.library.folder import Broken
from explorer.zoo.base import Entry
from explorer.zoo.claims import in_words

THING = Qt.ItemDataRole.UserRole + 1  # a Listed; None for a heading
DETAIL = Qt.ItemDataRole.UserRole + 2  # small text at the right
CATEGORY = Qt.ItemDataRole.UserRole + 3
SECTION = Qt.ItemDataRole.UserRole + 4  # whether it heads a whole section
STAR = Qt.ItemDataRole.UserRole + 5  # whether it is a favourite
SHORTER = Qt.ItemDataRole.UserRole + 8  # what stands in place of the small text where that has no room, best first
FAMILY = Qt.ItemDataRole.UserRole + 7  # the family of networks that a heading stands above
HINT = Qt.ItemDataRole.UserRole + 6  # whether it says what to do where there is nothing yet

CHECKED = "✓ "  # before the year of a network of which something was checked


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the library: a network of the zoo, a kind of block, or a file that holds none.

    Attributes:
        entry: The network.
        block: The kind of block.
        file: The file of a person's own block.
        broken: What is wrong with a file.
        family: The family of networks that it heads.
    """

    entry: Entry | None = None
    block: type[Block] | None = None
    file: Path | None = None
    broken: Broken | None = None
    family: str = ""

    @property
    def thing(self) -> Entry | type[Block] | None:
        """The network or the kind of block."""
        return self.entry or self.block


def heading(text: str, *, section: bool = False) -> QStandardItem:
    """The line above others."""
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setData(section, SECTION)
    return item


def hint(text: str) -> QStandardItem:
    """A line that says what to do."""
    item = heading(text)
    item.setData(True, HINT)
    item.setToolTip(text)
    return item


def _line(text: str, thing: Listed, detail: str, tooltip: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(thing, THING)
    item.setData(detail, DETAIL)
    item.setToolTip(tooltip)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled if thing.block else flags)
    return item


def network_line(entry: Entry) -> QStandardItem:
    """The line of a network of the zoo."""
    checked, size = in_words(entry), figures.size_of(entry.parameters.value)
    tick = CHECKED if checked else ""
    source = entry.parameters.source
    words = (
        entry.summary,
        f"{entry.parameters} parameters ({source}).",
        f"{CHECKED}Checked: {checked}." if checked else "Not checked against others: no published figures were found.",
        f"Input {format_shape(entry.input_shape)}, {entry.classes:,} classes.",
        entry.paper,
    )
    item = _line(entry.title, Listed(entry=entry), f"{tick}{entry.year} · {size}", "\n".join(words))
    item.setData((f"{tick}{size}", tick.strip()), SHORTER)
    return item


def block_line(cls: type[Block]) -> QStandardItem:
    """The line of a kind of block that comes with the application."""
    tooltip = "\n".join(words for words in (cls.summary, cls.paper) if words)
    item = _line(cls.type_name(), Listed(block=cls), str(cls.year or ""), tooltip)
    item.setData(cls.category, CATEGORY)
    return item


def own_line(kind: type[UserBlock], file: Path) -> QStandardItem:
    """The line of a person's own block; its name can be edited."""
    inside = len(kind.definition.body.slots)
    words = (kind.summary, f"{amount(inside, 'block')} inside.", f"In {file}.")
    item = _line(kind.type_name(), Listed(block=kind, file=file), "", "\n".join(filter(None, words)))
    item.setData(kind.category, CATEGORY)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    return item


def broken_line(broken: Broken) -> QStandardItem:
    """The line of a file that holds no block."""
    name = broken.file.name.removesuffix(SUFFIX)
    return _line(name, Listed(file=broken.file, broken=broken), "unreadable", broken.reason)
