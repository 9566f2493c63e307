"""What the last change of several settings has changed, and the way back."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from explorer.gui.run_settings.settings_changes import SettingsChanges


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
        self._title, self._lines, self._back = QLabel(), QLabel(), QPushButton("As before")
        self._title.setObjectName("change_title")
        self._lines.setObjectName("change_lines")
        self._lines.setProperty("role", "muted")
        self._back.setObjectName("button_as_before")
        self._back.setToolTip("Sets these settings back to what they were; whatever else was set since stays")
        self._back.clicked.connect(changes.take_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        for part in (self._title, self._lines, self._back):
            if isinstance(part, QLabel):
                part.setWordWrap(True)
            column.addWidget(part)
        changes.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        change = self._changes.last
        self.setVisible(change is not None)
        if change is not None:
            self._title.setText(f"Changed by “{change.title}”")
            self._lines.setText("\n".join(change.lines))
