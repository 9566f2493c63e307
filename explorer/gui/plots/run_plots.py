"""Loss and accuracy of a run over its epochs, redrawn at a pace that leaves the machine to the training."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui import figures, style
from explorer.gui.plots.axes import accuracy_axis, loss_axis
from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.card import LEGEND, PlotCard
from explorer.gui.plots.curves import nearest
from explorer.gui.plots.linked_zoom import LinkedZoom
from explorer.gui.plots.ranges import accuracy_floor, epochs_shown
from explorer.gui.plots.reach import FIRST_TOP, reach, usual
from explorer.gui.plots.smoothed_run import USUAL_SMOOTHING, Pair, SmoothedRun
from explorer.gui.plots.traces import Trace
from explorer.gui.record.run_record import RunRecord

SHORTEST = 0.2  # seconds between two redraws
SHARE = 0.02  # of the time, at most, for redrawing: while a core draws, the threads of a step wait on all the others
_LONGEST = 2.0  # seconds; however slow the machine draws, a curve is to be seen growing


class RunPlots(QWidget):
    """The two plots of a run.

    Attributes:
        loss: The plot of the loss.
        accuracy: The plot of the accuracy.
        zoom: Which epochs both show.
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
        self._log, self._smoothing = False, USUAL_SMOOTHING
        self._cost = 0.0  # seconds of the last redraw
        self._drawn_at = 0.0  # on the clock of `time.perf_counter`
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._redraw)
        self._record, self._top, self._epochs = RunRecord(), FIRST_TOP, 1
        self._run = SmoothedRun(self._record, self._smoothing, self._epochs)
        self._earlier: list[tuple[str, SmoothedRun]] = []
        self.zoom = LinkedZoom([card.plot for card in self._cards], self.redraw_soon)
        self._follow()
        style.THEME.changed.connect(self._recolor)

    @property
    def _cards(self) -> tuple[PlotCard, PlotCard]:
        return self.loss, self.accuracy

    # What is shown

    def show_record(self, record: RunRecord) -> None:
        """Shows a run."""
        if record is not self._record:
            self._record, self._top = record, FIRST_TOP
            self.zoom.show_whole()

    def show_earlier(self, runs: Sequence[tuple[str, RunRecord]]) -> None:
        """Shows other runs behind it, dashed.

        Args:
            runs: What each is called, and its curves.
        """
        self._earlier = [(name, SmoothedRun(record, self._smoothing, self._epochs)) for name, record in runs]
        names = [("earlier", "╌╌", name) for name, _ in runs]
        for card in self._cards:
            card.show_legend((*LEGEND, *names))
        self.redraw_soon()

    def set_log(self, log: bool) -> None:
        """Shows the loss on a logarithmic axis, or on a linear one."""
        self._log = log
        self.redraw_now()

    def set_log_across(self, log: bool) -> None:
        """Counts the epochs on a logarithmic axis, or on a linear one."""
        self.zoom.set_log(log)
        self.redraw_now()

    def set_smoothing(self, weight: float) -> None:
        """Smooths the training curves: 0 is not at all, just below 1 is a straight line."""
        self._smoothing = weight
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
        for card in self._cards:
            card.plot.show_marks([stage.epoch - 1 for stage in self._record.stages])
        self._drawn_at = time.perf_counter()
        self._cost = self._drawn_at - begun + painting  # painting follows later, so that of the last time counts

    def _follow(self) -> None:
        record = self._record
        self._epochs = epochs_shown(record.step / record.steps_per_epoch, record.epochs)
        how = self._smoothing, self._epochs
        self._run = self._run.following(record, *how)
        self._earlier = [(name, run.following(run.record, *how)) for name, run in self._earlier]

    @property
    def _all(self) -> list[SmoothedRun]:
        return [self._run, *(run for _, run in self._earlier)]

    def _epoch_axis(self) -> Axis:
        return self.zoom.axis(self._epochs, 1 / self._record.steps_per_epoch)

    def _show_loss(self) -> None:
        across = self._epoch_axis()
        seen = [run.losses(self.zoom.epochs) for run in self._all]
        height = reach(seen, usual([run.losses() for run in self._all], is_first_in_front=True))
        self._top = height.top(self._top if self.zoom.is_whole else 0.0, is_tall=self.zoom.is_tall) or self._top
        axis = loss_axis([values for run in seen for values in run], self._top, log=self._log)
        self.loss.show_beyond(0.0 if self._log else height.beyond(self._top))
        self.loss.plot.show_axes(across, axis, log=self._log, log_across=self.zoom.log)
        self.loss.plot.show_curves(self._record.loss, self._run.loss, self._record.validation_loss)
        self.loss.plot.show_traces(self._traces(SmoothedRun.loss_curves))

    def _show_accuracy(self) -> None:
        record, across = self._record, self._epoch_axis()
        floor = min(accuracy_floor(*run.accuracies(self.zoom.epochs)) for run in self._all)
        self.accuracy.plot.show_axes(across, accuracy_axis(floor), log_across=self.zoom.log)
        self.accuracy.plot.show_curves(record.accuracy, self._run.accuracy, record.validation_accuracy)
        self.accuracy.plot.show_traces(self._traces(SmoothedRun.accuracy_curves))

    def _traces(self, curves: Callable[[SmoothedRun], Pair]) -> list[Trace]:
        color = style.current().earlier
        return [Trace(curve.x, curve.y, color, dashed=True) for _, run in self._earlier for curve in curves(run)]

    def _recolor(self) -> None:
        for card in self._cards:
            card.recolor()
        self.redraw_now()

    # Reading values

    def _show_cursor(self, epoch: float | None) -> None:
        """Puts the line where the values are: on the training point nearest to an epoch."""
        x = self._run.loss.x
        point = None if epoch is None else nearest(x, epoch)
        for card in self._cards:
            card.show_cursor(epoch if point is None else float(x[point]))

    def _read_loss(self, epoch: float) -> str:
        return self._read(epoch, self._run.loss_curves(), figures.loss)

    def _read_accuracy(self, epoch: float) -> str:
        return self._read(epoch, self._run.accuracy_curves(), "{:.1f} %".format)

    def _read(self, epoch: float, curves: Pair, words: Callable[[float], str]) -> str:
        """What is drawn at an epoch; another run may be shown already, and drawn next."""
        (training, validation), lines = curves, []
        point = nearest(training.x, epoch)
        if point is not None:
            step = int(self._run.record.steps.y[point])
            lines.append(f"step {step:,} · training {words(training.y[point])}")
        point = nearest(validation.x, epoch)
        if point is not None:
            lines.append(f"epoch {validation.x[point]:.0f} · validation {words(validation.y[point])}")
        return "\n".join(lines)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw_soon()
