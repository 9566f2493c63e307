"""The plots of a run: axes, curves, readout, and how seldom they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.curves import SmoothedCurve
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.plots.run_plots import RunPlots
from explorer.gui.record.curve import Curve
from explorer.gui.record.run_record import RunRecord
from tests.gui.fed_record import STARTED, fed


def labels_of(axis: Axis) -> list[str]:
    return [text for _, text in axis.ticks]


def test_axes_are_labelled_with_units_and_hold_the_curves(plots: RunPlots) -> None:
    for card, words in ((plots.loss, "loss (cross-entropy, nats)"), (plots.accuracy, "accuracy (%)")):
        item = card.plot.getPlotItem()
        assert item.getAxis("left").labelText == words
        assert item.getAxis("bottom").labelText == "epoch"
    epochs, loss = plots.loss.plot.axes
    assert labels_of(epochs) == [str(number) for number in range(11)]
    assert (loss.low, loss.high) == (0.0, 2.5)
    assert labels_of(plots.accuracy.plot.axes[1])[-1] == "100 %"


def test_a_low_plot_says_what_it_shows_without_the_unit(plots: RunPlots, qtbot: QtBot) -> None:
    axis = plots.loss.plot.getPlotItem().getAxis("left")
    plots.resize(800, 330)
    qtbot.waitUntil(lambda: axis.labelText == "loss")
    label = axis.label.mapRectToParent(axis.label.boundingRect())
    assert label.height() <= axis.height()
    assert abs(label.center().y() - axis.height() / 2) < 3
    plots.resize(800, 600)
    qtbot.waitUntil(lambda: axis.labelText == "loss (cross-entropy, nats)")
    assert axis.label.mapRectToParent(axis.label.boundingRect()).height() <= axis.height()


def test_the_loss_axis_can_be_truly_logarithmic(plots: RunPlots) -> None:
    plots.set_log(True)
    _, axis = plots.loss.plot.axes
    for where, text in axis.ticks:
        assert 10**where == pytest.approx(float(text))
    drawn = plots.loss.plot._validation.getData()[1]
    np.testing.assert_allclose(10**drawn, plots._record.validation_loss.y)
    plots.set_log(False)
    assert plots.loss.plot.axes[1].low == 0.0


def test_smoothing_changes_the_strong_curve_and_not_the_raw_one(plots: RunPlots) -> None:
    raw = plots.loss.plot._raw.getData()[1].copy()
    strong = plots.loss.plot._smooth.getData()[1].copy()
    plots.set_smoothing(0.0)
    np.testing.assert_array_equal(plots.loss.plot._raw.getData()[1], raw)
    assert not np.array_equal(plots.loss.plot._smooth.getData()[1], strong)


def test_the_pointer_reads_both_curves_in_both_plots(plots: RunPlots, qtbot: QtBot) -> None:
    place = QPointF(plots.loss.plot.place_of(3.02), 60).toPoint()
    QTest.mouseMove(plots.loss.plot.viewport(), place)
    qtbot.waitUntil(lambda: bool(plots.loss.readout))
    step, epoch = plots.loss.readout.splitlines()
    assert step.startswith("step 30")
    assert line_of(plots.loss.plot) == line_of(plots.accuracy.plot) == int(step.split()[1]) / 100
    assert epoch == f"epoch 3 · validation {plots._record.validation_loss.y[2]:#.3g}"
    assert (
        plots.accuracy.readout.splitlines()[1] == f"epoch 3 · validation {plots._record.validation_accuracy.y[2]:.1f} %"
    )
    QTest.keyClick(plots.loss.plot, Qt.Key.Key_Escape)
    assert plots.loss.readout == plots.accuracy.readout == ""


def test_the_pointer_reads_what_is_drawn_until_the_next_run_is(plots: RunPlots) -> None:
    record = RunRecord()
    record.take(STARTED)
    plots.show_record(fed(record, 1, 2))
    plots.loss.plot.hovered.emit(3.02)
    assert plots.loss.readout.startswith("step 302 "), "of the run whose curve is in sight"
    plots.redraw_now()
    plots.loss.plot.hovered.emit(3.02)
    assert plots.loss.readout.startswith("step 1 ")


def line_of(plot: CurvePlot) -> float:
    """The epoch where the line stands."""
    return float(plot._line.value())


def test_the_line_stands_where_its_value_belongs(plots: RunPlots, qtbot: QtBot) -> None:
    """Right of the newest point there is nothing to read."""
    place = QPointF(plots.loss.plot.place_of(9.0), 60).toPoint()
    QTest.mouseMove(plots.loss.plot.viewport(), place)
    qtbot.waitUntil(lambda: bool(plots.loss.readout))
    assert plots.loss.readout.startswith("step 549 ")
    assert line_of(plots.loss.plot) == 5.49
    QTest.keyClick(plots.loss.plot, Qt.Key.Key_Left)
    assert plots.loss.readout.startswith("step 539 "), "and from there it goes on"


def test_the_keyboard_goes_from_point_to_point_of_a_short_run(plots: RunPlots) -> None:
    record = RunRecord()
    record.take(STARTED)
    for number in (1, 2, 300):
        fed(record, number, number + 1)
    plots.show_record(record)
    plots.redraw_now()
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(plots.loss.plot, key)
        seen.append(plots.loss.readout.split(" ·")[0])
    assert seen == ["step 300", "step 300", "step 2", "step 1"]


def test_the_keyboard_reads_values_too(plots: RunPlots, qtbot: QtBot) -> None:
    for _ in range(10):
        QTest.keyClick(plots.accuracy.plot, Qt.Key.Key_Right)
    assert plots.loss.readout.startswith("step 100 ")
    QTest.keyClick(plots.accuracy.plot, Qt.Key.Key_Left)
    assert plots.loss.readout.startswith("step 90 ")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds on the clock of the plots, which stands unless a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("explorer.gui.plots.run_plots.time.perf_counter", lambda: now[0])
    return now


def test_however_often_something_comes_it_is_drawn_five_times_a_second(
    plots: RunPlots, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    drawn: list[int] = []
    show = plots.loss.plot.show_curves

    def count(*curves: Curve) -> None:
        drawn.append(len(curves[0].x))
        show(*curves)

    plots._timer.stop()
    for _ in range(2):  # the first one counts what painting took before the clock stood
        plots.redraw_now()
    monkeypatch.setattr(plots.loss.plot, "show_curves", count)
    for step in range(550, 600):
        fed(plots._record, step, step + 1)
        plots.redraw_soon()
        clock[0] += 0.001
    assert drawn == []
    assert plots._timer.interval() == pytest.approx(200, abs=1)
    qtbot.waitUntil(lambda: bool(drawn))
    assert drawn == [len(plots._record.loss.x)], "one redraw shows all that came"
    assert not plots._timer.isActive()
    clock[0] += 0.17
    plots.redraw_soon()
    assert plots._timer.interval() == pytest.approx(30, abs=1)


def test_a_slow_machine_redraws_less_often(plots: RunPlots, clock: list[float]) -> None:
    plots._timer.stop()
    plots._cost, plots._drawn_at = 0.02, clock[0]
    plots.redraw_soon()
    assert plots._timer.interval() == pytest.approx(1000, abs=1)


def test_what_nobody_sees_is_not_drawn(plots: RunPlots, qtbot: QtBot) -> None:
    plots._timer.stop()
    plots.hide()
    fed(plots._record, 550, 700)
    plots.redraw_soon()
    assert not plots._timer.isActive()
    plots.show()
    qtbot.waitUntil(lambda: plots.loss.plot.drawn_points[1] == 6)


def test_a_curve_of_a_hundred_thousand_points_is_two_a_pixel_at_most(plots: RunPlots) -> None:
    raw, validation = Curve(), Curve()
    for index, value in enumerate(np.random.default_rng(0).normal(1, 0.3, size=100_000).tolist()):
        raw.append(index / 10_000, value if index % 7 else None)
    smooth = SmoothedCurve(raw, 0.8, 0.05)
    smooth.follow()
    plot = plots.loss.plot
    plot.show_curves(raw, smooth, validation)
    assert plot.drawn_points[0] <= 2 * plot.width()
    assert np.isfinite(plot._raw.getData()[1]).all()


def test_the_plots_follow_the_scheme_while_they_are_open(plots: RunPlots, qtbot: QtBot, qapp: object) -> None:
    def corner() -> str:
        return str(plots.loss.plot.grab().toImage().pixelColor(3, 3).name()).upper()

    try:
        style.use(qapp, style.DARK)  # type: ignore[arg-type]
        assert corner() == style.DARK.pane
        assert plots.loss.plot._smooth.opts["pen"].color().name().upper() == style.DARK.training
    finally:
        style.use(qapp, style.LIGHT)  # type: ignore[arg-type]
    assert corner() == style.LIGHT.pane
