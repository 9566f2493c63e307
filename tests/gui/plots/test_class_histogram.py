"""The bars of the classes, for two and for a hundred of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.plots.class_histogram import ClassHistogram, summary


@pytest.fixture
def histogram(qtbot: QtBot, qapp: QApplication) -> ClassHistogram:
    style.use(qapp, style.LIGHT)
    made = ClassHistogram()
    qtbot.addWidget(made)
    made.resize(400, 80)
    made.show()
    qtbot.waitExposed(made)
    return made


def heights(histogram: ClassHistogram, count: int) -> list[int]:
    """How many pixels of each column have the colour of the bars."""
    image, accent = histogram.grab().toImage(), QColor(style.LIGHT.accent)
    step = histogram.width() / count
    middles = [int((place + 0.5) * step - 0.5) for place in range(count)]
    return [sum(image.pixelColor(x, y) == accent for y in range(52)) for x in middles]


def test_a_hundred_classes_stand_side_by_side_in_their_proportions(histogram: ClassHistogram) -> None:
    counts = [10 * (number + 1) for number in range(100)]
    histogram.show_counts([f"class {number}" for number in range(100)], counts)
    found = heights(histogram, 100)
    assert found == pytest.approx([52 * count / 1000 for count in counts], abs=1.01)
    assert histogram.caption == "100 classes, 10 to 1,000 images each"


def test_two_classes_have_their_names(histogram: ClassHistogram) -> None:
    histogram.show_counts(("cat", "dog"), (3, 12))
    assert histogram.accessibleDescription() == "cat: 3, dog: 12"
    assert histogram.sizeHint().height() == 34
    image, accent = histogram.grab().toImage(), QColor(style.LIGHT.accent)
    long = [sum(image.pixelColor(x, 8 + 17 * row) == accent for x in range(400)) for row in range(2)]
    assert long[0] == pytest.approx(long[1] / 4, abs=2)


def test_the_pointer_and_the_keys_read_a_class(histogram: ClassHistogram, qtbot: QtBot) -> None:
    histogram.show_counts([f"class {number}" for number in range(40)], range(40))
    QTest.mouseMove(histogram, QPoint(203, 20))
    assert histogram.caption == "class 20: 20"
    histogram.setFocus()
    QTest.keyClick(histogram, Qt.Key.Key_Right)
    assert histogram.caption == "class 21: 21"
    for _ in range(30):
        QTest.keyClick(histogram, Qt.Key.Key_Right)
    assert histogram.caption == "class 39: 39"
    histogram.clearFocus()
    assert histogram.caption == "40 classes, 0 to 39 images each"


def test_classes_that_have_the_same_number_say_it_once() -> None:
    assert summary([5, 5, 5]) == "3 classes, 5 images each"
    assert summary([]) == "no classes"
