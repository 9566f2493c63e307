"""The plot of a range test: true places on a logarithmic axis, and values that the keyboard reads too."""

from __future__ import annotations

import itertools
import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.plots.rate_plot import HIGHEST as END
from explorer.gui.plots.rate_plot import LOWEST as BEGINNING
from explorer.gui.plots.rate_plot import RatePlot
from explorer.training import rate_test
from explorer.training.events import RateTried

TRIED = [RateTried(number + 1, 10.0 ** (number / 10 - 6), 2.3 - 0.02 * number) for number in range(60)]


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> RatePlot:
    style.use(qapp, style.LIGHT)
    made = RatePlot()
    qtbot.addWidget(made)
    made.resize(600, 320)
    made.show()
    qtbot.waitExposed(made)
    made.show_rates(TRIED, None)
    return made


def test_the_axis_is_that_of_the_test(plot: RatePlot) -> None:
    assert (BEGINNING, END) == (rate_test.LOWEST, rate_test.HIGHEST)


def test_a_tenfold_rate_is_the_same_way_everywhere(plot: RatePlot) -> None:
    places = plot.places
    ways = [places[number + 10].x() - places[number].x() for number in range(50)]
    assert ways == pytest.approx([(600 - 56 - 14) / 7] * 50)
    assert all(after.y() > before.y() for before, after in itertools.pairwise(places)), "it falls"


def test_a_loss_that_explodes_leaves_the_plot_and_hides_nothing(plot: RatePlot) -> None:
    exploded = [*TRIED, RateTried(61, 1.0, 1e9), RateTried(62, 1.2, math.nan), RateTried(63, 1.4, math.inf)]
    plot.show_rates(exploded, 0.01)
    places = plot.places
    assert len(places) == 61
    assert places[0].y() - places[59].y() < -100, "the fall still fills the plot"
    assert places[60].y() < 0
    plot.grab()


def test_the_pointer_and_the_keys_read_a_rate(plot: RatePlot) -> None:
    QTest.mouseMove(plot, QPoint(round(plot.places[30].x()), 50))
    assert plot.readout == "rate 0.001 · loss 1.7"
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.readout == "rate 0.00079 · loss 1.72"
    plot.show_rates(TRIED[:5], None)
    assert plot.readout == ""
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.readout == "rate 1e-06 · loss 2.3"


def test_nothing_is_drawn_before_a_test(plot: RatePlot) -> None:
    plot.show_rates((), None)
    assert plot.places == ()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.mouseMove(plot, QPoint(300, 50))
    assert plot.readout == ""
    plot.grab()
