"""What the last change of several settings has changed, and the way back."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from explorer.gui.run_settings.settings_changes import SettingsChanges
from explorer.gui.widgets.form import words


class ChangeNote(QFrame):
    """The lines of the last change with a button that takes it back; it takes no room while there is none.

    Args:
        changes: The changes.
    """

    def __init__(self, changes: SettingsChanges) -> None:
        super().__init__()
        self.setObjectName("change_note")
        self.setProperty("card", True)
        self._changes = changes
        self._title, self._lines = words("change_title"), words("change_lines", "muted")
        self._back = QPushButton("As before")
        self._back.setObjectName("button_as_before")
        self._back.setToolTip("Sets these settings back to what they were; whatever else was set since stays")
        self._back.clicked.connect(changes.take_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        for part in (self._title, self._lines, self._back):
            column.addWidget(part)
        changes.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        change = self._changes.last
        self.setVisible(change is not None)
        if change is not None:
            self._title.setText(f"Changed by “{change.title}”")
            self._lines.setText("\n".join(change.lines))
