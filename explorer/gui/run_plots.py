"""Loss and accuracy of a run over its epochs, redrawn at a pace that leaves the machine to the training."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui import style
from explorer.gui.curves import Curve, SmoothedCurve, nearest
from explorer.gui.plot_backdrop import Axis
from explorer.gui.plot_card import PlotCard
from explorer.gui.plot_ranges import (
    accuracy_floor,
    epoch_ticks,
    epochs_shown,
    log_ticks,
    loss_decades,
    loss_top,
    ticks,
)
from explorer.gui.run_record import RunRecord

SHORTEST = 0.1  # seconds between two redraws
SHARE = 0.05  # of the time, at most, for redrawing
_LONGEST = 2.0  # seconds; however slow the machine draws, a curve is to be seen growing
_UNITS = 400  # of an axis, for smoothing: curves of quick and slow runs look alike
_FIRST_TOP = 2.5  # of the loss axis: ten classes begin at 2.3


class RunPlots(QWidget):
    """The two plots of a run.

    Attributes:
        loss: The plot of the loss.
        accuracy: The plot of the accuracy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("run_plots")
        self.loss = PlotCard("loss", "Loss", "loss (cross-entropy, nats)", self._read_loss)
        self.accuracy = PlotCard("accuracy", "Accuracy", "accuracy (%)", self._read_accuracy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for card in self._cards:
            column.addWidget(card, 1)
            card.plot.hovered.connect(self._show_cursor)
        self._log, self._smoothing = False, 0.8
        self._cost = 0.0  # seconds of the last redraw
        self._drawn_at = 0.0  # on the clock of `time.perf_counter`
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._redraw)
        self._record, self._top, self._epochs = RunRecord(), _FIRST_TOP, 0
        self._follow()
        style.THEME.changed.connect(self._recolor)

    @property
    def _cards(self) -> tuple[PlotCard, PlotCard]:
        return self.loss, self.accuracy

    # What is shown

    def show_record(self, record: RunRecord) -> None:
        """Shows a run."""
        if record is not self._record:
            self._record, self._top, self._epochs = record, _FIRST_TOP, 0
            self.redraw_soon()

    def set_log(self, log: bool) -> None:
        """Shows the loss on a logarithmic axis, or on a linear one."""
        self._log = log
        self.redraw_now()

    def set_smoothing(self, weight: float) -> None:
        """Smooths the training curves: 0 is not at all, just below 1 is a straight line."""
        self._smoothing, self._epochs = weight, 0
        self.redraw_now()

    # Redrawing

    def redraw_soon(self) -> None:
        """Redraws as soon as the pace allows; nothing happens while nobody can see it."""
        if self._timer.isActive() or not self.isVisible() or self.window().isMinimized():
            return
        pause = min(max(SHORTEST, self._cost / SHARE), _LONGEST)
        wait = self._drawn_at + pause - time.perf_counter()
        self._timer.start(max(int(1000 * wait), 0))

    def redraw_now(self) -> None:
        """Redraws, because the person has asked for something."""
        if self.isVisible():
            self._redraw()

    def _redraw(self) -> None:
        begun = time.perf_counter()
        painting = sum(card.plot.seconds for card in self._cards)
        for card in self._cards:
            card.plot.seconds = 0.0
        self._follow()
        self._show_loss()
        self._show_accuracy()
        self._drawn_at = time.perf_counter()
        self._cost = self._drawn_at - begun + painting  # painting follows later, so that of the last time counts

    def _follow(self) -> None:
        record = self._record
        epochs = epochs_shown(record.step / record.steps_per_epoch, record.epochs)
        if epochs != self._epochs:
            self._epochs = epochs
            unit = epochs / _UNITS
            self._smooth_loss = SmoothedCurve(record.loss, self._smoothing, unit)
            self._smooth_accuracy = SmoothedCurve(record.accuracy, self._smoothing, unit)
        self._smooth_loss.follow()
        self._smooth_accuracy.follow()

    def _epoch_axis(self) -> Axis:
        marks = tuple((float(epoch), f"{epoch:,}") for epoch in epoch_ticks(self._epochs))
        return Axis(0.0, float(self._epochs), marks)

    def _show_loss(self) -> None:
        record = self._record
        seen = (self._smooth_loss.y, record.validation_loss.y)
        if self._log:
            low, high = loss_decades(seen)
            axis = Axis(low, high, tuple((math.log10(value), f"{value:g}") for value in log_ticks(low, high)))
        else:
            self._top = loss_top(seen, self._top)
            axis = Axis(0.0, self._top, tuple((value, f"{value:.2f}") for value in ticks(0.0, self._top)))
        self.loss.plot.show_axes(self._epoch_axis(), axis, log=self._log)
        self.loss.plot.show_curves(record.loss, self._smooth_loss, record.validation_loss)

    def _show_accuracy(self) -> None:
        record = self._record
        floor = accuracy_floor(self._smooth_accuracy.y, record.validation_accuracy.y)
        axis = Axis(floor, 100.0, tuple((value, f"{value:g} %") for value in ticks(floor, 100.0)))
        self.accuracy.plot.show_axes(self._epoch_axis(), axis)
        self.accuracy.plot.show_curves(record.accuracy, self._smooth_accuracy, record.validation_accuracy)

    def _recolor(self) -> None:
        for card in self._cards:
            card.recolor()
        self.redraw_now()

    # Reading values

    def _show_cursor(self, epoch: float | None) -> None:
        """Puts the line where the values are: on the training point nearest to an epoch."""
        x = self._smooth_loss.x
        point = None if epoch is None else nearest(x, epoch)
        for card in self._cards:
            card.show_cursor(epoch if point is None else float(x[point]))

    def _read_loss(self, epoch: float) -> str:
        return self._read(epoch, self._smooth_loss, self._record.validation_loss, "{:#.3g}")

    def _read_accuracy(self, epoch: float) -> str:
        return self._read(epoch, self._smooth_accuracy, self._record.validation_accuracy, "{:.1f} %")

    def _read(self, epoch: float, training: Curve, validation: Curve, form: str) -> str:
        lines = []
        point = nearest(training.x, epoch)
        if point is not None:
            step = int(self._record.steps.y[point])
            lines.append(f"step {step:,} · training {form.format(training.y[point])}")
        point = nearest(validation.x, epoch)
        if point is not None:
            lines.append(f"epoch {validation.x[point]:.0f} · validation {form.format(validation.y[point])}")
        return "\n".join(lines)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw_soon()
