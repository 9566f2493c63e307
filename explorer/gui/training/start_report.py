"""What of the weights that the next run starts from fits its network, layer by layer: those that differ first."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy

from explorer.core.weights_report import WORDS, LayerFit, WeightsReport
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.row_table import RowTable

_HEADS = ("Layer", "Weights", "Shape in the network", "Shape in the file")
_MOST, _LEAST = 9, 2  # rows in sight, and where the window is low


class StartReport(RowTable):
    """A table of the layers; it is there while a run can be started from chosen weights.

    Args:
        training: Whose next run it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__("start_report", "What of the weights fits the network, by layer", _HEADS)
        self._training = training
        self._shown: WeightsReport | None = None
        self._room: int | None = None  # pixels
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        training.start_from.changed.connect(self._show)
        training.state_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        report = self._training.start_from.report
        self.setVisible(report is not None and not self._training.active)
        if report is not None and report != self._shown:
            self._shown = report
            self._fill(report)

    def _fill(self, report: WeightsReport) -> None:
        layers = sorted(report.layers, key=lambda layer: layer.fit == "match")  # which keeps their order else
        self.setRowCount(len(layers))
        for row, layer in enumerate(layers):
            tip = "\n".join(f"{weight.key}: {WORDS[weight.fit]}" for weight in layer.weights)
            self.put(row, _cells(layer), (tip,) * len(_HEADS))
        self.setMinimumHeight(self._height_of(_LEAST))
        self.updateGeometry()
        self.scrollToTop()

    def keep_within(self, room: int | None) -> None:
        """Takes no more pixels than those, in whole rows, and scrolls; None: as many as its rows in sight need."""
        if room != self._room:
            self._room = room
            self.updateGeometry()

    def _height_of(self, most: int) -> int:
        row, head = self.verticalHeader().defaultSectionSize(), self.horizontalHeader().sizeHint().height()
        fitting = most if self._room is None else rows_within(self._room - head, row)
        return (min(self.rowCount(), most, fitting) + 1) * row + head

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height_of(_MOST))


def rows_within(room: int, row: int) -> int:
    """How many rows of a height there are in so many pixels, with the room of one left over; two at least.

    Args:
        room: The pixels.
        row: The height of a row.
    """
    return max(room // row - 1, _LEAST)


def _cells(layer: LayerFit) -> tuple[str, ...]:
    return layer.name or "network", WORDS[layer.fit], *layer.shapes
