"""The page of a family: true places, names that can be read, and every network one key or click away."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.families.labels import crosses, leader, place_labels
from explorer.gui.families.page import FamilyDialog, cells, in_words
from explorer.gui.families.plot import AccuracyPlot
from explorer.gui.families.points import data_of, families, members, points
from explorer.gui.library.actions import COMMANDS
from explorer.gui.library.lines import FAMILY, Listed
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.zoo.base import CIFAR_10, IMAGENET, ZOO, Entry


def test_every_network_with_an_accuracy_is_a_point() -> None:
    plotted = [point.entry for data in (IMAGENET, CIFAR_10) for point in points(data)]
    assert sorted(entry.key for entry in plotted) == sorted(e.key for e in ZOO.values() if e.accuracy is not None)
    assert {entry.family for entry in ZOO.values()} == set(families())
    assert data_of("Residual networks") == (IMAGENET, CIFAR_10)
    assert data_of("VGG") == (IMAGENET,)
    assert data_of("Segmentation") == ()
    assert sum(len(members(family)) for family in families()) == len(list(ZOO))


def test_figures_are_in_words() -> None:
    point = next(point for point in points(IMAGENET) if point.entry.key == "resnet50")
    source = "torchvision 0.29, weight metadata"
    assert cells(point.entry) == ("ResNet-50", "2015", "25.6 M", "4.09 G", "76.13 % on ImageNet", source)
    assert cells(ZOO["lenet5"])[4:] == ("—", "")
    assert in_words(point).startswith("ResNet-50: 25.6 M parameters, 4.09 G MACs, right 76.13 % of the time (torchv")


@pytest.mark.parametrize("count", [1, 8, 30])
def test_names_lie_on_no_other_name_and_no_named_point(count: int) -> None:
    area = QRectF(0, 0, 400, 300)
    places = [QPointF(120 + 9 * number % 130, 90 + 7 * number) for number in range(count)]
    spots = place_labels(places, [QSizeF(60, 14)] * count, area)
    found = [spot for spot in spots if spot is not None]
    assert len(found) >= min(count, 8)
    assert all(area.contains(spot) for spot in found)
    assert not any(one.intersects(other) for one, other in itertools.combinations(found, 2))
    assert not any(spot.contains(place) for spot in found for place in places)


_PLACES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), min_size=1, max_size=25, unique=True)


@given(places=_PLACES, width=st.integers(20, 110))
def test_a_name_can_only_be_read_as_its_own_points(places: list[tuple[int, int]], width: int) -> None:
    points = [QPointF(*place) for place in places]
    spots = place_labels(points, [QSizeF(width, 14)] * len(points), QRectF(0, 0, 300, 200))
    ends = [None if spot is None else leader(point, spot) for point, spot in zip(points, spots, strict=True)]
    lines = [QLineF(point, end) for point, end in zip(points, ends, strict=True) if end is not None]
    for point, spot, end in zip(points, spots, ends, strict=True):
        if spot is None:
            continue
        others = [other for other in points if QLineF(point, other).length() > 4]
        assert not any(spot.adjusted(-4, -4, 4, 4).contains(other) for other in others)
        assert not any(crosses(line, spot) for line in lines if line.p1() != point)
        if end is None:
            near = min(others, key=lambda other: _away(other, spot), default=None)
            assert near is None or _away(near, spot) > _away(point, spot)
        else:
            for step in range(1, 20):  # along the line no other point's mark
                along = QLineF(point, end).pointAt(step / 20)
                assert all(QLineF(along, other).length() > 5 for other in others)


def _away(point: QPointF, spot: QRectF) -> float:
    x = max(spot.left() - point.x(), 0.0, point.x() - spot.right())
    y = max(spot.top() - point.y(), 0.0, point.y() - spot.bottom())
    return math.hypot(x, y)


def test_a_name_far_from_its_point_has_a_line_to_it() -> None:
    place = QPointF(50, 50)
    assert leader(place, QRectF(57, 43, 40, 14)) is None
    assert leader(place, QRectF(80, 60, 40, 14)) == QPointF(80, 60)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> AccuracyPlot:
    style.use(qapp, style.LIGHT)
    made = AccuracyPlot("plot", "parameters", lambda point: point.parameters)
    qtbot.addWidget(made)
    made.resize(480, 330)
    made.show_points(points(IMAGENET), "VGG", IMAGENET)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_places_are_true_on_both_axes(plot: AccuracyPlot) -> None:
    by_key = {point.entry.key: point for point in points(IMAGENET)}
    small, middle, large = (by_key[key] for key in ("mobilenet_v2", "resnet50", "vgg16"))
    places = [plot.place_of(point) for point in (small, middle, large)]
    across = [math.log(point.parameters) for point in (small, middle, large)]
    up = [point.percent for point in (small, middle, large)]
    share = (across[1] - across[0]) / (across[2] - across[0])
    assert (places[1].x() - places[0].x()) / (places[2].x() - places[0].x()) == pytest.approx(share)
    share = (up[1] - up[0]) / (up[2] - up[0])
    assert (places[1].y() - places[0].y()) / (places[2].y() - places[0].y()) == pytest.approx(share)
    assert all(QRectF(plot.rect()).contains(plot.place_of(point)) for point in points(IMAGENET))


def test_keys_go_through_the_members_and_open_one(plot: AccuracyPlot, qtbot: QtBot) -> None:
    opened: list[Entry] = []
    pointed: list[object] = []
    plot.opened.connect(opened.append)
    plot.pointed.connect(pointed.append)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert opened == []
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert [entry.key for entry in opened] == ["vgg11_bn"]
    assert pointed[-1] == plot.members[1]
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    others = sorted(points(IMAGENET), key=lambda point: point.parameters)
    assert pointed[-1] == others[others.index(plot.members[1]) + 1]


def test_a_click_opens_the_network_below_it(plot: AccuracyPlot) -> None:
    opened: list[Entry] = []
    plot.opened.connect(opened.append)
    point = next(point for point in points(IMAGENET) if point.entry.key == "alexnet")
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place_of(point).toPoint())
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPointF(plot.width() - 20, plot.height() - 44).toPoint())
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPointF(plot.width() - 20, plot.height() - 44).toPoint())
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=plot.place_of(point).toPoint())
    assert [entry.key for entry in opened] == ["alexnet"], "what was pressed elsewhere is no click"


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[FamilyDialog, list[Entry]]]:
    style.use(qapp, style.LIGHT)
    opened: list[Entry] = []
    owner = QWidget()
    dialog = FamilyDialog(owner, "VGG", opened.append)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog, opened
    dialog.close()
    shiboken6.delete(owner)


def part(dialog: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = dialog.findChild(kind, name)
    assert isinstance(found, QWidget)
    return found


def test_a_row_of_the_table_is_a_point_of_both_plots(page: tuple[FamilyDialog, list[Entry]]) -> None:
    dialog, opened = page
    table = part(dialog, QTableWidget, "family_table")
    assert isinstance(table, QTableWidget)
    assert table.rowCount() == 8
    table.selectRow(2)
    for name in ("family_parameters", "family_macs"):
        plot = part(dialog, AccuracyPlot, name)
        assert isinstance(plot, AccuracyPlot)
        assert plot._current is not None
        assert plot._current.entry.key == "vgg13"
    words = part(dialog, QLabel, "family_words")
    assert isinstance(words, QLabel)
    assert words.text().startswith("VGG-13: 133 M parameters")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [entry.key for entry in opened] == ["vgg13"]


def test_a_family_without_an_accuracy_says_so(page: tuple[FamilyDialog, list[Entry]]) -> None:
    dialog, _ = page
    dialog.show_family("Segmentation")
    assert part(dialog, QLabel, "family_empty").isVisible()
    assert not part(dialog, AccuracyPlot, "family_macs").isVisible()
    dialog.show_family("VGG")
    assert not part(dialog, QLabel, "family_empty").isVisible()
    assert part(dialog, AccuracyPlot, "family_macs").isVisible()


def command(key: str) -> Callable[[Listed | None], bool]:
    return next(one.possible for one in COMMANDS if one.key == key)


def test_networks_and_families_lead_to_the_page(session: Session, window: MainWindow, qtbot: QtBot) -> None:
    assert command("family")(Listed(entry=ZOO["vgg16"]))
    assert command("family")(Listed(family="VGG"))
    assert not command("family")(None)
    tree = window.findChild(QTreeView, "library_list")
    assert tree is not None
    model = tree.model()
    networks = model.index(0, 0)
    row = next(row for row in range(model.rowCount(networks)) if model.index(row, 0, networks).data(FAMILY) == "VGG")
    tree.setCurrentIndex(model.index(row, 0, networks))
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(FamilyDialog, "dialog_family")
    assert isinstance(dialog, FamilyDialog)
    assert dialog.windowTitle() == "VGG among all networks"
    plot = part(dialog, AccuracyPlot, "family_macs")
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert session.network.name == "VGG-11"
    dialog.close()
