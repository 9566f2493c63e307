"""What of the weights that the next run starts from fits its network, layer by layer: those that differ first."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from explorer.core.weights_report import WORDS, LayerFit, WeightsReport
from explorer.gui.training.training_session import TrainingSession

_HEADS = ("Layer", "Weights", "Shape in the network", "Shape in the file")
_MOST, _LEAST = 9, 3  # rows in sight, and where the window is low


class StartReport(QTableWidget):
    """A table of the layers; it is there while a run can be started from chosen weights.

    Args:
        training: Whose next run it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__(0, len(_HEADS))
        self._training = training
        self._shown: WeightsReport | None = None
        self._row = self.fontMetrics().height() + 8
        self.setObjectName("start_report")
        self.setAccessibleName("What of the weights fits the network, by layer")
        self.setHorizontalHeaderLabels(list(_HEADS))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self._row)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
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
            for column, text in enumerate(_cells(layer)):
                item = QTableWidgetItem(text)
                item.setToolTip("\n".join(f"{weight.key}: {WORDS[weight.fit]}" for weight in layer.weights))
                self.setItem(row, column, item)
        self.setMinimumHeight(self._height_of(_LEAST))
        self.updateGeometry()
        self.scrollToTop()

    def _height_of(self, most: int) -> int:
        return (min(self.rowCount(), most) + 1) * self._row + self.horizontalHeader().sizeHint().height()

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height_of(_MOST))


def _cells(layer: LayerFit) -> tuple[str, ...]:
    return layer.name or "network", WORDS[layer.fit], *layer.shapes
