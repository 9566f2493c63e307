"""What lies over the diagram: the legend steps aside, and a sum that has a problem says so beside itself."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import ResidualStage
from explorer.core.compose import Add, Chain, Concat, Path
from explorer.core.network import Network
from explorer.examples import EXAMPLES
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.figure import Card, Flow, Node, Pill
from explorer.gui.canvas.folds import ALL_OPEN
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.overlay import STROKES, Legend, Minimap
from explorer.gui.canvas.sketch import Paper
from explorer.gui.documents.templates import empty_network
from explorer.gui.editing import edits, insertion
from explorer.gui.editing.block_drop import pack_new
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from tests.gui.hands import Mouse

CONV = Conv2d(8, 3, padding=1)


@pytest.fixture
def canvas(window: MainWindow) -> NetworkCanvas:
    found = window.findChild(NetworkCanvas, "canvas")
    assert found is not None
    return found


def overlays(canvas: NetworkCanvas) -> list[QRect]:
    """What lies over the canvas now."""
    QTest.qWait(0)
    found = (canvas.findChild(QWidget, name) for name in ("minimap", "legend"))
    return [widget.geometry() for widget in found if widget is not None and widget.isVisible()]


def covered(canvas: NetworkCanvas, *kinds: type) -> list[Path]:
    """The blocks, of some kinds of faces, on which something lies."""
    over = overlays(canvas)
    return [
        found.path
        for found in walk.seen(canvas.item.figure)
        if isinstance(found.figure.face, kinds) and any(rect.intersects(place(canvas, found)) for rect in over)
    ]


def place(canvas: NetworkCanvas, found: walk.Seen) -> QRect:
    return canvas.mapFromScene(canvas.rect_of(found)).boundingRect()


def columns(number: int) -> Network:
    """Branches side by side, some 190 pixels each, and enough behind them that all of it is out of sight."""
    kinds = (CONV, ReLU(), CONV, ReLU())  # equal neighbours would be one card
    branches = (Chain(*((f"{name}{n}", kind) for name, kind in zip("abcd", kinds, strict=True))) for n in range(number))
    tail = zip(("one", "two", "three", "four"), kinds, strict=True)
    return Network.of("wide", (8, 32, 32), Chain(Concat(*branches), *tail))


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
def test_a_network_is_opened_beside_what_lies_over_it(
    canvas: NetworkCanvas, session: Session, number: int, vertical: bool
) -> None:
    session.drawing.turn(vertical)
    session.open_network(columns(number))
    assert len(overlays(canvas)) == 2
    assert covered(canvas, Card, Pill, Node) == []


@pytest.mark.parametrize("number", [4, 7])
def test_what_is_selected_found_or_put_in_is_never_covered(
    canvas: NetworkCanvas, session: Session, number: int
) -> None:
    session.open_network(columns(number))
    paths = tuple(row.path for row in session.analysis.rows if row.slot.name)
    for path in paths:
        session.select((path,))
        assert path not in covered(canvas, Card)
        sight = canvas.viewport().rect()
        chosen = walk.find(canvas.item.figure, path)
        assert chosen is not None
        assert sight.contains(place(canvas, chosen))
    session.select(((f"a{number - 1}",),))
    insertion.insert(session, CONV)
    assert session.selection[0] not in covered(canvas, Card)
    session.reveal(paths[0])
    session.drawing.show_found(paths[:1])
    session.select(paths[:1])
    assert paths[0] not in covered(canvas, Card)


def test_an_unfolded_block_that_is_selected_is_no_reason_to_cover_what_is_in_it(
    canvas: NetworkCanvas, session: Session
) -> None:
    session.open_network(explorer.network("googlenet_paper"))
    session.drawing.fold_all(session.document, True)
    session.select((("inception3a",),))
    minimap = canvas.findChild(Minimap)
    assert minimap is not None
    assert minimap.isVisible() or overlays(canvas)
    assert covered(canvas, Card) == []


def test_the_legend_is_left_out_where_it_would_cover_cards(canvas: NetworkCanvas, session: Session) -> None:
    legend = canvas.findChild(Legend, "legend")
    assert legend is not None
    session.open_network(columns(9))
    session.select((("c4",),))
    canvas.centerOn(canvas.rect_of(cast(walk.Seen, walk.find(canvas.item.figure, ("c4",)))).center())
    QTest.qWait(0)
    assert not legend.isVisible() or covered(canvas, Card) == []
    session.open_network(columns(1))
    QTest.qWait(0)
    assert legend.isVisible()


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
@pytest.mark.parametrize("key", ["lenet5", "resnet18", "googlenet_paper", "resnet1202"])
def test_a_fitted_network_is_whole_and_uncovered_with_its_captions(
    canvas: NetworkCanvas, session: Session, key: str, vertical: bool
) -> None:
    session.drawing.turn(vertical)
    session.open_network(explorer.network(key))
    for opened in (None, True):
        session.drawing.fold_all(session.document, opened)
        session.drawing.zoom_asked.emit("fit")
        over, sight = overlays(canvas), canvas.viewport().rect()
        assert over  # the legend
        for rect in canvas.taken():
            assert sight.contains(rect)
            assert not any(one.intersects(rect) for one in over)


def test_what_lies_over_a_canvas_is_apart_also_when_it_was_placed_behind_another_page(
    window: MainWindow, canvas: NetworkCanvas, session: Session
) -> None:
    session.open_network(explorer.network("vgg16"))
    window.show_workspace("train")
    canvas.looked.emit()  # as another style does, which changes the size of the view
    QTest.qWait(0)
    window.show_workspace("design")
    minimap, legend = overlays(canvas)
    assert not minimap.intersects(legend)


def test_the_legend_knows_every_line_that_is_drawn() -> None:
    figure = Layout(Paper(Flow(), lambda text, _: 7.0 * len(text))).draw(
        explorer.analyse(EXAMPLES["small_unet"].read()), ALL_OPEN
    )
    drawn = {line.stroke for found in walk.seen(figure) for line in found.figure.lines}
    assert "tap" in drawn
    assert drawn - {"flow"} <= dict(STROKES).keys()


def test_the_minimap_is_drawn_again_however_busy_the_canvas_is(canvas: NetworkCanvas, session: Session) -> None:
    minimap = canvas.findChild(Minimap, "minimap")
    assert minimap is not None
    session.open_network(columns(2))
    session.select((("one",),))
    QTest.qWait(200)
    before = minimap.grab().toImage()
    edits.switch(session)  # another colour, and all stands where it stood
    for _ in range(20):
        canvas.looked.emit()
        QTest.qWait(20)  # less than the minimap waits for: it would never come to it
        if minimap.grab().toImage() != before:
            return
    pytest.fail("the minimap shows what was there before")


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
    insertion.insert(session, Conv2d(8, 1))
    QTest.qWait(0)
    assert not hint.isVisible()


def test_the_first_block_lands_wherever_it_is_dropped(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(empty_network())
    Mouse().drag(pack_new(Conv2d(8, 1)), canvas.viewport(), QPoint(20, canvas.viewport().height() - 20))
    assert session.selection == (("conv1",),)
