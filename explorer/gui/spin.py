"""The spin box of all forms."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QSpinBox

_TYPED = 999_999_999  # the largest number that can be typed where limits are no matter of the spin box


class Spin(QSpinBox):
    """A spin box that leaves the wheel to the form while it has no focus.

    Qt's own swallows the key that would take a number over its limit, and what was typed before it stands. So either
    all numbers can be typed, for a form that says what is wrong with them, or ``refused`` tells the limit.

    Args:
        minimum: The smallest number.
        maximum: The largest number.
        unit: In the plural, such as "pixels"; empty for none.
        zero: What is shown for 0, if that is no number of anything; the minimum is 0 then.
        open_ended: Whether numbers outside the limits can be typed; the arrows keep within them.
    """

    refused = Signal(str)  # a sentence: the limit that a typed number does not keep

    def __init__(self, minimum: int, maximum: int, unit: str = "", *, zero: str = "", open_ended: bool = False) -> None:
        super().__init__()
        self._unit = unit
        self._least, self._most, self._zero = minimum, maximum, zero
        self.setSpecialValueText(zero)
        self.setRange(minimum if zero or not open_ended else -_TYPED, _TYPED if open_ended else maximum)
        self._lowest = self.minimum()  # of the numbers
        self.valueChanged.connect(self._show_unit)
        self._show_unit()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(48)
        self.lineEdit().setTextMargins(6, 0, 0, 0)  # a style sheet's padding is ignored at the left of a spin box

    @property
    def shows_several(self) -> bool:
        """Whether it says that there are several numbers, instead of one."""
        return self.value() < self._lowest

    def show_several(self) -> None:
        """Says that there are several numbers, without reporting one; the next one typed is reported, whichever it is.

        Below the smallest number there is room for one that stands for none, which Qt writes as words.
        """
        if not self.shows_several:
            self.blockSignals(True)
            self.setSpecialValueText("several")
            self.setMinimum(self._lowest - 1)
            self.setValue(self._lowest - 1)
            self.blockSignals(False)

    def _show_unit(self) -> None:
        unit = self._unit.removesuffix("s") if self.value() == 1 else self._unit
        suffix = f" {unit}" if unit else ""
        if suffix != self.suffix():
            self.setSuffix(suffix)

    def show_number(self, number: int) -> None:
        """Shows a number without reporting it; of one beyond the limits, which a file may hold, the nearest limit."""
        if self.minimum() != self._lowest:
            self.blockSignals(True)
            self.setMinimum(self._lowest)
            self.setSpecialValueText(self._zero)
            self.blockSignals(False)
        number = max(self.minimum(), min(self.maximum(), number))
        if number != self.value() or not self.hasAcceptableInput():
            self.blockSignals(True)
            self.setValue(number)
            self.blockSignals(False)
            self._show_unit()

    # Qt's overrides

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.shows_several:  # digits take the place of the words, they cannot stand beside them
            QTimer.singleShot(0, self, self.selectAll)

    def stepBy(self, steps: int) -> None:
        self.setValue(max(self._least, min(self._most, self.value() + steps)))

    def validate(self, text: str, position: int) -> Any:
        answer = super().validate(text, position)
        digits = text.removesuffix(self.suffix()).strip()
        if answer[0] == QValidator.State.Invalid and digits.isdecimal() and int(digits) > self.maximum():
            self.refused.emit(f"At most {self.maximum():,}.")
        return answer

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
