"""The totals of a comparison: one column a figure, with both networks and the difference below each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from explorer.core.difference import Difference
from explorer.core.difference_totals import Kind, Total
from explorer.core.difference_words import Writer, ratio, step, value
from explorer.gui import figures

_ROWS = ("left", "right", "difference")
_WRITERS: dict[Kind, Writer] = {"macs": figures.short, "memory": figures.data}


def shown(total: Total, *, flops: bool) -> tuple[str, str, str, str]:
    """Label, both values and the difference as a person reads them."""
    scale = 2 if flops and total.key == "macs" else 1
    write = _WRITERS.get(total.key, "{:,}".format)

    def number(count: int) -> str:
        return write(scale * count)

    times = ratio(total)
    difference = f"{step(total, number)} ({times})" if times else step(total, number)
    label = "FLOPs" if scale == 2 else total.label
    return label, value(total.left, number), value(total.right, number), difference


class CompareTotals(QFrame):
    """The figures of both networks as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compare_totals")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(22)
        self._grid.setVerticalSpacing(3)
        self._labels: dict[str, QLabel] = {}
        for place, key in enumerate(_ROWS, start=1):
            self._label(f"name_{key}", place, 0, "muted" if key == "difference" else "value")
        self._labels["name_difference"].setText("Difference")

    def _label(self, key: str, row: int, column: int, role: str) -> QLabel:
        if key not in self._labels:
            label = QLabel()
            label.setObjectName(f"compare_{key}")
            label.setProperty("role", role)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label, row, column)
            self._labels[key] = label
        return self._labels[key]

    def show_totals(self, difference: Difference, names: tuple[str, str], *, flops: bool) -> None:
        """Shows the totals of a comparison.

        Args:
            difference: What differs.
            names: What the networks are called.
            flops: Whether operations are FLOPs.
        """
        for key, name in zip(_ROWS, names, strict=False):
            self._labels[f"name_{key}"].setText(name)
        self._grid.setColumnStretch(len(difference.totals) + 1, 1)  # figures stand beside the names, however wide it is
        for column, total in enumerate(difference.totals, start=1):
            label, *values = shown(total, flops=flops)
            self._label(f"{total.key}_label", 0, column, "muted").setText(label)
            for row, (key, text) in enumerate(zip(_ROWS, values, strict=True), start=1):
                cell = self._label(f"{total.key}_{key}", row, column, "muted" if text == "same" else "")
                cell.setText(text)
                cell.setAccessibleName(f"{label}, {key}")
