"""Notices blocks that were put into the library from outside, each time the window gets the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from explorer.gui.library.user_library import UserLibrary

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class LibraryWatch(QObject):
    """Looks into the library's folder: a shared file may have been copied there, or another window have saved a block.

    Args:
        library: The library.
        window: Whose focus counts, and its owner.
    """

    def __init__(self, library: UserLibrary, window: QWidget) -> None:
        super().__init__(window)
        self._library = library
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._library.look()
        return super().eventFilter(watched, event)
