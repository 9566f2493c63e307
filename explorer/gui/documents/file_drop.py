"""Network files that are dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

_SUFFIX = ".json"


def network_files(data: QMimeData) -> list[Path]:
    """The files of a drag that may be network documents."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [file for file in files if file.suffix == _SUFFIX]


class FileDrop(QObject):
    """Opens the network files that are dropped on a window; other drags pass.

    Args:
        window: Where they are dropped, and its owner.
        open_file: Opens one.
    """

    def __init__(self, window: QWidget, open_file: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._open = open_file
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragMoveEvent | QDropEvent):  # a drag that enters is one that moves
            files = network_files(event.mimeData())
            if files:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    for file in files:
                        self._open(file)
                return True
        return super().eventFilter(watched, event)
