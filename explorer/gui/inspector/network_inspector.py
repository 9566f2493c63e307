"""The inspector with nothing selected: the network's name, input and classes, what it costs, and what was published."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.core.counted import OutputShape
from explorer.core.fields import Invalid, shortened
from explorer.core.shape import MAX_CHANNELS, MAX_IMAGE, format_shape
from explorer.errors import EditError
from explorer.gui import figures
from explorer.gui.documents.history_keys import HistoryKeys
from explorer.gui.inspector.provenance import badge
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.widgets.form import Figures, form_grid, heading, set_look, words
from explorer.gui.widgets.spin import Spin
from explorer.remedies.classes import classes_of, with_classes

_COSTS = (
    ("limit", "smallest input"),
    ("output", "output"),
    ("further", "further outputs"),
    ("parameters", "parameters"),
    ("trainable", "trainable"),
    ("macs", "MACs"),
    ("memory", "memory"),
    ("blocks", "blocks"),
)
_NAMES_SHOWN = 2  # of further outputs, as many as a narrow panel has room for
_AXES = (("channels", MAX_CHANNELS), ("height", MAX_IMAGE), ("width", MAX_IMAGE))


class NetworkInspector(QWidget):
    """What there is to see and to change about the network as a whole.

    Args:
        session: Whose network it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("network_inspector")
        self._session = session
        self._title, self._name = QLabel("Network"), QLineEdit()
        self._shape = [Spin(1, most) for _, most in _AXES]
        self._classes = Spin(1, MAX_CHANNELS)
        self._shape_row, self._other_shape = QWidget(), QLabel()
        self._limits = {name: words(f"problem_{name}", "problem") for name in ("input", "classes")}
        self._costs = Figures("network", _COSTS)
        self._badge, self._note = QLabel(), words("network_note", "muted")
        self._checks = words("network_checks", "muted")
        self._origin, self._summary = heading("Where it comes from"), words("network_summary")
        self._paper = words("network_paper", "muted")
        self._timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._timer.timeout.connect(self._show_memory)
        session.input_limit.changed.connect(self._show_limit)
        self._set_up()
        self._arrange()

    def _set_up(self) -> None:
        self._title.setProperty("role", "title")
        self._title.setObjectName("network_title")
        self._name.setObjectName("field_network_name")
        self._name.setAccessibleName("Name of the network")
        self._name.textEdited.connect(self._rename)
        self._name.editingFinished.connect(self._session.settle)
        row = QHBoxLayout(self._shape_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for spin, (axis, _) in zip(self._shape, _AXES, strict=True):
            if spin is not self._shape[0]:
                row.addWidget(QLabel("×"))
            row.addWidget(spin, 1)
            self._prepare(spin, f"field_input_{axis}", f"Input {axis}", self._resize, self._limits["input"])
            spin.setProperty("plain", True)  # three stand in one row: no buttons
            spin.setToolTip(f"Input {axis}. The input is channels × height × width.")
        self._prepare(self._classes, "field_classes", "Number of classes", self._set_classes, self._limits["classes"])
        self._classes.setToolTip("Number of classes: the outputs of the last block that decides them.")
        self._badge.setObjectName("network_badge")
        HistoryKeys(self).watch(self._name, *self._shape, self._classes)

    def _prepare(self, spin: Spin, name: str, title: str, change: object, limit: QLabel) -> None:
        spin.setObjectName(name)
        spin.setAccessibleName(title)
        spin.valueChanged.connect(change)
        spin.editingFinished.connect(self._session.settle)
        spin.refused.connect(limit.setText)
        spin.refused.connect(limit.show)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(heading("Network"))
        column.addWidget(self._make_form())
        column.addSpacing(8)
        column.addWidget(heading("What it costs"))
        column.addWidget(self._costs)
        column.addSpacing(8)
        column.addWidget(self._origin)
        column.addWidget(self._summary)
        badge_row = QHBoxLayout()
        badge_row.addWidget(self._badge)
        badge_row.addStretch()
        column.addLayout(badge_row)
        column.addWidget(self._note)
        column.addWidget(self._checks)
        column.addWidget(self._paper)
        column.addStretch()

    def _make_form(self) -> QWidget:
        form = QWidget()
        grid = form_grid(form, label_width=52)
        rows = (
            ("name", self._name),
            ("input", self._shape_row),
            ("input", self._other_shape),
            ("", self._limits["input"]),
            ("classes", self._classes),
            ("", self._limits["classes"]),
        )
        for place, (text, control) in enumerate(rows):
            if not text:
                grid.addWidget(control, place, 0, 1, 2)
                continue
            label = QLabel(text)
            label.setBuddy(control)
            grid.addWidget(label, place, 0)
            grid.addWidget(control, place, 1)
            control.setProperty("label", label)
        return form

    # Showing

    def show_network(self) -> None:
        """Shows the network as it is now."""
        network, analysis = self._session.network, self._session.analysis
        for limit in self._limits.values():
            limit.clear()
            limit.hide()
        if self._name.text() != network.name and isinstance(network.name, str):
            self._name.setText(network.name)
            if not self._name.hasFocus():
                self._name.setCursorPosition(0)  # a long one is seen from its beginning
        self._show_shape()
        classes = classes_of(analysis)
        is_shown = classes is not None or self._classes.hasFocus()  # a number that is typed may be on its way to one
        for part in (self._classes, self._classes.property("label")):
            part.setVisible(is_shown)
        if classes is not None:
            self._classes.show_number(classes)
        self._show_costs()
        self._show_origin()
        self._timer.start()

    def _show_shape(self) -> None:
        inputs = self._session.network.inputs
        shape = None if isinstance(inputs, Invalid) or not inputs else inputs[0].shape
        is_image = isinstance(shape, tuple) and len(shape) == 3
        for row, visible in ((self._shape_row, is_image), (self._other_shape, not is_image)):
            row.setVisible(visible)
            row.property("label").setVisible(visible)
        if isinstance(shape, tuple) and len(shape) == 3:
            for spin, extent in zip(self._shape, shape, strict=True):
                spin.show_number(extent)
        self._other_shape.setText(format_shape(shape) if isinstance(shape, tuple) else figures.UNKNOWN)

    def _show_costs(self) -> None:
        analysis, flops, show = self._session.analysis, self._session.flops, self._costs.show_figure
        partly = " so far" if analysis.partial else ""
        frozen = analysis.trainable_parameters != analysis.parameters
        operations = figures.operations(analysis.macs, flops=flops)
        self._show_limit()
        show("output", format_shape(analysis.output_shape))
        further = analysis.further_outputs
        show("further", _names(further), tooltip="\n".join(map(figures.side_output, further)))
        show("parameters", figures.count(analysis.parameters) + partly)
        show("trainable", figures.count(analysis.trainable_parameters) if frozen else "")
        label = "FLOPs" if flops else "MACs"
        show("macs", figures.short(operations) + partly, label=label, tooltip=figures.count(operations))
        show("blocks", figures.count(analysis.counted.blocks - 1) if analysis.counted else figures.UNKNOWN)

    def _show_limit(self) -> None:
        shape = self._session.input_limit.shape
        tooltip = "The smallest square image with which every block gives something."
        self._costs.show_figure("limit", format_shape(shape) if shape else "", tooltip=tooltip)

    def _show_memory(self) -> None:
        analysis = self._session.analysis
        known = analysis.counted is not None
        partly = " so far" if analysis.partial else ""
        text = f"{figures.data(analysis.memory().per_image)} an image{partly}" if known else figures.UNKNOWN
        self._costs.show_figure("memory", text, tooltip="Kept by all blocks for the backward pass, in float32.")

    def _show_origin(self) -> None:
        found = badge(self._session.analysis)
        for part in (self._origin, self._summary, self._badge, self._note, self._checks, self._paper):
            part.setVisible(found is not None)
        if found is None:
            return
        self._badge.setText(f"✓ {found.text}" if found.met else found.text)
        set_look(self._badge, "badge", "met" if found.met else "changed")
        for label, text in ((self._note, found.note), (self._checks, "\n".join(found.checks))):
            label.setText(text)
            label.setVisible(bool(text))
        self._summary.setText(found.summary)
        self._paper.setText(found.paper)

    def focus_first_field(self) -> None:
        """Brings the keyboard to the name; what is typed takes its place."""
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Changing

    def _rename(self, name: str) -> None:
        network = dataclasses.replace(self._session.network, name=name)
        self._session.edit("rename the network", network, merge="network name")

    def _resize(self) -> None:
        shape = tuple(spin.value() for spin in self._shape)
        self._session.edit("change the input", self._session.network.with_input_shape(shape), merge="input")

    def _set_classes(self, classes: int) -> None:
        try:
            network = with_classes(self._session.network, classes)
        except EditError as error:
            self._session.message.emit(str(error))
        else:
            self._session.edit("change the classes", network, merge="classes")


def _names(outputs: tuple[OutputShape, ...]) -> str:
    """The names of the first outputs, and how many more there are."""
    names = ", ".join(shortened(output.name) for output in outputs[:_NAMES_SHOWN])
    more = len(outputs) - _NAMES_SHOWN
    return f"{names} and {more:,} more" if more > 0 else names
