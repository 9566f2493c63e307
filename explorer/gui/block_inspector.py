"""The inspector of selected blocks: name, fields, what they cost, the formula and the paper."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.core.shape import format_shape
from explorer.errors import EditError
from explorer.gui import edits, figures
from explorer.gui.block_form import BlockForm
from explorer.gui.form import Figures, form_grid, heading, set_look, words
from explorer.gui.formula import parameter_formula
from explorer.gui.placing import editable_part, is_editable
from explorer.gui.session import MEMORY_DELAY, Session

_COSTS = (
    ("input", "input"),
    ("output", "output"),
    ("parameters", "parameters"),
    ("macs", "MACs"),
    ("memory", "kept for backward"),
    ("field", "receptive field"),
)


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
        self._name, self._name_row = QLineEdit(), QWidget()
        self._name_problem = words("problem_slot_name", "problem")
        self._refused: Path | None = None  # the block whose new name was not taken: it stays to be mended
        self._lock, self._unpack = words("inspector_lock", "muted"), QPushButton()
        self._form: BlockForm | None = None
        self._form_place = QVBoxLayout()
        self._costs = Figures("cost", _COSTS)
        self._formula, self._source = words("inspector_formula"), words("inspector_source", "muted")
        self._fields_heading, self._formula_heading = heading("Fields"), heading("Parameters, by formula")
        self._source_heading = heading("Source")
        self._timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._timer.timeout.connect(self._show_memory)
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
        self._unpack.setObjectName("inspector_unpack")
        self._unpack.clicked.connect(self._unpack_outer)
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
            self._lock,
            self._unpack,
            self._fields_heading,
            self._name_row,
        ):
            column.addWidget(part)
        self._form_place.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._form_place)
        for title, part in (
            (heading("What it costs"), self._costs),
            (self._formula_heading, self._formula),
            (self._source_heading, self._source),
        ):
            column.addSpacing(8)
            column.addWidget(title)
            column.addWidget(part)
        column.addStretch()

    # Showing

    def show_selection(self) -> None:
        """Shows the selected blocks as they are now."""
        found = [self._session.analysis.row(path) for path in self._session.selection]
        rows = [row for row in found if row is not None]
        if not rows:
            return
        alike = len({row.type for row in rows}) == 1
        editable = all(is_editable(self._session.network, row.path) for row in rows)
        self._show_title(rows, alike=alike)
        self._show_problem(rows[0] if len(rows) == 1 else None)
        self._show_lock(rows[0], editable=editable)
        self._show_form(rows[0] if alike else None, editable=editable)
        self._show_name(rows, editable=editable)
        self._show_costs(rows)
        self._timer.start()

    def _show_title(self, rows: list[Row], *, alike: bool) -> None:
        number = f"{len(rows)} × " if len(rows) > 1 else ""
        self._title.setText(f"{number}{rows[0].type}" if alike else f"{len(rows)} blocks")
        summary = rows[0].block.summary if alike else ""
        where = ".".join(rows[0].path) if len(rows) == 1 else ""
        off = "" if all(row.enabled for row in rows) else "Switched off: skipped everywhere."
        self._where.setText("\n".join(text for text in (where, summary, off) if text))

    def _show_problem(self, row: Row | None) -> None:
        problem = row.problem if row is not None and row.enabled else None
        self._problem.setVisible(problem is not None and not problem.field)  # a field's own stands below the field
        self._problem.setText(f"{problem.message} {problem.remedy}" if problem else "")

    def _show_lock(self, row: Row, *, editable: bool) -> None:
        self._lock.setVisible(not editable)
        self._unpack.setVisible(not editable)
        if not editable:
            outer = ".".join(editable_part(self._session.network, row.path))
            self._lock.setText(f"It follows from the fields of {outer}.")
            self._unpack.setText(f"Unpack {outer} to edit it")

    def _show_form(self, row: Row | None, *, editable: bool) -> None:
        kind = type(row.block) if row else None
        if self._form is not None and self._form.kind is not kind:
            self._form.hide()
            self._form_place.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None
        if row is not None and kind is not None and self._form is None:
            self._form = BlockForm(kind)
            self._form.edited.connect(self._change)
            self._form.settled.connect(self._session.settle)
            self._form_place.addWidget(self._form)
            self._form.show()  # now, rather than a frame later
        if self._form is not None and row is not None:
            self._form.show_block(row.block)
            self._form.setEnabled(editable)

    def _show_name(self, rows: list[Row], *, editable: bool) -> None:
        self._name_row.setVisible(len(rows) == 1)
        self._fields_heading.setVisible(len(rows) == 1 or self._form is not None)
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
        show("output", format_shape(last.output_shape) if one else "")
        show("parameters", figures.count(parameters) + frozen)
        operations = figures.operations(macs, flops=flops)
        show("macs", figures.short(operations), label="FLOPs" if flops else "MACs", tooltip=figures.count(operations))
        aside = figures.LEFT_ASIDE if first.leaves_aside else ""
        show("field", figures.receptive_field(first, long=True) if one else "", tooltip=aside)
        self._show_words(first if one else None)

    def _show_words(self, row: Row | None) -> None:
        lines = parameter_formula(row) if row else ()
        self._formula.setText("\n".join(lines))
        self._source.setText(row.block.paper if row else "")
        for title, text in ((self._formula_heading, self._formula), (self._source_heading, self._source)):
            title.setVisible(bool(text.text()))
            text.setVisible(bool(text.text()))

    def _show_memory(self) -> None:
        rows = [self._session.analysis.row(path) for path in self._session.selection]
        memories = [row.memory for row in rows if row is not None]
        known = [memory.per_image for memory in memories if memory is not None]
        self._costs.show_figure(
            "memory", f"{figures.data(sum(known))} an image" if known else figures.UNKNOWN, tooltip="In float32."
        )

    def focus_field(self, name: str) -> None:
        """Brings the keyboard to a field."""
        if self._form is not None:
            self._form.focus_field(name)

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
        outer = editable_part(self._session.network, self._paths()[0])
        self._session.select((outer,))
        edits.unpack(self._session)

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape in the name gives the old one back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self._refuse(None)
            self._name.setModified(False)
            self.show_selection()
            return True
        return super().eventFilter(watched, event)
