"""The bar below the menu: the open documents at the left, the workspaces at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QTabBar, QToolButton

from explorer.gui.documents.document import Document
from explorer.gui.panel import NUMBERS, WORKSPACES
from explorer.gui.session import Session


class DocumentTabs(QTabBar):
    """Tabs that can be dragged to another place, and closed with the middle button too."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("documents")
        self.setAccessibleName("Open networks")
        self.setTabsClosable(True)
        self.setMovable(True)
        self.setExpanding(False)
        self.setDocumentMode(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)
        elif (place := self.tabAt(event.position().toPoint())) >= 0:  # the base would too, but only in newer releases
            self.tabCloseRequested.emit(place)


class Header(QFrame):
    """The documents as tabs and the workspaces as buttons.

    Args:
        session: Whose documents it shows.
    """

    workspace_chosen = Signal(str)
    close_asked = Signal(object)  # a document

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("header")
        self._session = session
        self._shown: tuple[Document, ...] = ()
        self._tabs = DocumentTabs()
        self._buttons = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 10, 0)
        row.setSpacing(4)
        row.addWidget(self._tabs, 1, Qt.AlignmentFlag.AlignBottom)
        self._tabs.currentChanged.connect(self._choose)
        self._tabs.tabMoved.connect(self._move)
        self._tabs.tabCloseRequested.connect(lambda place: self.close_asked.emit(self._shown[place]))
        for key, title in WORKSPACES:
            row.addWidget(self._make_button(key, title, NUMBERS[key]))
        session.documents_changed.connect(self._show)
        self._show()

    def _make_button(self, key: str, title: str, number: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"workspace_{key}")
        button.setText(title)
        button.setToolTip(f"{title} (Ctrl+{number})")
        button.setCheckable(True)
        button.setProperty("workspace", True)
        button.clicked.connect(lambda: self.workspace_chosen.emit(key))
        self._buttons.addButton(button)
        return button

    def show_workspace(self, key: str) -> None:
        """Marks the workspace in front."""
        for button in self._buttons.buttons():
            button.setChecked(button.objectName() == f"workspace_{key}")

    def _show(self) -> None:
        documents = self._session.documents
        self._tabs.blockSignals(True)
        while self._tabs.count() < len(documents):
            self._tabs.addTab("")
        while self._tabs.count() > len(documents):
            self._tabs.removeTab(self._tabs.count() - 1)
        self._shown = documents
        for place, document in enumerate(documents):
            text = f"{document.title} •" if document.modified else document.title
            if self._tabs.tabText(place) != text:
                self._tabs.setTabText(place, text)
            self._tabs.setTabToolTip(place, str(document.file or "Not saved yet"))
        self._tabs.setCurrentIndex(documents.index(self._session.document))
        self._tabs.blockSignals(False)

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            self._session.activate(self._shown[place])

    def _move(self, start: int, end: int) -> None:
        self._session.move(self._shown[start], end)
