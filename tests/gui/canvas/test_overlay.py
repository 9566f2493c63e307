"""What lies over the diagram: the legend steps aside, and a sum that has a problem says so beside itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import ResidualStage
from explorer.core.compose import Add, Chain
from explorer.core.network import Network
from explorer.gui import edits, style
from explorer.gui.block_drop import pack_new
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.overlay import uncovering
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.templates import empty_network
from tests.gui.hands import Mouse

RIGHT, LEFT, SIZE = QPoint(80, 0), QPoint(0, 0), QSize(20, 50)


@pytest.fixture
def canvas(window: MainWindow) -> NetworkCanvas:
    found = window.findChild(NetworkCanvas, "canvas")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("figure", "place"),
    [(QRect(30, 0, 40, 200), RIGHT), (QRect(30, 0, 60, 200), LEFT), (QRect(10, 0, 80, 200), RIGHT)],
    ids=["beside it", "under it", "everywhere"],
)
def test_it_covers_the_figure_only_where_it_must(figure: QRect, place: QPoint) -> None:
    assert uncovering(SIZE, (RIGHT, LEFT), figure) == place


def test_the_legend_makes_room_for_a_projection(canvas: NetworkCanvas, session: Session) -> None:
    legend = canvas.findChild(QWidget, "legend")
    assert legend is not None
    stage = Network.of("stage", (64, 9, 9), Chain(("stage", ResidualStage(out_channels=128, stride=2))))
    session.open_network(stage)
    QTest.qWait(0)
    assert legend.geometry().left() > canvas.width() / 2
    session.edit("unpack", stage.unpack(("stage",)).unpack(("stage", "0")))  # the axis stays where it is
    QTest.qWait(0)
    assert legend.geometry().right() < canvas.width() / 2
    whole = canvas.item.mapRectToScene(canvas.item.rect((0, 0), (canvas.item.figure.across, canvas.item.figure.along)))
    assert not legend.geometry().intersects(canvas.mapFromScene(whole).boundingRect())


@pytest.mark.parametrize("channels", [8, 7], ids=["sound", "broken"])
def test_a_sum_with_a_problem_has_a_sign(canvas: NetworkCanvas, session: Session, channels: int) -> None:
    session.open_network(Network.of("sum", (8, 9, 9), Chain(Add(Chain(("a", Conv2d(channels, 1))), Chain()))))
    QTest.qWait(0)
    node = walk.find(canvas.item.figure, ("#0",))
    assert node is not None
    rect = canvas.mapFromScene(canvas.rect_of(node)).boundingRect()
    picture = canvas.viewport().grab(QRect(rect.left() - 12, rect.top() - 6, 10, 16)).toImage()
    bad = QColor(style.current().bad)
    reds = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).hue() == bad.hue()
    ]
    assert bool(reds) is bool(session.analysis.problems)


def test_an_empty_network_says_how_to_begin(canvas: NetworkCanvas, session: Session) -> None:
    hint = canvas.findChild(QLabel, "canvas_hint")
    assert hint is not None
    assert not hint.isVisible()
    session.open_network(empty_network())
    QTest.qWait(0)
    assert hint.isVisible()
    assert canvas.rect().contains(hint.geometry())
    edits.insert(session, Conv2d(8, 1))
    QTest.qWait(0)
    assert not hint.isVisible()


def test_the_first_block_lands_wherever_it_is_dropped(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(empty_network())
    Mouse().drag(pack_new(Conv2d(8, 1)), canvas.viewport(), QPoint(20, canvas.viewport().height() - 20))
    assert session.selection == (("conv1",),)
