"""The settings of the next run as a form, made from what their fields say about themselves."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from explorer.core.fields import Field, Invalid
from explorer.gui.field_editors.editor import FieldEditor, explanation
from explorer.gui.field_editors.making import make_editor
from explorer.gui.run_settings.config_draft import ConfigDraft
from explorer.gui.widgets.form import form_grid, words
from explorer.training.config import TrainConfig

# Fields that do nothing unless another one has one of certain values.
ONLY_WITH: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "momentum": ("optimizer", ("sgd",)),
    "nesterov": ("optimizer", ("sgd",)),
    "step_size": ("schedule", ("step",)),
    "milestones": ("schedule", ("multi_step",)),
    "gamma": ("schedule", ("step", "multi_step")),
    "eta_min": ("schedule", ("cosine",)),
    "pct_start": ("schedule", ("one_cycle",)),
    "div_factor": ("schedule", ("one_cycle",)),
    "final_div_factor": ("schedule", ("one_cycle",)),
}


class SettingsForm(QWidget):
    """Some of the settings: a label, an editor and, where a value is wrong, a sentence below it.

    Args:
        names: The fields.
    """

    changed = Signal(str, object)  # a field and its value, right or wrong
    settled = Signal()  # a field has been typed to its end

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        fields = TrainConfig.fields()
        self._grid = form_grid(self)
        self._rows: dict[str, tuple[QLabel, FieldEditor, QLabel]] = {}
        for name in names:
            self._add(name, fields[name])

    def _add(self, name: str, field: Field) -> None:
        own = f"run_{name}"  # a block may have a field of the same name
        editor, label, problem = make_editor(own, field), QLabel(field.label), words(f"problem_{own}", "problem")
        label.setBuddy(editor.findChild(QWidget, f"field_{own}") or editor)
        label.setToolTip(explanation(field))
        problem.hide()
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._grid.addWidget(problem, row + 1, 0, 1, 2)
        self._rows[name] = (label, editor, problem)
        self._listen(name, editor)

    def _listen(self, name: str, editor: FieldEditor) -> None:
        editor.edited.connect(functools.partial(self.changed.emit, name))
        editor.settled.connect(self.settled)
        line = editor.findChild(QLineEdit, f"field_run_{name}")
        if line is None:
            return
        read: list[object] = []
        editor.edited.connect(read.append)

        def report_unreadable(text: str) -> None:
            if not read:  # the editor, which heard of the text first, could not make a value of it
                self.changed.emit(name, Invalid.keep(text))
            read.clear()

        line.textEdited.connect(report_unreadable)

    @property
    def label_width(self) -> int:
        """The pixels that its longest label needs."""
        return max(label.sizeHint().width() for label, _, _ in self._rows.values())

    def set_label_width(self, pixels: int) -> None:
        """Gives the labels so much room, so that the fields of several forms stand below one another."""
        self._grid.setColumnMinimumWidth(0, pixels)

    def show_draft(self, draft: ConfigDraft) -> None:
        """Shows the settings as they are, with what is wrong with them."""
        for name, (label, editor, problem) in self._rows.items():
            sentence = draft.problems.get(name, "")
            if not sentence:  # what is wrong stays as it was typed
                editor.show_value(draft.value(name))
            editor.mark(sentence or None)
            other, needed = ONLY_WITH.get(name, ("", ()))
            useful = not other or draft.value(other) in needed
            problem.setText(sentence)
            label.setVisible(useful)
            editor.setVisible(useful)
            problem.setVisible(useful and bool(sentence))
