"""One stage of the next run as a row that is typed: what it trains, at which rate and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from explorer.core.fields import TextField
from explorer.gui.field_editors.lines import ReferenceEditor
from explorer.gui.run_settings.name_completer import NameCompleter
from explorer.gui.run_settings.typed_stages import LONGEST, WORDS, Meaning, TypedStage
from explorer.gui.widgets.form import set_look, words
from explorer.gui.widgets.spin import Spin

_NUMBER = 18  # pixels
_HELP = TextField(
    help="head, the last two or three blocks with it, all, design (what is not frozen there), or names of blocks "
    "joined by +; all else is frozen"
)


class StageRow(QWidget):
    """What a person types of a stage, with what it means below.

    Args:
        number: Its place among the stages, from 1, which the objectNames hold.
    """

    changed = Signal()
    settled = Signal()  # a field has been typed to its end
    removed = Signal()  # asked for, that is
    looked_for = Signal()  # somebody is about to type a name

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName(f"stage_{number}")
        self._stage = f"stage {number}"
        self._trains, self._names = ReferenceEditor(f"stage_{number}_trains", _HELP), NameCompleter(self)
        self._box, self._line = self._trains.box, self._trains.line
        self._rate, self._epochs = QLineEdit(), Spin(1, LONGEST, "epochs", open_ended=True)
        self._rest, self._remove = QLabel("to the end"), QToolButton()
        self._meaning = words(f"stage_{number}_words", "muted")
        self._prepare(number)
        self._arrange(number)
        self._connect()

    # Making

    def _prepare(self, number: int) -> None:
        for part in (self._box, self._line):
            part.setAccessibleName(f"{self._stage}: what it trains")
        self._line.setCompleter(self._names)
        self._trains.offer(WORDS)
        for control, key, text, tip in (
            (self._rate, "rate", "times the learning rate", "Times the learning rate of the run"),
            (self._epochs, "epochs", "epochs", "How long the stage lasts; the last one has the rest of the run"),
        ):
            control.setObjectName(f"field_stage_{number}_{key}")
            control.setAccessibleName(f"{self._stage}: {text}")
            control.setToolTip(tip)
        self._remove.setObjectName(f"button_stage_{number}_remove")
        self._remove.setAccessibleName(f"Remove {self._stage}")
        self._remove.setToolTip("Remove this stage")
        self._remove.setProperty("sign", "close")
        self._rest.setToolTip("The last stage has the rest of the run")
        self._rest.hide()

    def _arrange(self, number: int) -> None:
        grid, row, place = QGridLayout(self), QHBoxLayout(), QLabel(f"{number}")
        place.setProperty("role", "value")
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, _NUMBER)
        grid.setColumnStretch(1, 1)
        row.setSpacing(6)
        row.addWidget(QLabel("rate ×"))
        row.addWidget(self._rate, 3)
        row.addWidget(self._epochs, 4)
        row.addWidget(self._rest, 4)
        grid.addWidget(place, 0, 0)
        grid.addWidget(self._trains, 0, 1)
        grid.addWidget(self._remove, 0, 2)
        grid.addLayout(row, 1, 1, 1, 2)
        grid.addWidget(self._meaning, 2, 1, 1, 2)

    def _connect(self) -> None:
        self._trains.edited.connect(self.changed)
        self._trains.settled.connect(self.settled)
        self._line.textEdited.connect(self.looked_for)
        self._names.activated[str].connect(self.changed)  # type: ignore[index] # the stubs have one of two signals
        self._rate.textEdited.connect(self.changed)
        self._rate.editingFinished.connect(self.settled)
        self._epochs.valueChanged.connect(self.changed)
        self._epochs.editingFinished.connect(self.settled)
        self._remove.clicked.connect(self.removed)

    # Showing and reading

    @property
    def typed(self) -> TypedStage:
        """What stands in it."""
        return TypedStage(self._line.text(), self._rate.text(), self._epochs.value())

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the Tab key goes through, in its order."""
        return self._box, self._rate, self._epochs, self._remove

    def show_stage(self, typed: TypedStage, *, last: bool) -> None:
        """Shows a stage without reporting it; where nothing differs the cursor stays where it is."""
        self._trains.show_value(typed.trains)
        if self._rate.text() != typed.rate:
            self._rate.setText(typed.rate)
        self._epochs.show_number(typed.epochs)
        shown, hidden = (self._rest, self._epochs) if last else (self._epochs, self._rest)
        hidden.hide()  # first: side by side they would widen the column for ever
        shown.show()

    def show_meaning(self, meaning: Meaning) -> None:
        """Says below it what it means, or what is wrong with it."""
        self._meaning.setText(meaning.words)
        set_look(self._meaning, "role", "problem" if meaning.wrong else "muted")
        self._trains.mark(meaning.words if meaning.wrong == "trains" else None)
        set_look(self._rate, "problem", meaning.wrong == "rate")
        set_look(self._epochs, "problem", meaning.wrong == "epochs")

    def offer(self, names: Sequence[str]) -> None:
        """Offers names of blocks to whoever types."""
        self._names.offer(names)

    def begin_typing(self) -> None:
        """Brings the keyboard to what it trains."""
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._line.selectAll()

    def focus_remove(self) -> None:
        """Brings the keyboard to the button that removes it."""
        self._remove.setFocus(Qt.FocusReason.OtherFocusReason)
