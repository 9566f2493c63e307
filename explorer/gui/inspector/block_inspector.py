"""The inspector of selected blocks: name, fields, what they cost, the formula and the paper."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from explorer.core.analysis import Row
from explorer.core.block import Block
from explorer.core.compose import Path
from explorer.core.counted import Problem
from explorer.core.fields import shortened
from explorer.core.shape import format_shape
from explorer.core.user_block import UserBlock
from explorer.errors import EditError
from explorer.gui import figures
from explorer.gui.editing import edits
from explorer.gui.editing.placing import editable_part, is_editable
from explorer.gui.inspector.block_form import BlockForm
from explorer.gui.inspector.formula import parameter_formula
from explorer.gui.inspector.freezing_box import FreezingBox
from explorer.gui.inspector.note_editor import NOTE, NoteEditor
from explorer.gui.library.user_block_edits import origin
from explorer.gui.problems import fixing
from explorer.gui.problems.buttons import RemedyButtons
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.widgets.form import Figures, form_grid, heading, set_look, words

_COSTS = (
    ("input", "input"),
    ("output", "output"),
    ("side", "sends out"),
    ("parameters", "parameters"),
    ("macs", "MACs"),
    ("memory", "memory"),
    ("field", "receptive field"),
)
MOST_FORMS = 12  # kept at hand


class BlockInspector(QWidget):
    """What there is to see and to change about the selected blocks.

    Args:
        session: Whose selection it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("block_inspector")
        self._session = session
        self._title, self._where = QLabel(), words("inspector_where", "muted")
        self._problem = words("inspector_problem", "problem")
        self._remedies = RemedyButtons("inspector_remedy", self, stacked=True)
        self._name, self._name_row = QLineEdit(), QWidget()
        self._name_problem = words("problem_slot_name", "problem")
        self._refused: Path | None = None  # the block whose new name was not taken: it stays to be mended
        self._lock, self._unpack = words("inspector_lock", "muted"), QPushButton()
        self._form: BlockForm | None = None
        self._forms: dict[tuple[type[Block], ...], BlockForm] = {}  # the one used last at the end
        self._note, self._freezing = NoteEditor(session), FreezingBox(session)
        self._outer: Path = ()  # what has to be unpacked before the selection can be edited
        self._form_place = QVBoxLayout()
        self._costs = Figures("cost", _COSTS)
        self._formula, self._source = words("inspector_formula"), words("inspector_source", "muted")
        self._fields_heading, self._formula_heading = heading("Fields"), heading("Parameters, by formula")
        self._source_heading = heading("Source")
        self._timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._timer.timeout.connect(self._show_memory)
        self._timer.timeout.connect(self._show_remedies)
        self._set_up()
        self._arrange()

    def _set_up(self) -> None:
        self._title.setObjectName("inspector_title")
        self._title.setProperty("role", "title")
        self._name.setObjectName("field_slot_name")
        self._name.setAccessibleName("Name of the block")
        self._name.setToolTip("Joined by dots with those around it, the name is the key of the weights.")
        self._name.editingFinished.connect(self._rename)
        self._name.installEventFilter(self)
        self._name_problem.hide()
        self._remedies.chosen.connect(self._mend)
        self._unpack.setObjectName("inspector_unpack")
        self._unpack.clicked.connect(self._unpack_outer)
        self._unpack.hide()
        self._formula.setProperty("card", True)
        row = form_grid(self._name_row)
        label = QLabel("name")
        label.setBuddy(self._name)
        row.addWidget(label, 0, 0)
        row.addWidget(self._name, 0, 1)
        row.addWidget(self._name_problem, 1, 0, 1, 2)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        for part in (
            self._title,
            self._where,
            self._problem,
            self._remedies,
            self._lock,
            self._unpack,
            self._fields_heading,
            self._name_row,
        ):
            column.addWidget(part)
        self._form_place.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._form_place)
        column.addWidget(self._freezing)
        column.addWidget(self._note)
        for title, part in (
            (heading("What it costs"), self._costs),
            (self._formula_heading, self._formula),
            (self._source_heading, self._source),
        ):
            column.addSpacing(8)
            column.addWidget(title)
            column.addWidget(part)
        column.addStretch(1)  # all of the room that is left: a form without rows would take its share

    # Showing

    def show_selection(self) -> None:
        """Shows the selected blocks as they are now."""
        found = [self._session.analysis.row(path) for path in self._session.selection]
        rows = [row for row in found if row is not None]
        if not rows:
            return
        # not by name: a document can have two versions of one's own
        alike = len({type(row.block) for row in rows}) == 1
        locked = next((row for row in rows if not is_editable(self._session.network, row.path)), None)
        editable = locked is None
        self._show_title(rows, alike=alike)
        self._show_problem(rows[0] if len(rows) == 1 else None)
        self._show_lock(locked)
        self._show_form(rows, editable=editable)
        self._show_name(rows, editable=editable)
        self._note.show_note(rows[0] if len(rows) == 1 else None, editable=editable)
        self._freezing.show_rows(rows)
        self._show_costs(rows)
        self._timer.start()

    def _show_title(self, rows: list[Row], *, alike: bool) -> None:
        number = f"{len(rows)} × " if len(rows) > 1 else ""
        self._title.setText(f"{number}{rows[0].type}" if alike else f"{len(rows)} blocks")
        summary = rows[0].block.summary if alike else ""
        where = rows[0].where if len(rows) == 1 else ""
        off = "" if all(row.enabled for row in rows) else "Switched off: skipped everywhere."
        self._where.setText("\n".join(text for text in (where, summary, off) if text))

    def _show_problem(self, row: Row | None) -> None:
        problem = next(iter(self._problems_of(row)), None)
        is_below = problem is not None and bool(_field_of(row, problem))
        self._problem.setVisible(problem is not None and not is_below)
        self._problem.setText(f"{problem.message} {problem.remedy}" if problem else "")
        if problem is None or is_below:
            self._remedies.show_labels(())

    def _problems_of(self, row: Row | None) -> list[Problem]:
        """The problems of a block itself and of its name, those of the whole block before those of its fields."""
        if row is None or not row.enabled or not row.path:
            return []
        found = [problem for problem in self._session.analysis.problems if problem.path == row.path]
        return sorted(found, key=lambda problem: bool(_field_of(row, problem)))

    def _show_remedies(self) -> None:
        selection = self._session.selection
        row = self._session.analysis.row(selection[0]) if len(selection) == 1 else None
        problems = self._problems_of(row)
        for problem in problems:
            if _field_of(row, problem) and self._form is not None:
                self._form.show_remedies(problem.field, fixing.labels_of(self._session, problem))
        whole = problems[0] if problems and not _field_of(row, problems[0]) else None
        self._remedies.show_labels(fixing.labels_of(self._session, whole) if whole else ())

    def _mend(self, label: str, field: str = "") -> None:
        row = self._session.analysis.row(self._session.selection[0])
        for problem in self._problems_of(row):
            if _field_of(row, problem) == field:
                fixing.mend(self._session, problem, label)
                return

    def _show_lock(self, row: Row | None) -> None:
        self._lock.setVisible(row is not None)
        self._unpack.setVisible(row is not None)
        if row is not None:
            self._outer = editable_part(self._session.network, row.path)
            outer = ".".join(self._outer)
            self._lock.setText(f"It follows from the fields of {outer}.")
            self._unpack.setText(f"Unpack {outer} to edit it")

    def _show_form(self, rows: list[Row], *, editable: bool) -> None:
        kinds = tuple(dict.fromkeys(type(row.block) for row in rows))
        if self._form is None or self._form.kinds != kinds:
            self._take_form(kinds)
        if self._form is not None:
            taps = [name for name in rows[0].taps if all(name in other.taps for other in rows)]
            self._form.show_blocks([row.block for row in rows], taps)
            self._form.setEnabled(editable)

    def _take_form(self, kinds: tuple[type[Block], ...]) -> None:
        """Puts the form of some kinds of block in the place of the last one.

        Forms are kept: stacking blocks changes between a few kinds, and making a form takes as long as all the rest.
        """
        if self._form is not None:
            self._form.park()
        form = self._forms.pop(kinds, None) or self._make_form(kinds)
        self._forms[kinds] = self._form = form
        if len(self._forms) > MOST_FORMS:
            self._forms.pop(next(iter(self._forms))).deleteLater()
        form.bring()

    def _make_form(self, kinds: tuple[type[Block], ...]) -> BlockForm:
        form = BlockForm(*kinds)
        form.edited.connect(self._change)
        form.settled.connect(self._session.settle)
        form.remedy_chosen.connect(lambda field, label: self._mend(label, field))
        self._form_place.addWidget(form)
        form.follow_in_tab_order(self._name)  # for ever: one that is parked takes no part
        return form

    def _show_name(self, rows: list[Row], *, editable: bool) -> None:
        self._name_row.setVisible(len(rows) == 1)
        self._fields_heading.setVisible(len(rows) == 1 or (self._form is not None and not self._form.is_empty))
        self._fields_heading.setText(
            "FIELDS" if self._form is None or len(self._form.kinds) == 1 else "FIELDS IN COMMON"
        )
        self._name.setEnabled(editable)
        if self._refused is not None and self._refused != rows[0].path:
            self._refuse(None)
        if self._refused is None and not (self._name.hasFocus() and self._name.isModified()):
            self._name.setText(rows[0].slot.name)

    def _show_costs(self, rows: list[Row]) -> None:
        first, last = rows[0], rows[-1]
        flops, one = self._session.flops, len(rows) == 1
        known = [row for row in rows if row.parameters is not None and row.macs is not None]
        parameters = sum(row.parameters or 0 for row in known) if known else None
        macs = sum(row.macs or 0 for row in known) if known else None
        frozen = " frozen" if parameters and not sum(row.trainable_parameters or 0 for row in known) else ""
        show = self._costs.show_figure
        show("input", format_shape(first.input_shape) if one else "")
        side = first.side_output if one else None
        show("output", format_shape(last.output_shape) if one else "", label="passes on" if side else "output")
        sent = f"{format_shape(side.shape)} as {shortened(side.name)}" if side else ""
        show("side", sent, tooltip=figures.side_output(side) if side else "")
        show("parameters", figures.count(parameters) + frozen)
        operations = figures.operations(macs, flops=flops)
        show("macs", figures.short(operations), label="FLOPs" if flops else "MACs", tooltip=figures.count(operations))
        aside = figures.LEFT_ASIDE if first.leaves_aside else ""
        show("field", figures.receptive_field(first, long=True) if one else "", tooltip=aside)
        self._show_words(first if one else None)

    def _show_words(self, row: Row | None) -> None:
        lines = parameter_formula(row) if row else ()
        self._formula.setText("\n".join(lines))
        self._source.setText(self._origin(row.block) if row else "")
        for title, text in ((self._formula_heading, self._formula), (self._source_heading, self._source)):
            title.setVisible(bool(text.text()))
            text.setVisible(bool(text.text()))

    def _origin(self, block: Block) -> str:
        return origin(self._session, type(block)) if isinstance(block, UserBlock) else block.paper

    def _show_memory(self) -> None:
        rows = [self._session.analysis.row(path) for path in self._session.selection]
        memories = [row.memory for row in rows if row is not None]
        known = [memory.per_image for memory in memories if memory is not None]
        text = f"{figures.data(sum(known))} an image" if known else figures.UNKNOWN
        self._costs.show_figure("memory", text, tooltip="Kept for the backward pass, in float32.")

    def focus_field(self, name: str) -> None:
        """Brings the keyboard to a field, or to the note."""
        if name == NOTE:
            self._note.take_focus()
        elif self._form is not None:
            self._form.focus_field(name)

    def focus_first_field(self) -> None:
        """Brings the keyboard to the first field; where there is none to what mends or unpacks it, or to its name."""
        if self._unpack.isVisible():
            self._unpack.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not (self._form is not None and self._form.focus_first_field()) and not self._remedies.focus_first():
            self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Changing

    def _paths(self) -> tuple[Path, ...]:
        return self._session.selection

    def _change(self, field: str, value: object) -> None:
        edits.set_field(self._session, self._paths(), field, value)

    def _rename(self) -> None:
        paths, name = self._paths(), self._name.text().strip()
        if not self._name.isModified() or len(paths) != 1:
            return
        self._name.setModified(False)
        try:
            self._session.network.rename(paths[0], name)
        except EditError as error:
            self._refuse(paths[0], str(error))
        else:
            self._refuse(None)
            edits.rename(self._session, paths[0], name)
            self.show_selection()

    def _refuse(self, path: Path | None, sentence: str = "") -> None:
        self._refused = path
        self._name_problem.setText(sentence)
        self._name_problem.setVisible(bool(sentence))
        set_look(self._name, "problem", bool(sentence))

    def _unpack_outer(self) -> None:
        self._session.select((self._outer,))
        edits.unpack(self._session)

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape in the name gives the old one back, where another one was typed."""
        is_typed = self._name.isModified() or self._refused is not None
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_typed and is_escape and event.type() == QEvent.Type.KeyPress:
            self._refuse(None)
            self._name.setModified(False)
            self.show_selection()
            return True
        return super().eventFilter(watched, event)


def _field_of(row: Row | None, problem: Problem) -> str:
    """The field below which a problem stands: one whose own value is wrong; empty for what is wrong with the block."""
    return problem.field if row is not None and problem.field in dict(row.block.field_problems()) else ""
