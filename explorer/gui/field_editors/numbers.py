"""Editors for whole numbers and for sizes: spin boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QToolButton

from explorer.core.fields import IntField, Invalid, SizeField
from explorer.gui.field_editors.editor import FieldEditor
from explorer.gui.widgets.form import set_look
from explorer.gui.widgets.spin import NARROWEST, Spin

_NARROW = 36  # pixels of a number without buttons


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
