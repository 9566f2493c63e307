"""What a person keeps at hand in the library: favourites, and what was used last. Both are remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.core.block import Block
from explorer.core.user_block import UserBlock
from explorer.gui.settings import Settings
from explorer.zoo.base import Entry

MOST_RECENT = 8
_MOST_FAVOURITES = 200
_FAVOURITES, _RECENT = "library/favourites", "library/recent"


def key_of(thing: Entry | type[Block]) -> str:
    """What a network or a kind of block is remembered by; one's own block by its name, which a new version keeps."""
    if isinstance(thing, Entry):
        return f"network:{thing.key}"
    return f"mine:{thing.type_name()}" if issubclass(thing, UserBlock) else f"block:{thing.key()}"


class Shelf(QObject):
    """Favourites in the order in which they were chosen; what was used, the last first.

    Args:
        settings: Where both are remembered.
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._favourites = settings.get(_FAVOURITES, list[str]())[:_MOST_FAVOURITES]
        self._recent = settings.get(_RECENT, list[str]())[:MOST_RECENT]

    @property
    def favourites(self) -> tuple[str, ...]:
        """Their keys."""
        return tuple(self._favourites)

    @property
    def recent(self) -> tuple[str, ...]:
        """Keys of what was used last."""
        return tuple(self._recent)

    def is_favourite(self, thing: Entry | type[Block]) -> bool:
        """Whether it has a star."""
        return key_of(thing) in self._favourites

    def toggle(self, thing: Entry | type[Block]) -> bool:
        """Gives a thing a star, or takes it away.

        Returns:
            Whether it has one now.
        """
        key = key_of(thing)
        starred = key not in self._favourites
        others = [kept for kept in self._favourites if kept != key]
        self._favourites = [*others, key][-_MOST_FAVOURITES:] if starred else others
        self._settings.set(_FAVOURITES, self._favourites)
        self.changed.emit()
        return starred

    def use(self, thing: Entry | type[Block]) -> None:
        """Notes that a thing was inserted or opened."""
        key = key_of(thing)
        recent = [key, *(kept for kept in self._recent if kept != key)][:MOST_RECENT]
        if recent != self._recent:
            self._recent = recent
            self._settings.set(_RECENT, recent)
            self.changed.emit()

    def rename(self, old: str, new: str) -> None:
        """Keeps one's own block at hand under another name."""
        names = {f"mine:{old}": f"mine:{new}"}
        self._favourites = [names.get(key, key) for key in self._favourites]
        self._recent = [names.get(key, key) for key in self._recent]
        self._settings.set(_FAVOURITES, self._favourites)
        self._settings.set(_RECENT, self._recent)
        self.changed.emit()
