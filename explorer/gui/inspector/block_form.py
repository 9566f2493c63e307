"""The fields of the selected blocks as a form, made from what the fields say about themselves.

Several blocks, of one kind or of different ones, are changed together in the fields that they have in common.
"""

from __future__ import annotations

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from explorer.core.block import Block
from explorer.core.fields import Field
from explorer.gui.documents.history_keys import HistoryKeys
from explorer.gui.field_editors.editor import FieldEditor, explanation
from explorer.gui.field_editors.lines import ReferenceEditor
from explorer.gui.field_editors.making import make_editor
from explorer.gui.inspector.common_fields import common_fields
from explorer.gui.problems.buttons import RemedyButtons
from explorer.gui.widgets.form import form_grid, words

_ROWS = 3  # of the grid for each field: the editor, its problem, what mends it


class BlockForm(QWidget):
    """One row a field: label, editor and, where the value is wrong, a sentence below.

    Args:
        kinds: The kinds of the blocks.
    """

    edited = Signal(str, object)  # a field and its value, while it is typed
    settled = Signal()
    remedy_chosen = Signal(str, str)  # a field and the label of what mends it

    def __init__(self, *kinds: type[Block]) -> None:
        super().__init__()
        self.setObjectName("block_form")
        self.kinds = kinds
        self._grid = form_grid(self)
        self._editors: dict[str, FieldEditor] = {}
        self._problems: dict[str, QLabel] = {}
        self._remedies: dict[str, RemedyButtons] = {}
        self._names: dict[QWidget, str] = {}  # while it is parked
        self._history = HistoryKeys(self)
        for name, field in common_fields(kinds).items():
            self._add(name, field)

    def _add(self, name: str, field: Field) -> None:
        editor, problem = make_editor(name, field), words(f"problem_{name}", "problem")
        label = QLabel(field.label or name)
        label.setToolTip(explanation(field))
        label.setBuddy(editor)
        row = _ROWS * len(self._editors)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._grid.addWidget(problem, row + 1, 0, 1, 2)
        problem.hide()
        self._history.watch(editor)
        editor.edited.connect(lambda value: self.edited.emit(name, value))
        editor.settled.connect(self.settled)
        self._editors[name], self._problems[name] = editor, problem

    def park(self) -> None:
        """Puts the form aside. Its fields give their names up: those of the form in its place may bear the same."""
        named = ((child, child.objectName()) for child in (self, *self.findChildren(QWidget)))
        self._names = {child: name for child, name in named if name}
        for child in self._names:
            child.setObjectName("")
        self.hide()

    def bring(self) -> None:
        """Shows the form, as itself again."""
        for child, name in self._names.items():
            if shiboken6.isValid(child):  # buttons of a problem that had just been mended are gone by now
                child.setObjectName(name)
        self._names.clear()
        self.show()  # now, rather than a frame later

    @property
    def is_empty(self) -> bool:
        """Whether the kinds have no field in common."""
        return not self._editors

    def show_blocks(self, blocks: Sequence[Block], taps: Sequence[str] = ()) -> None:
        """Shows the values of blocks of these kinds, and what is wrong with them; values that differ say so.

        Args:
            blocks: The blocks.
            taps: The names that all of them could recall where they stand.
        """
        problems = {name: text for block in reversed(blocks) for name, text in block.field_problems()}
        for name, editor in self._editors.items():
            if isinstance(editor, ReferenceEditor):
                editor.offer(taps)
            value = getattr(blocks[0], name)
            if all(getattr(block, name) == value for block in blocks[1:]):
                editor.show_value(value)
            else:
                editor.show_several()
            editor.mark(problems.get(name))
            self._problems[name].setText(problems.get(name, ""))
            self._problems[name].setVisible(name in problems)
            if name not in problems:
                self.show_remedies(name, ())

    def show_remedies(self, name: str, labels: Sequence[str]) -> None:
        """Shows below the problem of a field what mends it."""
        if name in self._editors and (labels or name in self._remedies):
            self._remedies_of(name).show_labels(labels)

    def _remedies_of(self, name: str) -> RemedyButtons:
        """The buttons of a field, made when first asked for: hardly a field ever has a problem."""
        if name not in self._remedies:
            buttons = RemedyButtons(f"remedy_{name}", self, stacked=True)
            buttons.chosen.connect(lambda label: self.remedy_chosen.emit(name, label))
            row = _ROWS * list(self._editors).index(name)
            self._grid.addWidget(buttons, row + 2, 0, 1, 2)
            self._remedies[name] = buttons
        return self._remedies[name]

    def follow_in_tab_order(self, before: QWidget) -> None:
        """Has the Tab key go from a widget through the fields: a form is younger than what stands below it."""
        for editor in self._editors.values():
            for control in editor.findChildren(QWidget):
                if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.objectName().startswith("field_"):
                    QWidget.setTabOrder(before, control)
                    before = control

    def focus_field(self, name: str) -> bool:
        """Brings the keyboard to a field, so that what is typed takes the place of its value; whether there is one."""
        control = self._editors[name].findChild(QWidget, f"field_{name}") if name in self._editors else None
        if control is not None:
            control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return control is not None

    def focus_first_field(self) -> bool:
        """Brings the keyboard to the first field; whether there is one."""
        return any(self.focus_field(name) for name in self._editors)
