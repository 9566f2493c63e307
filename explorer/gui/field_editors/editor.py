"""What all editors of a field have in common.

An editor reports every valid value while it is typed (``edited``) and the end of the typing (``settled``), so that a
document can be live and still take all of it as one step of its history.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.core.fields import Field
from explorer.gui.widgets.form import set_look

SEVERAL = "several values"  # what stands in the place of a value where blocks differ


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
