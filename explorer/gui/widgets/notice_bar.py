"""Bars across the window that say what wants an answer, and wait for it without being in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Attributes:
        key: For its objectName.
        text: What its button says.
        help: One line that explains it.
        take: What follows.
    """

    key: str
    text: str
    help: str
    take: Callable[[], object]


class NoticeBar(QFrame):
    """A sentence with its answers.

    Args:
        key: For the objectNames: ``notice_<key>``, ``notice_<key>_text``, ``notice_<key>_<choice>``.
        sentence: What is to be read.
        choices: The answers, the best one first.
    """

    def __init__(self, key: str, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.setObjectName(f"notice_{key}")
        self.setProperty("role", "notice")
        self.setProperty("bar", True)
        self.setAccessibleName(sentence)
        self.sentence = sentence
        words = QLabel(sentence)
        words.setObjectName(f"notice_{key}_text")
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)  # it names files and networks
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(words, 1)
        for choice in choices:
            row.addWidget(_button(key, choice))


class Notices(QWidget):
    """The bars that are shown, one below the other; without any it takes no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notices")
        self._bars: dict[str, NoticeBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_notice(self, key: str, sentence: str, choices: Sequence[Choice]) -> None:
        """Says a sentence in the place of the one before with the same key.

        Args:
            key: What it is about.
            sentence: What is to be read.
            choices: The answers, the best one first.
        """
        if key in self._bars and self._bars[key].sentence == sentence:
            return
        self.withdraw(key)
        self._bars[key] = NoticeBar(key, sentence, choices)
        self._column.addWidget(self._bars[key])
        self.show()

    def withdraw(self, key: str) -> None:
        """Takes a bar away, if it is there."""
        bar = self._bars.pop(key, None)
        if bar is not None:
            for part in (bar, *bar.findChildren(QWidget)):
                part.setObjectName("")  # it is deleted later, and another one may come before
            bar.hide()
            bar.deleteLater()
        self.setVisible(bool(self._bars))


def _button(key: str, choice: Choice) -> QPushButton:
    button = QPushButton(choice.text)
    button.setObjectName(f"notice_{key}_{choice.key}")
    button.setToolTip(choice.help)
    button.setAutoDefault(True)  # Enter presses it where it has the focus
    button.clicked.connect(lambda: choice.take())  # noqa: PLW0108 - a slot that takes an argument would get `checked`
    return button
