"""What of the weights that the next run starts from fits its network, layer by layer: those that differ first."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from explorer.core.weights_report import LayerFit, WeightsReport, in_words
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.row_table import RowTable

_TITLE = "What the weights fit"
_FILE, _RUN = "the file", "the run"
_INDENT = 6  # pixels from the edge of the table to its words, above which the title stands
_MOST, _LEAST = 9, 2  # rows in sight, and where the window is low


class StartReport(QFrame):
    """A table of the layers below its title; it is there while a run can be started from chosen weights.

    Args:
        training: Whose next run it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("start_report_card")
        self.setProperty("card", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._training = training
        self._shown: WeightsReport | None = None
        self._title, self._table = QLabel(_TITLE), _FitTable()
        self._title.setObjectName("start_report_title")
        self._title.setProperty("role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setContentsMargins(_INDENT, 0, 0, 0)
        head.addWidget(self._title)
        column.addLayout(head)
        column.addWidget(self._table)
        training.start_from.changed.connect(self._show)
        training.state_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        start = self._training.start_from
        self.setVisible(start.report is not None and not self._training.active)
        if start.report is not None and start.report != self._shown:
            self._shown = start.report
            is_run = start.path is not None and start.path.is_dir()
            self._table.show_report(start.report, _RUN if is_run else _FILE)

    def keep_within(self, room: int | None) -> None:
        """Takes no more pixels than those, in whole rows, and scrolls; None: as many as its rows in sight need."""
        around = self.sizeHint().height() - self._table.sizeHint().height()
        self._table.keep_within(None if room is None else room - around)


class _FitTable(RowTable):
    """The table, as high as a number of whole rows."""

    def __init__(self) -> None:
        super().__init__("start_report", "What of the weights fits the network, by layer", _heads(_FILE))
        self._room: int | None = None  # pixels
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_report(self, report: WeightsReport, where: str) -> None:
        """Shows a report.

        Args:
            report: The report.
            where: What the weights lie in.
        """
        layers = sorted(report.layers, key=lambda layer: layer.fit == "match")  # which keeps their order else
        self.setHorizontalHeaderLabels(_heads(where))
        self.setRowCount(len(layers))
        for row, layer in enumerate(layers):
            tip = "\n".join(f"{weight.key}: {in_words(weight.fit, where)}" for weight in layer.weights)
            self.put(row, _cells(layer, where), (tip,) * self.columnCount())
        self.setMinimumHeight(self._height_of(_LEAST))
        self.updateGeometry()
        self.scrollToTop()

    def keep_within(self, room: int | None) -> None:
        """Takes no more pixels than those; None: as many as its rows in sight need."""
        if room != self._room:
            self._room = room
            self.updateGeometry()

    def _height_of(self, most: int) -> int:
        row, head = self.verticalHeader().defaultSectionSize(), self.horizontalHeader().sizeHint().height()
        fitting = most if self._room is None else rows_within(self._room - head, row)
        return min(self.rowCount(), most, fitting) * row + head

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height_of(_MOST))


def rows_within(room: int, row: int) -> int:
    """How many whole rows of a height there are in so many pixels; two at least.

    Args:
        room: The pixels.
        row: The height of a row.
    """
    return max(room // row, _LEAST)


def _heads(where: str) -> tuple[str, ...]:
    return "Layer", "Weights", "Shape in the network", f"Shape in {where}"


def _cells(layer: LayerFit, where: str) -> tuple[str, ...]:
    return layer.name or "network", in_words(layer.fit, where), *layer.shapes
