"""The parts of a form: headings, rows of label and value, and rows of label and editor."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

LABEL_WIDTH = 104  # pixels


class SelectableLabel(QLabel):
    """A text that the mouse can select.

    It becomes so when the pointer comes: Qt keeps a document for such a text, which takes much longer to change, to
    measure and to paint, and an edit changes twenty of them.
    """

    # Qt's overrides

    def enterEvent(self, event: QEnterEvent) -> None:
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasSelectedText():
            self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        super().leaveEvent(event)


def heading(text: str) -> QLabel:
    """A small heading above a section."""
    label = QLabel(text.upper())
    label.setAccessibleName(text)
    label.setProperty("role", "heading")
    return label


def words(name: str, role: str = "") -> QLabel:
    """Text that wraps.

    Args:
        name: The objectName.
        role: How it looks, as the style sheet knows it.
    """
    label = SelectableLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # a file or a class may be called <b>
    return label


def hint(name: str) -> QLabel:
    """Muted text in the middle of a room in which there is nothing yet; see `words`."""
    label = words(name, "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def form_grid(parent: QWidget, label_width: int = LABEL_WIDTH) -> QGridLayout:
    """A grid whose first column is for labels, at least so many pixels wide."""
    grid = QGridLayout(parent)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(5)
    grid.setColumnMinimumWidth(0, label_width)
    grid.setColumnStretch(1, 1)
    return grid


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet looks at; polishing takes time, so only where it is another one."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # a frame takes its width from the style


class Figures(QWidget):
    """Rows of a label and a value.

    Args:
        name: Starts the objectNames of the values: ``<name>_<key>``.
        rows: Key and label of each.
    """

    def __init__(self, name: str, rows: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.setObjectName(name)
        grid = form_grid(self)
        grid.setVerticalSpacing(3)
        self._labels: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        for place, (key, text) in enumerate(rows):
            label, value = QLabel(text), SelectableLabel()
            label.setTextFormat(Qt.TextFormat.PlainText)  # it may be the name of a class, such as <b>
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setObjectName(f"{name}_{key}")
            value.setAccessibleName(text)
            value.setProperty("role", "value")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setWordWrap(True)  # a narrow panel would cut it off
            grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, place, 1)
            self._labels[key], self._values[key] = label, value

    def show_figure(self, key: str, text: str, *, label: str = "", tooltip: str = "") -> None:
        """Shows a value; an empty one takes its row away.

        Args:
            key: The row.
            text: The value.
            label: Another label for it; one that has no room ends in an ellipsis, with all of it in its tooltip.
            tooltip: What to know about it.
        """
        self._values[key].setText(text)
        self._values[key].setToolTip(tooltip)
        if label:
            shown = self.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, LABEL_WIDTH)
            self._labels[key].setText(shown)
            self._labels[key].setToolTip(label if shown != label else "")
        self._values[key].setVisible(bool(text))
        self._labels[key].setVisible(bool(text))
