"""The spin box of all forms."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QSpinBox


class Spin(QSpinBox):
    """A spin box that leaves the wheel to the form while it has no focus.

    Args:
        minimum: The smallest number.
        maximum: The largest number.
        unit: In the plural, such as "pixels"; empty for none.
    """

    def __init__(self, minimum: int, maximum: int, unit: str = "") -> None:
        super().__init__()
        self._unit = unit
        self._minimum = minimum
        self.setRange(minimum, maximum)
        self.valueChanged.connect(self._show_unit)
        self._show_unit()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(48)
        self.lineEdit().setTextMargins(6, 0, 0, 0)  # a style sheet's padding is ignored at the left of a spin box

    @property
    def shows_several(self) -> bool:
        """Whether it says that there are several numbers, instead of one."""
        return self.value() < self._minimum

    def show_several(self) -> None:
        """Says that there are several numbers, without reporting one; the next one typed is reported, whichever it is.

        Below the smallest number there is room for one that stands for none, which Qt writes as words.
        """
        if not self.shows_several:
            self.blockSignals(True)
            self.setSpecialValueText("several")
            self.setMinimum(self._minimum - 1)
            self.setValue(self._minimum - 1)
            self.blockSignals(False)

    def _show_unit(self) -> None:
        unit = self._unit.removesuffix("s") if self.value() == 1 else self._unit
        suffix = f" {unit}" if unit else ""
        if suffix != self.suffix():
            self.setSuffix(suffix)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.shows_several:  # digits take the place of the words, they cannot stand beside them
            QTimer.singleShot(0, self, self.selectAll)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def show_number(self, number: int) -> None:
        """Shows a number without reporting it; of one beyond the limits, which a file may hold, the nearest limit."""
        if self.minimum() != self._minimum:
            self.blockSignals(True)
            self.setMinimum(self._minimum)
            self.setSpecialValueText("")
            self.blockSignals(False)
        number = max(self.minimum(), min(self.maximum(), number))
        if number != self.value() or not self.hasAcceptableInput():
            self.blockSignals(True)
            self.setValue(number)
            self.blockSignals(False)
            self._show_unit()
