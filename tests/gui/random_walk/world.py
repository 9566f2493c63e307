"""The window of a walk, with everything it keeps in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QTreeView, QWidget

import explorer
from explorer.core.network import Network
from explorer.gui import style
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.documents.document import Document
from explorer.gui.layers.model import LayersModel
from explorer.gui.layers.view import LayersView
from explorer.gui.library.user_library import VARIABLE
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings

W = TypeVar("W", bound=QWidget)


class World:
    """A window and what is known of it.

    Args:
        session: Its session.
        window: The window.
        folder: Where the files of the walk lie.

    Attributes:
        starts: The network that each document had when it was opened.
    """

    def __init__(self, session: Session, window: MainWindow, folder: Path) -> None:
        self.session, self.window, self.folder = session, window, folder
        self.canvas = self.find(NetworkCanvas, "canvas")
        self.table = self.find(LayersView, "layers_table")
        self.library = self.find(QTreeView, "library_list")
        self.starts: dict[Document, Network] = {}
        self._testers: list[QAbstractItemModelTester] = []
        self.examine(True)
        self.note_documents()

    @property
    def layers(self) -> LayersModel:
        """The model of the layer table."""
        models = self.window.findChildren(LayersModel)
        return models[0]

    def find(self, kind: type[W], name: str) -> W:
        """The widget of that name."""
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def examine(self, on: bool) -> None:
        """Lets Qt examine the models of the lists after each change of them, or no longer: that takes its time."""
        self._testers.clear()
        if on:
            self._testers += [_tester(model) for model in (self.layers, self.library.model())]
            # they must hear of a reset before the view, which fetches rows at once
            self.layers.modelReset.disconnect(self.table._open_noted_rows)
            self.layers.modelReset.connect(self.table._open_noted_rows)

    def note_documents(self) -> None:
        """Notes how documents start that have been opened meanwhile."""
        self.starts = {document: start for document, start in self.starts.items() if shiboken6.isValid(document)}
        for document in self.session.documents:
            if document not in self.starts:
                assert document.undo_stack.count() == 0, f"{document.title} opened with a history"
                self.starts[document] = document.network

    def activate(self) -> None:
        """Brings the window to the front, as a window manager does when a dialog closes; keys need that."""
        if QApplication.activeWindow() is not self.window:
            self.window.activateWindow()
            QApplication.processEvents()

    def settle(self) -> None:
        """Lets the window do what it has put off until the event loop."""
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _tester(model: QAbstractItemModel) -> QAbstractItemModelTester:
    """Qt's own examination of a model; what is wrong becomes a warning."""
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    tester.setUseFetchMore(False)  # it would fetch the rows of a row while that one is still coming
    return tester


@contextmanager
def opened(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    """A window with a small network in front, and nothing of what a person or another test has left."""
    folder.mkdir(parents=True)
    patch.setenv(VARIABLE, str(folder / "blocks"))
    patch.setenv("XDG_DATA_HOME", str(folder / "data"))
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    style.use(application, style.LIGHT)
    application.clipboard().clear()
    session = Session(explorer.network("resnet18", input_shape=(1, 28, 28), classes=10), Settings(folder / "w.ini"))
    window = MainWindow(session)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    try:
        yield World(session, window, folder)
    finally:
        for popup in iter(QApplication.activePopupWidget, None):
            popup.close()
        shiboken6.delete(window)
        shiboken6.delete(session)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
