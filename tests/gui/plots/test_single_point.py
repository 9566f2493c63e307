"""A run of one step shows its one point, whatever the smoothing and the colours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from explorer.gui import style
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.record.curve import Curve

_NOTHING = Curve()


def curve(*values: float) -> Curve:
    made = Curve()
    for number, value in enumerate(values):
        made.append(0.5 + number / 10, value)
    return made


@pytest.fixture
def plot(qapp: QApplication) -> Iterator[CurvePlot]:
    made = CurvePlot("plot_test", "loss")
    made.resize(300, 200)
    made.show()
    yield made
    shiboken6.delete(made)
    style.use(qapp, style.LIGHT)


def rows(plot: CurvePlot, color: str) -> int:
    """How many rows of pixels have this very colour somewhere."""
    image, wanted = plot.grab().toImage(), QColor(color)
    return sum(any(image.pixelColor(x, y) == wanted for x in range(image.width())) for y in range(image.height()))


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK])
def test_a_point_alone_is_a_dot_and_two_are_a_line(plot: CurvePlot, qapp: QApplication, palette: style.Palette) -> None:
    style.use(qapp, palette)
    plot.recolor()
    assert rows(plot, palette.training) == 0
    plot.show_curves(curve(0.4), curve(0.4), _NOTHING)
    assert 4 <= rows(plot, palette.training) <= 8
    plot.show_curves(curve(0.4, 0.4), curve(0.4, 0.4), _NOTHING)
    assert 1 <= rows(plot, palette.training) <= 2
    plot.show_curves(_NOTHING, _NOTHING, _NOTHING)
    assert rows(plot, palette.training) == 0


def test_a_raw_point_is_seen_where_nothing_smooth_is(plot: CurvePlot) -> None:
    before = plot.grab().toImage()
    plot.show_curves(curve(0.4), _NOTHING, _NOTHING)
    assert plot.grab().toImage() != before
