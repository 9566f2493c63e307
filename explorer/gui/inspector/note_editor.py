"""A person's remark on a block: several lines, live, and one step of the history for all that is typed in one go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.gui.documents.history_keys import HistoryKeys
from explorer.gui.editing import edits
from explorer.gui.session import Session
from explorer.gui.widgets.form import heading

NOTE = "note"  # what is revealed of a block in the place of a field, where its note is to be written
_LINES = 3  # that are in sight


class NoteEditor(QWidget):
    """The note of the selected block.

    Args:
        session: Whose network it changes.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("note_editor")
        self._session = session
        self._path: Path | None = None
        self._text = QPlainTextEdit()
        self._text.setObjectName("field_note")
        self._text.setAccessibleName("Note")
        self._text.setPlaceholderText("A remark of your own")
        self._text.setToolTip("Kept in the file, shown in tooltips and marked on the card; it changes nothing else.")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(_LINES * self._text.fontMetrics().lineSpacing() + 16)
        self._text.textChanged.connect(self._change)
        self._text.installEventFilter(self)
        HistoryKeys(self).watch(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading("Note"))
        column.addWidget(self._text)

    def show_note(self, row: Row | None, *, editable: bool) -> None:
        """Shows the note of a block; none for None, and for what is inside a composite, which has none."""
        self._path = row.path if row is not None and editable else None
        self.setVisible(self._path is not None)
        if row is not None and row.slot.note != self._text.toPlainText():
            self._text.blockSignals(True)
            self._text.setPlainText(row.slot.note)
            self._text.blockSignals(False)

    def take_focus(self) -> None:
        """Brings the keyboard to the note, behind its last letter."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        cursor = self._text.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self._text.setTextCursor(cursor)

    def _change(self) -> None:
        if self._path is not None:
            edits.annotate(self._session, self._path, self._text.toPlainText())

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._session.settle()
        return super().eventFilter(watched, event)
