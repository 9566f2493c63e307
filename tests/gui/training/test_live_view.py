"""The live view: zoom, logarithmic axes, earlier runs behind the one that trains, its pace and its health."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui.panels.train_now import pace_of
from explorer.gui.plots.health_bars import HealthBars, in_words
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.plots.run_plots import RunPlots
from explorer.gui.record.run_record import RunRecord
from explorer.gui.training.run_state import State
from explorer.training.events import BlockStatistics
from tests.gui.desk import Desk
from tests.gui.fed_record import STARTED, fed
from tests.gui.made_run import make_run

BLOCKS = BlockStatistics(
    step=9, epoch=3, blocks=("stem", "relu", "fc"), gradient=(0.5, None, 0.25), weight=(1.0, None, 2.0),
    update=(0.001, None, 0.002), dead=(None, 0.5, None),
)  # fmt: skip


def wheel(plot: CurvePlot, notches: int) -> QPointF:
    """Turns the wheel in the middle of a plot; where that is."""
    place = QPointF(plot.rect().center())
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        place, plot.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), none, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)
    return place


def shown(plot: CurvePlot) -> tuple[float, float]:
    across = plot.axes[0]
    return across.low, across.high


def test_the_wheel_zooms_both_plots_around_the_pointer(plots: RunPlots, qtbot: QtBot) -> None:
    loss, accuracy = plots.loss.plot, plots.accuracy.plot
    before = loss.epoch_at(QPointF(loss.rect().center()))
    place = wheel(loss, 3)
    qtbot.waitUntil(lambda: shown(loss)[1] - shown(loss)[0] < 6)
    assert shown(accuracy) == shown(loss)
    assert loss.epoch_at(place) == pytest.approx(before, abs=0.02)
    wheel(accuracy, -9)
    qtbot.waitUntil(lambda: shown(loss) == (0, 10))
    assert shown(accuracy) == (0, 10)


def test_dragging_moves_and_a_double_click_shows_all_again(plots: RunPlots, qtbot: QtBot) -> None:
    loss, accuracy = plots.loss.plot, plots.accuracy.plot
    wheel(loss, 4)
    qtbot.waitUntil(lambda: not plots.zoom.is_whole and shown(loss) != (0, 10))
    low = shown(loss)[0]
    start = loss.rect().center()
    QTest.mousePress(loss.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(loss.viewport(), start + QPoint(60, 0))
    QTest.mouseRelease(loss.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    qtbot.waitUntil(lambda: shown(loss)[0] < low)
    assert shown(accuracy) == shown(loss)
    QTest.mouseDClick(accuracy.viewport(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(loss) == shown(accuracy) == (0, 10))


def test_the_keyboard_zooms_and_moves_too(plots: RunPlots, qtbot: QtBot) -> None:
    loss = plots.loss.plot
    for _ in range(4):
        QTest.keyClick(loss, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: shown(loss)[1] - shown(loss)[0] < 5)
    low = shown(loss)[0]
    QTest.keyClick(loss, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: shown(loss)[0] > low)
    QTest.keyClick(loss, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: shown(loss) == (0, 10))


def test_a_zoomed_plot_draws_only_what_is_in_sight(plots: RunPlots, qtbot: QtBot) -> None:
    plots.show_record(fed(_started(), 1, 990))
    qtbot.waitUntil(lambda: plots.loss.plot.drawn_points[1] == 9)
    for _ in range(8):
        QTest.keyClick(plots.loss.plot, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: plots.loss.plot.drawn_points[1] <= 4)


def _started() -> RunRecord:
    record = RunRecord()
    record.take(STARTED)
    return record


def test_epochs_can_be_truly_logarithmic(plots: RunPlots) -> None:
    plots.set_log_across(True)
    axis = plots.loss.plot.axes[0]
    assert (axis.low, axis.high) == (-2.0, 1.0)  # from the first of a hundred steps an epoch to the tenth epoch
    for where, text in axis.ticks:
        assert where == pytest.approx(math.log10(float(text)))
    box = plots.loss.plot.getPlotItem().getViewBox()
    middle = QPointF(plots.loss.plot.mapFromScene(box.mapViewToScene(QPointF(-0.5, axis.low))))
    assert plots.loss.plot.place_of(10**-0.5) == pytest.approx(middle.x(), abs=1)
    plots.loss.plot.hovered.emit(1.0)
    assert "epoch 1" in plots.loss.readout
    plots.set_log_across(False)
    assert shown(plots.loss.plot) == (0, 10)


def test_earlier_runs_are_chosen_from_a_list_and_drawn_behind(desk: Desk, tmp_path: Path) -> None:
    make_run(tmp_path / "runs", "2026-01-01-1-before", reason="finished")
    desk.training.browser.look()
    earlier = desk.find("earlier_list")
    assert isinstance(earlier, QListWidget)
    desk.qtbot.waitUntil(lambda: earlier.count() == 1)
    assert earlier.item(0).text() == "2026-01-01-1-before · 90.0 %"
    assert earlier.viewport().height() == earlier.visualItemRect(earlier.item(0)).height() >= 20, "for a hand"
    desk.window.resize(1280, 1500)
    QTest.qWait(20)
    assert desk.find("earlier_runs").height() == earlier.height(), "a high window parts it from its heading"
    desk.window.resize(1280, 800)
    desk.training.change("epochs", 4)  # as many as the earlier run has, so that all of it is in sight
    desk.training.start(desk.session.network)
    desk.until(State.FINISHED)
    earlier.setFocus()
    earlier.setCurrentRow(0)
    QTest.keyClick(earlier, Qt.Key.Key_Space)
    plot = desk.plot("loss")
    desk.qtbot.waitUntil(lambda: plot.trace_points == [40, 4])
    legend = desk.find("legend_loss")
    assert isinstance(legend, QLabel)
    assert "2026-01-01-1-before" in legend.text()
    QTest.keyClick(earlier, Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: plot.trace_points == [0, 0])


def test_a_run_that_comes_to_the_front_is_not_drawn_behind_itself(desk: Desk, tmp_path: Path) -> None:
    one, two = (make_run(tmp_path / "runs", name, reason="finished").folder for name in ("one", "two"))
    browser, legend = desk.training.browser, desk.find("legend_loss")
    for folder in (one, two):
        browser.overlay(folder, on=True)
    desk.qtbot.waitUntil(lambda: None not in (browser.record(one), browser.record(two)))
    desk.training.follow(two)
    desk.qtbot.waitUntil(lambda: legend.toolTip() == "training, validation, one")
    desk.qtbot.waitUntil(lambda: sum(points > 0 for points in desk.plot("loss").trace_points) == 2)
    desk.training.follow(one)
    desk.qtbot.waitUntil(lambda: legend.toolTip() == "training, validation, two")


def test_a_run_with_block_statistics_fills_the_bars_and_the_line_at_the_bottom(desk: Desk) -> None:
    assert "Switch block statistics on" in desk.text("health_words")
    desk.training.change("block_statistics", True)
    desk.training.change("epochs", 500)
    desk.training.start(desk.session.network)
    desk.training.change("device", "mps")  # of the next run
    desk.qtbot.waitUntil(lambda: desk.training.record.blocks is not None, timeout=60_000)
    desk.qtbot.waitUntil(lambda: "gradient norm by block, epoch" in desk.text("health_words"))
    assert desk.find("health_bars").accessibleName().startswith("conv ")
    desk.qtbot.waitUntil(lambda: desk.text("status_device").startswith("CPU, 1 thread · "))
    assert desk.text("pace_lr") == "0.01"
    desk.training.stop()
    desk.until(State.FINISHED)
    assert desk.text("status_device") == ""


def test_the_bars_show_what_is_chosen(qtbot: QtBot) -> None:
    health = HealthBars()
    qtbot.addWidget(health)
    health.show_blocks(BLOCKS)
    which, bars = health.findChild(QComboBox, "choice_health"), health.findChild(QWidget, "health_bars")
    assert isinstance(which, QComboBox)
    assert bars is not None
    names = []
    for row in range(which.count()):
        which.setCurrentIndex(row)
        which.activated.emit(row)
        names.append(bars.accessibleName())
    assert names == ["stem 0.5, fc 0.25", "stem 1, fc 2", "stem 0.001, fc 0.002", "relu 50%"]


def test_a_block_that_does_not_learn_is_named() -> None:
    assert "all finite, no block is dead" in in_words(BLOCKS, "gradient norm")
    bad = BlockStatistics(9, 3, ("stem", "relu"), (None, None), (1.0, None), (None, None), (None, 1.0))
    words = in_words(bad, "gradient norm")
    assert "no finite gradient in stem" in words
    assert "all channels dead in relu" in words


def test_the_pace_says_when_the_epoch_and_the_run_end() -> None:
    record = fed(_started(), 1, 551)  # 1,000 images a second, 2,000 an epoch, in the middle of the sixth of ten
    pace = pace_of(record)
    assert (pace["lr"], pace["speed"], pace["epoch_left"], pace["left"]) == ("0.1", "1,000", "0:01", "0:09")
