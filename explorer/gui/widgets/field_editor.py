"""Editors for the fields of blocks and settings, one kind of field each: label, limits and help come from the field.

An editor reports every valid value while it is typed (``edited``) and the end of the typing (``settled``), so that a
document can be live and still take all of it as one step of its history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from explorer.core.fields import (
    BoolField,
    ChoiceField,
    Field,
    FloatField,
    IntField,
    IntsField,
    Invalid,
    SizeField,
    TextField,
    for_kind,
)
from explorer.core.wording import written
from explorer.gui.widgets.form import set_look
from explorer.gui.widgets.spin import NARROWEST, Spin

MAX_SPIN = (1 << 31) - 1  # of a QSpinBox
_NARROW = 36  # pixels of a number without buttons
SEVERAL = "several values"  # what stands in the place of a value where blocks differ
_STATES = {
    Qt.CheckState.Checked: "on",
    Qt.CheckState.Unchecked: "off",
    Qt.CheckState.PartiallyChecked: SEVERAL,
}


class FieldEditor(QWidget):
    """What all editors have in common. The control inside is named ``field_<name>``.

    Args:
        name: The field's name.
        field: Its kind, limits and words.
    """

    edited = Signal(object)  # a value of the field's kind, while it is typed
    settled = Signal()  # Enter, or the focus has left

    def __init__(self, name: str, field: Field) -> None:
        super().__init__()
        self.name = name
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_value(self, value: Any) -> None:
        """Shows a value without reporting it; what is being typed stays as it is where it means the same."""
        raise NotImplementedError

    def show_several(self) -> None:
        """Shows that several blocks have different values, without reporting anything."""
        raise NotImplementedError

    def mark(self, problem: str | None) -> None:
        """Marks the control where its value has a problem."""
        for control in self.findChildren(QWidget):
            set_look(control, "problem", bool(problem))

    def _add(self, control: QWidget, suffix: str = "") -> None:
        control.setObjectName(f"field_{self.name}{suffix}")
        control.setAccessibleName(f"{self.field.label or self.name}{suffix.replace('_', ' ')}")
        control.setToolTip(explanation(self.field))
        control.installEventFilter(self)
        self._row.addWidget(control, 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.settled.emit()
        return super().eventFilter(watched, event)


def explanation(field: Field) -> str:
    """Help, limits and unit of a field in one tooltip."""
    unit = f" ({field.unit})" if field.unit else ""
    help_line = f"{field.help[:1].upper()}{field.help[1:]}.\n" if field.help else ""
    return f"{help_line}Takes {field.expects}{unit}."


class IntEditor(FieldEditor):
    """A spin box."""

    def __init__(self, name: str, field: IntField) -> None:
        super().__init__(name, field)
        self._spin = Spin(field.minimum, field.maximum, field.unit, zero=field.zero, open_ended=True)
        self._add(self._spin)
        self._spin.valueChanged.connect(self._report)
        self._spin.editingFinished.connect(self.settled)

    def _report(self, value: int) -> None:
        if not self._spin.shows_several:
            self.edited.emit(value)

    def show_several(self) -> None:
        self._spin.show_several()

    def show_value(self, value: Any) -> None:
        if isinstance(value, int):
            self._spin.show_number(value)


class SizeEditor(FieldEditor):
    """One spin box for both axes, or two; a button splits and joins them."""

    def __init__(self, name: str, field: SizeField) -> None:
        super().__init__(name, field)
        self._height, self._width = (Spin(field.minimum, field.maximum, open_ended=True) for _ in range(2))
        self._times = QLabel("×")
        self._link = QToolButton()
        self._add(self._height)
        self._row.addWidget(self._times)
        self._add(self._width, "_width")
        self._height.setAccessibleName(f"{field.label or name} height")
        self._make_link()
        for spin in (self._height, self._width):
            spin.valueChanged.connect(self._report)
            spin.editingFinished.connect(self.settled)

    def _make_link(self) -> None:
        self._link.setObjectName(f"field_{self.name}_link")
        self._link.setAccessibleName(f"{self.field.label or self.name}: height and width differ")
        self._link.setToolTip("Height and width of their own")
        self._link.setProperty("sides", True)
        self._link.setCheckable(True)
        self._link.toggled.connect(self._split)
        self._row.addWidget(self._link)
        self._split(False)

    def _split(self, split: bool) -> None:
        for part in (self._times, self._width):
            part.setVisible(split)
        for spin in (self._height, self._width):
            set_look(spin, "plain", split)  # two stand in one row: no buttons
            spin.setMinimumWidth(_NARROW if split else NARROWEST)
        if split:
            if not self._height.shows_several:
                self._width.show_number(self._height.value())
        elif self._width.value() != self._height.value():
            self._report()

    def show_several(self) -> None:
        self._height.show_several()
        self._width.show_several()

    def _report(self) -> None:
        if self._height.shows_several or (self._link.isChecked() and self._width.shows_several):
            return
        height, width = self._height.value(), self._width.value()
        self.edited.emit((height, width) if self._link.isChecked() and height != width else height)

    def show_value(self, value: Any) -> None:
        if isinstance(value, Invalid):
            return
        height, width = value if isinstance(value, tuple) else (value, value)
        self._height.show_number(height)
        if height != width and not self._link.isChecked():
            self._link.blockSignals(True)
            self._link.setChecked(True)
            self._link.blockSignals(False)
            self._split(True)
        self._width.show_number(width)


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


class ChoiceEditor(FieldEditor):
    """A drop-down list."""

    def __init__(self, name: str, field: ChoiceField) -> None:
        super().__init__(name, field)
        self._box = _Combo()
        for word in field.choices:
            self._box.addItem(word.replace("_", " "), word)
        self._add(self._box)
        self._box.activated.connect(self._report)

    def _report(self) -> None:
        self.edited.emit(self._box.currentData())
        self.settled.emit()

    def show_value(self, value: Any) -> None:
        self._box.setPlaceholderText("")
        self._box.setCurrentIndex(self._box.findData(value) if isinstance(value, str) else -1)

    def show_several(self) -> None:
        self._box.setPlaceholderText(SEVERAL)
        self._box.setCurrentIndex(-1)


class _Combo(QComboBox):
    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a form must not change it


class ReferenceEditor(FieldEditor):
    """A line of text with a list of the names that are there to choose from; any other can be typed."""

    def __init__(self, name: str, field: TextField) -> None:
        super().__init__(name, field)
        self._box, self._line = _Combo(), QLineEdit()
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


class SwitchEditor(FieldEditor):
    """A switch."""

    def __init__(self, name: str, field: BoolField) -> None:
        super().__init__(name, field)
        self._switch = QCheckBox()
        self._switch.setProperty("switch", True)
        self._add(self._switch)
        self._switch.checkStateChanged.connect(self._show_word)
        self._switch.clicked.connect(self._report)
        self._show_word()

    def _show_word(self) -> None:
        self._switch.setText(_STATES[self._switch.checkState()])

    def show_several(self) -> None:
        self._switch.setCheckState(Qt.CheckState.PartiallyChecked)

    def _report(self) -> None:
        self._switch.setTristate(False)
        self.edited.emit(self._switch.isChecked())
        self.settled.emit()

    def show_value(self, value: Any) -> None:
        self._switch.setTristate(False)
        self._switch.setChecked(value is True)


def _read_integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace(",", " ").split())


def _make_int(name: str, field: IntField) -> FieldEditor:
    return IntEditor(name, field) if field.maximum <= MAX_SPIN else LineEditor(name, field, int, str)


def _make_text(name: str, field: TextField) -> FieldEditor:
    return ReferenceEditor(name, field) if field.refers_to else LineEditor(name, field, str, str)


_MAKERS: Sequence[tuple[type[Field], Callable[[str, Any], FieldEditor]]] = (
    (SizeField, SizeEditor),
    (IntsField, lambda name, field: LineEditor(name, field, _read_integers, written)),
    (IntField, _make_int),
    (FloatField, lambda name, field: LineEditor(name, field, float, written)),
    (BoolField, SwitchEditor),
    (ChoiceField, ChoiceEditor),
    (TextField, _make_text),
)


def make_editor(name: str, field: Field) -> FieldEditor:
    """The editor for a field."""
    make = for_kind(field, _MAKERS)
    if make is None:
        raise NotImplementedError(f"There is no editor for fields of the kind {field.kind!r}.")
    return make(name, field)
