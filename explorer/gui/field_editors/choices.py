"""Editors for one of several values: a drop-down list, and a switch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox

from explorer.core.fields import BoolField, ChoiceField
from explorer.gui.field_editors.editor import SEVERAL, FieldEditor

_STATES = {
    Qt.CheckState.Checked: "on",
    Qt.CheckState.Unchecked: "off",
    Qt.CheckState.PartiallyChecked: SEVERAL,
}


class Combo(QComboBox):
    """A drop-down list that the wheel of the mouse scrolls past."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a form must not change it


class ChoiceEditor(FieldEditor):
    """A drop-down list."""

    def __init__(self, name: str, field: ChoiceField) -> None:
        super().__init__(name, field)
        self._box = Combo()
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
