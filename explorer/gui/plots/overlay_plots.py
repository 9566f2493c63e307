"""Loss and accuracy of several runs over one another, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.gui import figures, style
from explorer.gui.plots.axes import accuracy_axis, loss_axis
from explorer.gui.plots.card import PlotCard
from explorer.gui.plots.curves import nearest
from explorer.gui.plots.linked_zoom import LinkedZoom
from explorer.gui.plots.ranges import accuracy_floor, epochs_needed
from explorer.gui.plots.reach import FIRST_TOP, reach, usual
from explorer.gui.plots.smoothed_run import USUAL_SMOOTHING, Pair, SmoothedRun
from explorer.gui.plots.traces import Trace
from explorer.gui.record.curve import Curve
from explorer.gui.record.run_record import RunRecord

COLORS = ("training", "validation", "pooling", "linear", "merge", "bad", "text", "muted")  # of the palette
_PAUSE = 100  # milliseconds, at least, between two redraws
_NOTHING = Curve()

Named = tuple[str, RunRecord]
Curves = Callable[[SmoothedRun], Pair]


class OverlayPlots(QWidget):
    """The two plots: training thin and dashed, validation strong.

    Attributes:
        loss: The plot of the loss.
        accuracy: The plot of the accuracy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("overlay_plots")
        self.loss = PlotCard("runs_loss", "Loss", "loss (cross-entropy, nats)", self._read_loss)
        self.accuracy = PlotCard("runs_accuracy", "Accuracy", "accuracy (%)", self._read_accuracy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for card in self._cards:
            row.addWidget(card, 1)
            card.show_legend(())  # the colours are told once, above both
            card.plot.hovered.connect(self._show_cursor)
        self._runs: list[tuple[str, SmoothedRun]] = []
        self._live: frozenset[str] = frozenset()
        self._log = False
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._redraw)
        self.zoom = LinkedZoom([card.plot for card in self._cards], self.redraw_soon)
        style.THEME.changed.connect(self._recolor)

    @property
    def _cards(self) -> tuple[PlotCard, PlotCard]:
        return self.loss, self.accuracy

    def show_runs(self, runs: Sequence[Named], live: Collection[str] = ()) -> None:
        """Shows runs; what they gain is drawn with the next `redraw_soon`.

        Args:
            runs: What each is called, and its curves; no more than there are colours.
            live: What those are called that go on.
        """
        known = {id(run.record): run for _, run in self._runs}
        self._live = frozenset(live)
        how = USUAL_SMOOTHING, self._epochs_of(runs)
        self._runs = [(name, known.get(id(record)) or SmoothedRun(record, *how)) for name, record in runs]
        self.redraw_soon()

    def set_log(self, log: bool) -> None:
        """Shows the loss on a logarithmic axis, or on a linear one."""
        self._log = log
        self.redraw_soon()

    def _epochs_of(self, runs: Sequence[Named]) -> int:
        """The end of the epoch axis."""
        return max(
            (
                epochs_needed(record.step / record.steps_per_epoch, record.epochs, goes_on=name in self._live)
                for name, record in runs
            ),
            default=1,
        )

    # Drawing

    def redraw_soon(self) -> None:
        """Redraws within a tenth of a second, if somebody can see it."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _redraw(self) -> None:
        epochs = self._epochs_of([(name, run.record) for name, run in self._runs])
        self._runs = [(name, run.following(run.record, USUAL_SMOOTHING, epochs)) for name, run in self._runs]
        first = min((1 / run.record.steps_per_epoch for _, run in self._runs), default=1.0)
        across = self.zoom.axis(epochs, first)
        seen = [run.losses(self.zoom.epochs) for _, run in self._runs]
        height = reach(seen, usual([run.losses() for _, run in self._runs]))
        top = height.top(0.0, is_tall=self.zoom.is_tall) or FIRST_TOP
        axis = loss_axis([values for run in seen for values in run], top, log=self._log)
        self.loss.show_beyond(0.0 if self._log else height.beyond(top))
        self.loss.plot.show_axes(across, axis, log=self._log, log_across=self.zoom.log)
        floor = min((accuracy_floor(*run.accuracies(self.zoom.epochs)) for _, run in self._runs), default=0.0)
        self.accuracy.plot.show_axes(across, accuracy_axis(floor), log_across=self.zoom.log)
        for card, curves in ((self.loss, SmoothedRun.loss_curves), (self.accuracy, SmoothedRun.accuracy_curves)):
            card.plot.show_curves(_NOTHING, _NOTHING, _NOTHING)
            card.plot.show_traces(self._traces(curves))

    def _traces(self, curves: Curves) -> list[Trace]:
        traces = []
        for role, (_, run) in zip(COLORS, self._runs, strict=False):
            color, (training, validation) = getattr(style.current(), role), curves(run)
            traces.append(Trace(training.x, training.y, color, dashed=True))
            traces.append(Trace(validation.x, validation.y, color, width=2))
        return traces

    def _recolor(self) -> None:
        for card in self._cards:
            card.recolor()
        self.redraw_soon()

    # Reading values

    def _show_cursor(self, epoch: float | None) -> None:
        for card in self._cards:
            card.show_cursor(epoch)

    def _read_loss(self, epoch: float) -> str:
        return self._read(epoch, SmoothedRun.loss_curves, figures.loss)

    def _read_accuracy(self, epoch: float) -> str:
        return self._read(epoch, SmoothedRun.accuracy_curves, "{:.1f} %".format)

    def _read(self, epoch: float, curves: Curves, words: Callable[[float], str]) -> str:
        lines = []
        for name, run in self._runs:
            _, validation = curves(run)
            point = nearest(validation.x, epoch)
            if point is not None:
                lines.append(f"{name}: epoch {validation.x[point]:.0f} · {words(validation.y[point])}")
        return "\n".join(lines)

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(900, 300)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw_soon()
