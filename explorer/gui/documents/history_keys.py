"""Undo and redo while the keyboard is in a field whose changes are live: they are the document's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

UNDO, REDO = ("Ctrl+Z",), ("Ctrl+Shift+Z", "Ctrl+Y")


class HistoryKeys(QObject):
    """Leaves the keys of undo and redo to the window.

    Qt's fields take them for their own text, so that Ctrl+Z behind an insertion would change the search that found the
    block, and in a number that is live make one edit more instead of taking the last one back.

    Args:
        parent: Its owner.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._keys = {QKeySequence(keys) for keys in (*UNDO, *REDO)}

    def watch(self, *fields: QWidget) -> None:
        """Does so in these fields and in what they consist of."""
        for field in fields:
            for control in (field, *field.findChildren(QWidget)):
                control.installEventFilter(self)

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if (
            event.type() in kinds
            and isinstance(event, QKeyEvent)
            and QKeySequence(event.keyCombination()) in self._keys
        ):
            event.ignore()  # so that the window's action gets it; the key press only comes where that one is off
            return True
        return super().eventFilter(watched, event)
