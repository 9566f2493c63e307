"""The window of a family: two plots, and a table of its members."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from explorer.gui import figures
from explorer.gui.families.plot import AccuracyPlot
from explorer.gui.families.points import Point, data_of, families, members, points
from explorer.gui.widgets.form import hint, words
from explorer.gui.widgets.row_table import RowTable
from explorer.zoo.base import Entry

_SIZE = (980, 660)  # pixels
_HEADS = ("Network", "Year", "Parameters", "MACs", "Accuracy", "Source of the accuracy")
_NUMBERS = (1, 2, 3)
_EMPTY = (
    "No accuracy of these networks on ImageNet or CIFAR-10 is known here: they do something else than classify such "
    "images, or nobody published one for exactly these layers."
)
_HINT = "Left and Right go from member to member, with Shift through all networks; a click or Enter opens one."


class FamilyDialog(QDialog):
    """Shows a family among all networks.

    Args:
        parent: The window.
        family: Which one.
        open_network: Opens a network.
    """

    def __init__(self, parent: QWidget, family: str, open_network: Callable[[Entry], None]) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_family")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(*_SIZE)
        self._open = open_network
        self._families, self._data, self._table = (
            QComboBox(),
            QComboBox(),
            RowTable("family_table", "Networks of the family", _HEADS, _NUMBERS),
        )
        self._plots = (
            AccuracyPlot("family_parameters", "parameters", lambda point: point.parameters),
            AccuracyPlot("family_macs", "MACs for one image", lambda point: point.macs),
        )
        self._words, self._empty = words("family_words", "muted"), hint("family_empty")
        self._view, self._data_label = QWidget(), QLabel("&Accuracy on")
        self._set_up()
        self._arrange()
        self._connect()
        self.show_family(family)

    # Making

    def _set_up(self) -> None:
        for box, name, title in ((self._families, "family_box", "Family"), (self._data, "family_data", "Accuracy on")):
            box.setObjectName(name)
            box.setAccessibleName(title)
        self._families.addItems(list(families()))
        self._empty.setText(_EMPTY)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        top, plots = QHBoxLayout(), QHBoxLayout(self._view)
        for label, box in ((QLabel("&Family"), self._families), (self._data_label, self._data)):
            label.setBuddy(box)
            top.addWidget(label)
            top.addWidget(box)
            top.addSpacing(12)
        top.addStretch()
        plots.setContentsMargins(0, 0, 0, 0)
        plots.setSpacing(10)
        for plot in self._plots:
            plots.addWidget(plot, 1)
        column.addLayout(top)
        column.addWidget(self._view, 3)
        column.addWidget(self._empty, 3)
        column.addWidget(self._words)
        column.addWidget(self._table, 2)

    def _connect(self) -> None:
        self._families.activated.connect(lambda: self.show_family(self._families.currentText()))
        self._data.activated.connect(lambda: self._show_data(self._data.currentText()))
        self._table.cellActivated.connect(lambda row, _: self._open(members(self._families.currentText())[row]))
        self._table.currentCellChanged.connect(lambda row, *_: self._take_row(row))
        for plot in self._plots:
            plot.pointed.connect(self._point_at)
            plot.opened.connect(self._open)

    # Showing

    def show_family(self, family: str) -> None:
        """Shows another family."""
        self.setWindowTitle(f"{family} among all networks")
        self._families.setCurrentText(family)
        known = data_of(family)
        self._data.clear()
        self._data.addItems(list(known))
        self._data.setEnabled(len(known) > 1)
        self._fill(members(family))
        for part in (self._view, self._words, self._data, self._data_label):
            part.setVisible(bool(known))
        self._empty.setVisible(not known)
        self._show_data(known[0] if known else "")

    def _show_data(self, data: str) -> None:
        for plot in self._plots:
            plot.show_points(points(data), self._families.currentText(), data)
        self._point_at(None)

    def _fill(self, entries: tuple[Entry, ...]) -> None:
        self._table.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            texts = cells(entry)
            self._table.put(row, texts, (entry.summary, *texts[1:]))
        self._table.setCurrentCell(-1, -1)
        self._table.scrollToTop()

    def _point_at(self, point: Point | None) -> None:
        for plot in self._plots:
            plot.show_current(point)
        self._words.setText(_HINT if point is None else in_words(point))
        entries = members(self._families.currentText())
        if point is not None and point.entry in entries and self._table.currentRow() != entries.index(point.entry):
            self._table.selectRow(entries.index(point.entry))

    def _take_row(self, row: int) -> None:
        entries, shown = members(self._families.currentText()), points(self._data.currentText())
        if 0 <= row < len(entries):
            self._point_at(next((point for point in shown if point.entry is entries[row]), None))


def cells(entry: Entry) -> tuple[str, ...]:
    """A row of the table."""
    accuracy = entry.accuracy
    return (
        entry.title,
        str(entry.year),
        figures.short(entry.parameters.value),
        figures.short(entry.macs.value),
        figures.UNKNOWN if accuracy is None else str(accuracy),
        "" if accuracy is None else accuracy.source,
    )


def in_words(point: Point) -> str:
    """A point in a line."""
    name, parameters, macs = point.entry.title, figures.short(point.parameters), figures.short(point.macs)
    return f"{name}: {parameters} parameters, {macs} MACs, right {point.percent:.2f} % of the time ({point.source})."


def show_family(family: str, window: QWidget, open_network: Callable[[Entry], None]) -> None:
    """Opens the window for a family, or shows it in the one that is open.

    Args:
        family: Which one.
        window: Where it opens.
        open_network: Opens a network.
    """
    open_one = window.findChild(FamilyDialog, "dialog_family")
    if isinstance(open_one, FamilyDialog):
        open_one.show_family(family)
        dialog = open_one
    else:
        dialog = FamilyDialog(window, family, open_network)
    dialog.show()
    dialog.raise_()
