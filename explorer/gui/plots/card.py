"""A plot with its title, its legend and the box that reads values at the pointer."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from explorer.gui import figures, style
from explorer.gui.plots.plot import CurvePlot

LegendEntry: TypeAlias = tuple[str, str, str]

LEGEND: tuple[LegendEntry, ...] = (("training", "━━", "training"), ("validation", "━━", "validation"))
_GAP = 10  # pixels between the cursor's line and the box
_BEYOND = "The axis leaves out what lies far above all the rest. Zooming out or a double-click shows it too."
_NAMED, _LONGEST = 4, 22  # entries of the legend, and letters of one; the rest is behind its tooltip


class PlotCard(QFrame):
    """A plot in a frame.

    Args:
        name: For objectNames, such as ``loss``.
        title: What it shows, in a word.
        y_label: What the vertical axis shows, with its unit.
        read: Gives the text of the box for an epoch; empty where there is nothing to read.
    """

    def __init__(self, name: str, title: str, y_label: str, read: Callable[[float], str]) -> None:
        super().__init__()
        self.setObjectName(f"card_{name}")
        self.setProperty("card", True)
        self.plot = CurvePlot(f"plot_{name}", y_label)
        self._read = read
        self._entries: tuple[LegendEntry, ...] = LEGEND
        self._title, self._legend, self._beyond = QLabel(title), QLabel(), QLabel()
        self._beyond.setObjectName(f"beyond_{name}")
        self._beyond.setProperty("role", "muted")
        self._title.setProperty("role", "title")
        self._legend.setProperty("role", "muted")
        self._legend.setObjectName(f"legend_{name}")
        self._legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._legend.setMinimumWidth(40)  # long names must not push the window wide
        self._readout = self._make_readout(name)
        self._arrange()
        self.recolor()

    def _make_readout(self, name: str) -> QLabel:
        label = QLabel(self.plot)
        label.setObjectName(f"readout_{name}")
        label.setProperty("role", "readout")
        label.setTextFormat(Qt.TextFormat.PlainText)  # it names runs
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.hide()
        return label

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._beyond)
        head.addWidget(self._legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.plot, 1)

    def show_beyond(self, highest: float) -> None:
        """Says beside the title how far the curves go on above the plot; 0: all that matters is in sight."""
        self._beyond.setText(f"goes up to {figures.loss(highest)}" if highest else "")
        self._beyond.setToolTip(_BEYOND if highest else "")

    def show_cursor(self, epoch: float | None) -> None:
        """Marks an epoch and reads the curves there; None marks nothing."""
        text = "" if epoch is None else self._read(epoch)
        self.plot.show_cursor(epoch if text else None)
        self._readout.setVisible(bool(text))
        if epoch is None or not text:
            return
        self._readout.setText(text)
        self._readout.adjustSize()
        left = self.plot.place_of(epoch) + _GAP
        if left + self._readout.width() > self.plot.width():
            left -= self._readout.width() + 2 * _GAP
        self._readout.move(left, 2 * _GAP)

    @property
    def readout(self) -> str:
        """What stands in the box; empty while there is none."""
        return self._readout.text() if self._readout.isVisibleTo(self.plot) else ""

    def recolor(self) -> None:
        """Takes the colours of the scheme in force."""
        self._show_legend()
        self.plot.recolor()

    def show_legend(self, entries: Sequence[LegendEntry]) -> None:
        """Says what the curves are.

        Args:
            entries: The name of the colour, the line as a character or two, and what it stands for.
        """
        if self._entries != tuple(entries):
            self._entries = tuple(entries)
            self._show_legend()

    def _show_legend(self) -> None:
        palette = style.current()
        parts = [
            f'<span style="color: {getattr(palette, color)}">{line}</span> {html.escape(_cut(text))}'
            for color, line, text in self._entries[:_NAMED]
        ]
        parts += [f"and {len(self._entries) - _NAMED} more"] if len(self._entries) > _NAMED else []
        self._legend.setText("&nbsp;&nbsp;&nbsp; ".join(parts))
        self._legend.setToolTip(", ".join(text for _, _, text in self._entries))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_cursor(None)  # its box stands where the plot was wide before


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
