"""Editors in which a value is typed as text, and one that also offers names to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit

from explorer.core.fields import Field, Invalid, TextField
from explorer.gui.field_editors.choices import Combo
from explorer.gui.field_editors.editor import SEVERAL, FieldEditor


class LineEditor(FieldEditor):
    """A line of text that is read as a value; what cannot be read is marked and not reported."""

    def __init__(self, name: str, field: Field, read: Callable[[str], Any], write: Callable[[Any], str]) -> None:
        super().__init__(name, field)
        self._read, self._write = read, write
        self._line = QLineEdit()
        self._add(self._line)
        self._line.textEdited.connect(self._report)
        self._line.editingFinished.connect(self.settled)

    def _report(self, text: str) -> None:
        value = self._value(text)
        self.mark(None if value is not None else "unreadable")
        if value is not None:
            self.edited.emit(value)

    def _value(self, text: str) -> Any:
        try:
            value = self.field.normalise(self._read(text))
        except ValueError:
            return None
        return None if isinstance(value, Invalid) else value

    def show_value(self, value: Any) -> None:
        if self._line.hasFocus() and self._value(self._line.text()) == value:
            return  # 1e-3 stays 1e-3 while it is typed
        text = str(value) if isinstance(value, Invalid) else self._write(value)
        self._line.setPlaceholderText("")
        if text != self._line.text():
            self._line.setText(text)

    def show_several(self) -> None:
        self._line.setPlaceholderText(SEVERAL)
        self._line.setText("")


class ReferenceEditor(FieldEditor):
    """A line of text with a list of the names that are there to choose from; any other can be typed."""

    def __init__(self, name: str, field: TextField) -> None:
        super().__init__(name, field)
        self._box, self._line = Combo(), QLineEdit()
        self._box.setEditable(True)
        self._box.setLineEdit(self._line)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # None takes it away: it would finish a name that somebody is still typing
        self._box.setCompleter(None)  # type: ignore[arg-type]
        self._add(self._box)
        self._line.setObjectName(f"field_{name}_line")
        self._line.setAccessibleName(self._box.accessibleName())
        self._line.textEdited.connect(self.edited.emit)
        self._line.editingFinished.connect(self.settled)
        self._box.textActivated.connect(self._report)

    @property
    def box(self) -> QComboBox:
        """The list, which has the keyboard."""
        return self._box

    @property
    def line(self) -> QLineEdit:
        """Where a name is typed."""
        return self._line

    def _report(self, text: str) -> None:
        self.edited.emit(text)
        self.settled.emit()

    def offer(self, names: Sequence[str]) -> None:
        """Puts names into the list; what stands in the line stays."""
        if [self._box.itemText(place) for place in range(self._box.count())] != list(names):
            text = self._line.text()
            self._box.clear()
            self._box.addItems(list(names))
            self.show_value(text)

    def show_value(self, value: Any) -> None:
        text, cursor = str(value), self._line.cursorPosition()
        self._line.setPlaceholderText("")
        place = self._box.findText(text)  # where the arrow keys go on from; -1 for a name that is not in the list
        if text != self._line.text() or place != self._box.currentIndex():
            self._box.setCurrentIndex(place)
            self._line.setText(text)
            self._line.setCursorPosition(cursor)

    def show_several(self) -> None:
        self._box.setCurrentIndex(-1)
        self._line.setText("")
        self._line.setPlaceholderText(SEVERAL)
