"""The remedies of one problem as buttons: below each other, or the best one with the others in a menu beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

_ROOM = 20  # pixels of a button beside its text
_LEAST = 60  # pixels below which the text would say nothing


class RemedyButtons(QWidget):
    """A button for each remedy, by its label: what it does is for the network of the moment in which it is pressed.

    Args:
        name: Starts the objectNames of the buttons.
        parent: Where they stand.
        stacked: Whether all stand below each other; else only the first is a button.
    """

    chosen = Signal(str)  # a label

    def __init__(self, name: str, parent: QWidget, *, stacked: bool) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._stacked = stacked
        self._labels: tuple[str, ...] = ()
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._box = QBoxLayout(down if stacked else right, self)
        self._box.setContentsMargins(*((0, 0, 0, 4) if stacked else (3, 2, 6, 2)))
        self._box.setSpacing(4)
        self.hide()

    def show_labels(self, labels: Sequence[str]) -> None:
        """Shows buttons of these labels in the place of others; without any it takes no room."""
        if tuple(labels) == self._labels:
            return
        self._labels = tuple(labels)
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, label in enumerate(labels if self._stacked else labels[:1]):
            self._box.addWidget(self._make_button(number, label))
        if len(labels) > 1 and not self._stacked:
            self._box.addWidget(self._make_menu_button(labels))
        self.setVisible(bool(labels))

    def focus_first(self) -> bool:
        """Brings the keyboard to the best remedy; whether there is one."""
        button = self.findChild(QPushButton, f"{self.objectName()}_0")
        if button is None or not self._labels:
            return False
        button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _make_button(self, number: int, label: str) -> QPushButton:
        button = _FittingButton(label, lines=2 if self._stacked else 1)
        button.setObjectName(f"{self.objectName()}_{number}")
        button.clicked.connect(lambda: self.chosen.emit(label))
        return button

    def _make_menu_button(self, labels: Sequence[str]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{self.objectName()}_more")
        button.setProperty("small", True)
        button.setAccessibleName("More remedies")
        button.setToolTip("Other ways to mend this")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName(f"menu_{self.objectName()}")
        add_remedies(menu, labels, self.chosen.emit)
        button.setMenu(menu)
        return button


def add_remedies(menu: QMenu, labels: Sequence[str], choose: Callable[[str], object], first_key: str = "") -> None:
    """Lists remedies in a menu.

    Args:
        menu: The menu, whose objectName starts those of the actions.
        labels: What they are called.
        choose: Takes the label that was chosen.
        first_key: The keys that do the first of them outside the menu, shown beside it.
    """
    for number, label in enumerate(labels):
        key = f"\t{first_key}" if first_key and not number else ""
        action = menu.addAction(f"{_literal(label)}{key}")
        action.setObjectName(f"action_{menu.objectName()}_{number}")
        action.setStatusTip(f"{label}: mends the problem, as one step that can be undone")
        action.triggered.connect(lambda _=False, label=label: choose(label))


def _literal(text: str) -> str:
    """The text of a button that says an ampersand rather than underline what follows."""
    return text.replace("&", "&&")


class _FittingButton(QPushButton):
    """A button that breaks its text into lines, or shortens it, where there is no room for all of it.

    Args:
        label: What it says.
        lines: The most lines it may take.
    """

    def __init__(self, label: str, lines: int) -> None:
        super().__init__(_literal(label))
        self._label, self._lines = label, lines
        self.setProperty("small", True)
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _broken(self, room: int) -> str:
        """The label in lines of so many pixels."""
        lines, words = [""], self._label.split(" ")
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if len(lines) == self._lines or self.fontMetrics().horizontalAdvance(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return "\n".join(self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines)

    # Qt's overrides

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._label) + _ROOM + 4
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        text = _literal(self._broken(event.size().width() - _ROOM))
        if text != self.text():
            self.setText(text)
            self.updateGeometry()  # it may be higher or lower now
