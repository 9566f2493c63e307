"""The stages of the next run: a row for each, and buttons for one more, for the usual three and for none."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.core.network import Network
from explorer.gui.run_settings.stage_row import StageRow
from explorer.gui.run_settings.typed_stages import (
    WORDS,
    TypedStage,
    following,
    meanings,
    names_in,
    stages_of,
    typed,
    without,
)
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import words
from explorer.training.presets import preset
from explorer.training.stages import MOST


class StageEditor(QWidget):
    """Edits the stages; what is wrong for a while stays as it was typed.

    Args:
        training: Whose next run it is.
        network: The network in front.
    """

    def __init__(self, training: TrainingSession, network: Network) -> None:
        super().__init__()
        self.setObjectName("stage_editor")
        self._training, self._network = training, network
        self._rows: list[StageRow] = []
        self._problem = words("problem_run_stages", "problem")
        self._usual = preset("fine-tune-3").config().stages
        self._add = self._button("add", "Add a stage", "Trains another part of the network from some epoch on")
        self._three = self._button("three", "Three stages", "The head, then the last block too, then the last two")
        self._none = self._button("none", "No stages", "Train the same part of the network for the whole run")
        self._column, self._places = QVBoxLayout(self), QVBoxLayout()
        self._arrange()
        self._add.clicked.connect(self._add_stage)
        self._three.clicked.connect(self._take_usual)
        self._none.clicked.connect(self._take_none)

    def _button(self, key: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"button_stages_{key}")
        button.setToolTip(tip)
        return button

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self._add, self._three, self._none):
            buttons.addWidget(button)
        buttons.addStretch()
        self._none.hide()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._places.setSpacing(6)
        self._column.addLayout(self._places)
        self._column.addWidget(self._problem)
        self._column.addLayout(buttons)

    # Showing

    def show_stages(self, network: Network) -> None:
        """Shows the stages as they are, with what they mean for a network."""
        self._network = network
        value = self._training.draft.value("stages")
        if value != stages_of(self._typed):  # else it is what stands in the rows, however it was typed
            self._show_rows(typed(value) if isinstance(value, tuple) else ())
        self._show_meanings()
        self._add.setEnabled(len(self._rows) < MOST)
        shown, hidden = (self._none, self._three) if self._rows else (self._three, self._none)
        hidden.hide()  # first: side by side they would widen the column for ever
        shown.show()

    def _show_rows(self, stages: Sequence[TypedStage]) -> None:
        count = len(self._rows)
        while len(self._rows) < len(stages):
            self._add_row()
        while len(self._rows) > len(stages):
            _discard(self._rows.pop())
        for row, stage in zip(self._rows, stages, strict=True):
            row.show_stage(stage, last=row is self._rows[-1])
        if len(self._rows) > count:
            self._order()

    def _add_row(self) -> None:
        row = StageRow(len(self._rows) + 1)
        row.changed.connect(self._change)
        row.settled.connect(self._training.settle)
        row.removed.connect(functools.partial(self._remove, len(self._rows)))
        row.looked_for.connect(lambda: row.offer([*WORDS, *names_in(self._network)]))
        self._rows.append(row)
        self._places.addWidget(row)
        row.show()  # now, so that it can have the keyboard

    def _order(self) -> None:
        """Has the Tab key go through the rows before the buttons, which are older."""
        before = self._add.previousInFocusChain()
        while before is not None and before is not self._add and not self._leads_in(before):
            before = before.previousInFocusChain()
        if before is None or before is self._add:
            return  # nothing else in the window can have the keyboard
        for control in (*(control for row in self._rows for control in row.controls), self._add):
            QWidget.setTabOrder(before, control)
            before = control

    def _leads_in(self, widget: QWidget) -> bool:
        """Whether the Tab key comes from there."""
        return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not self.isAncestorOf(widget)

    def _show_meanings(self) -> None:
        draft = self._training.draft
        epochs = draft.value("epochs")
        found = meanings(
            self._typed,
            self._network,
            self._training.config.lr,
            epochs if isinstance(epochs, int) and epochs > 0 else self._training.config.epochs,
        )
        for row, meaning in zip(self._rows, found, strict=True):
            row.show_meaning(meaning)
        untold = "" if any(meaning.wrong for meaning in found) else draft.problems.get("stages", "")
        self._problem.setText(untold)
        self._problem.setVisible(bool(untold))

    # Doing

    @property
    def _typed(self) -> tuple[TypedStage, ...]:
        return tuple(row.typed for row in self._rows)

    def _change(self) -> None:
        self._training.change("stages", stages_of(self._typed))

    def _add_stage(self) -> None:
        self._show_rows((*self._typed, following(self._typed, self._network)))
        self._change()
        self._training.settle()
        self._rows[-1].begin_typing()

    def _remove(self, place: int) -> None:
        self._show_rows(without(self._typed, place))
        self._change()
        self._training.settle()
        if self._rows:
            self._rows[min(place, len(self._rows) - 1)].focus_remove()
        else:
            self._add.setFocus()

    def _take_usual(self) -> None:
        self._training.change("stages", self._usual)
        self._none.setFocus()  # the button that was pressed has gone

    def _take_none(self) -> None:
        self._training.change("stages", ())
        self._three.setFocus()


def _discard(row: StageRow) -> None:
    """Takes a row away; its names are free for another one before Qt deletes it."""
    for part in (row, *row.findChildren(QWidget)):
        part.setObjectName("")
    row.hide()
    row.deleteLater()
