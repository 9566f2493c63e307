"""A sentence that wants to be read, with a button that puts things right where one click can."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton


class Notice(QFrame):
    """A frame with a sentence and, at its end, a remedy; it takes no room while there is nothing to say.

    Args:
        name: The objectName, and what those of its parts begin with.
    """

    accepted = Signal()  # the remedy was chosen

    def __init__(self, name: str = "notice") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("card", True)
        self.setProperty("role", "notice")
        self._words, self._button = QLabel(), QPushButton()
        self._words.setObjectName(f"{name}_text")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)  # it names files and networks
        self._button.setObjectName(f"{name}_remedy")
        self._button.clicked.connect(self.accepted)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self.hide()

    def show_notice(self, sentence: str, remedy: str = "") -> None:
        """Says a sentence; an empty one says nothing.

        Args:
            sentence: What is to be read.
            remedy: What the button says; without it there is none.
        """
        self._words.setText(sentence)
        self._button.setText(remedy)
        self._button.setVisible(bool(remedy))
        self.setVisible(bool(sentence))

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._words.text()
