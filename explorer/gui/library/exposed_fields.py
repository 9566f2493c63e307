"""The fields inside a block in the making, with a box for each that is to be set from outside and a name to edit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from explorer.core.block import Block
from explorer.core.compose import Path
from explorer.core.definition import Target
from explorer.core.fields import Field
from explorer.core.user_block import spoken_value
from explorer.core.wording import spoken
from explorer.gui.field_editors.editor import explanation
from explorer.gui.library.block_draft import Exposed, Source, proposed_name
from explorer.gui.widgets.painting import Index, RowDelegate, mark_icon

FIELD, VALUE, NAME = range(3)
_FIELD_WIDTH = 230  # pixels
_WANTS_NAME = (QAbstractItemView.EditTrigger.EditKeyPressed, QAbstractItemView.EditTrigger.DoubleClicked)


class ExposedFields(QTreeWidget):
    """A line a block, and below it a line a field. Space checks one, F2 edits the name of its parameter.

    Args:
        source: The blocks inside.
    """

    edited = Signal()

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.setObjectName("block_fields")
        self.setAccessibleName("Fields to set from outside")
        self._fields: list[_FieldItem] = []
        self.setHeaderLabels(["Field inside", "Value", "Parameter"])
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setItemDelegate(RowDelegate(self))
        self.setUniformRowHeights(True)
        self.header().setStretchLastSection(True)
        self.setColumnWidth(FIELD, _FIELD_WIDTH)
        for path, block in source.fields():
            self._add(path, block)
        self.expandAll()
        self.itemChanged.connect(self._follow)

    def _add(self, path: Path, block: Block) -> None:
        top = QTreeWidgetItem([spoken(path, block.called()), block.type_name(), ""])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        top.setIcon(FIELD, mark_icon(block.category))
        self.addTopLevelItem(top)
        for name, field in block.fields().items():
            item = _FieldItem(Target(path, name), field, getattr(block, name))
            self._fields.append(item)
            top.addChild(item)

    def exposed(self) -> list[Exposed]:
        """The fields that are checked."""
        return [Exposed(item.target, item.value, item.text(NAME).strip()) for item in self._fields if item.checked]

    def _follow(self, item: QTreeWidgetItem, column: int) -> None:
        if column == FIELD and isinstance(item, _FieldItem):
            taken = {other.text(NAME) for other in self._fields if other is not item}
            self.blockSignals(True)
            item.setText(NAME, proposed_name(item.target, taken) if item.checked else "")
            editable = Qt.ItemFlag.ItemIsEditable
            item.setFlags(item.flags() | editable if item.checked else item.flags() & ~editable)
            self.blockSignals(False)
        self.edited.emit()

    # Qt's overrides

    def edit(self, index: Index, *how: Any) -> Any:
        """Edits the name, whichever column the person is in; what checks a box comes here too, and stays."""
        if how and how[0] in _WANTS_NAME:
            index = self.model().sibling(index.row(), NAME, index)
        return super().edit(index, *how)


class _FieldItem(QTreeWidgetItem):
    """The line of one field."""

    def __init__(self, target: Target, field: Field, value: Any) -> None:
        super().__init__([field.label or target.field, spoken_value(value), ""])
        self.target, self.value = target, value
        self.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        self.setCheckState(FIELD, Qt.CheckState.Unchecked)
        self.setToolTip(FIELD, explanation(field))

    @property
    def checked(self) -> bool:
        """Whether the field is to be set from outside."""
        return self.checkState(FIELD) == Qt.CheckState.Checked
