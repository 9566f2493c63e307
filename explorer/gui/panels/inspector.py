"""The inspector: the fields and figures of the selected blocks, or of the network where none is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QStackedWidget

from explorer.core.analysis import Analysis
from explorer.core.compose import Path
from explorer.gui.documents.document import Selection
from explorer.gui.inspector.block_inspector import BlockInspector
from explorer.gui.inspector.network_inspector import NetworkInspector
from explorer.gui.panel import Panel, register
from explorer.gui.session import Session
from explorer.gui.widgets.column import Column


class InspectorPanel(QStackedWidget):
    """One of two pages: blocks, or the network. Enter and Escape lead back to the diagram.

    Args:
        session: Whose selection it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_inspector")
        self._session = session
        self._shown: tuple[Analysis, Selection] | None = None
        self._network, self._block = NetworkInspector(session), BlockInspector(session)
        for page in (self._network, self._block):
            area = Column(f"{page.objectName()}_area")
            area.setWidget(page)
            self.addWidget(area)
        session.changed.connect(self._show)
        session.selection_changed.connect(self._follow_selection)
        session.library.changed.connect(self._show)  # it says whether the library has a block, and the same one
        session.revealed.connect(self._reveal)
        session.fields_asked.connect(self._edit)
        self._show()

    def _follow_selection(self) -> None:
        """Shows what is selected, unless the edit that has selected it was told of, and shown, already."""
        if self._shown != (self._session.analysis, self._session.selection):
            self._show()

    def _show(self) -> None:
        self._shown = (self._session.analysis, self._session.selection)
        if self._session.selection:
            self._block.show_selection()
            self.setCurrentIndex(1)
        else:
            self._network.show_network()
            self.setCurrentIndex(0)

    def _reveal(self, path: Path, field: str) -> None:
        if path and field:
            self._block.focus_field(field)

    def _edit(self) -> None:
        if self._session.selection:
            self._block.focus_first_field()
        else:
            self._network.focus_first_field()

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Gets the keys that the fields leave over; what was typed has been taken over by then."""
        is_enter, focus = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter), self.focusWidget()
        if is_enter and isinstance(focus, QAbstractButton):
            focus.animateClick()
        elif is_enter and isinstance(focus, QLineEdit) and focus.property("problem"):
            focus.selectAll()  # it was not taken over, and stays to be corrected
        elif is_enter or event.key() == Qt.Key.Key_Escape:
            self._session.drawing.focus_asked.emit()
        else:
            super().keyPressEvent(event)


register(Panel("inspector", "Inspector", "design", "right", InspectorPanel))
