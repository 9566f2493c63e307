"""The spin box of all forms."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QMenu, QSpinBox

NARROWEST = 48  # pixels
_LARGE = 10  # steps that Qt takes at once by a page key, or with Ctrl
_TYPED = 999_999_999  # the largest number that can be typed where limits are no matter of the spin box


class Spin(QSpinBox):
    """A spin box that leaves the wheel to the form while it has no focus.

    Channels and images come in powers of two: a large step, by a page key or with Ctrl held down, doubles or halves the
    number, and so does the context menu, for a hand that is at the mouse. A button held down goes faster and faster.

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
        self.setMinimumWidth(NARROWEST)
        self.setAccelerated(True)
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

    def _add_step(self, menu: QMenu, key: str, text: str, number: int) -> None:
        number = max(self._least, min(self._most, number))
        step = QAction(f"{text}: {number:,}", menu)
        step.setObjectName(f"action_spin_{key}")
        step.setEnabled(number != self.value())
        step.triggered.connect(lambda: self.setValue(number))
        menu.insertAction(menu.actions()[0], step)

    def _set_within(self, number: int) -> None:
        self.setValue(max(self._least, min(self._most, number)))

    # Qt's overrides

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.shows_several:  # digits take the place of the words, they cannot stand beside them
            QTimer.singleShot(0, self, self.selectAll)

    def stepBy(self, steps: int) -> None:
        value = self.value()
        if abs(steps) < _LARGE:
            self._set_within(value + steps)
        else:
            self._set_within(value * 2 if steps > 0 else value // 2)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.lineEdit().createStandardContextMenu()
        menu.setObjectName("menu_spin")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions()[:2]:  # undo and redo of the text: what is typed is live, and undone as an edit
            menu.removeAction(action)
        if not self.shows_several:
            self._add_step(menu, "halve", "&Halve", self.value() // 2)
            self._add_step(menu, "double", "Dou&ble", self.value() * 2)
        menu.popup(event.globalPos())

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
