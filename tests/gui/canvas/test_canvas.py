"""The canvas in the real window, by mouse and by keyboard."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.compose import Add, Chain, Concat, Path, Repeat
from explorer.core.network import Network
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.figure import Card, Frame
from explorer.gui.editing import insertion
from explorer.gui.editing.block_drop import BlockDrop, pack_new
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

KEYS = Qt.KeyboardModifier
NONE, CTRL, SHIFT = KEYS.NoModifier, KEYS.ControlModifier, KEYS.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
CONV, NARROW = Conv2d(8, 3, padding=1), Conv2d(8, 1)
SPLIT = Network.of(
    "split",
    (3, 16, 16),
    Chain(
        ("stem", CONV), Add(Chain(("a", CONV), ("b", Conv2d(8, 1))), Chain()), ("tail", Conv2d(4, 1)), ("last", CONV)
    ),
)


@pytest.fixture
def canvas(window: MainWindow, qtbot: QtBot) -> NetworkCanvas:
    found = window.findChild(NetworkCanvas, "canvas")
    assert found is not None
    found.setFocus()
    return found


def seen(canvas: NetworkCanvas, *path: str) -> walk.Seen:
    found = walk.find(canvas.item.figure, path)
    assert found is not None
    return found


def selected(session: Session) -> tuple[Path, ...]:
    return session.selection


def spot(canvas: NetworkCanvas, *path: str) -> QPoint:
    """A point of the viewport on a block: near its start, where nothing else lies on it."""
    rect = canvas.rect_of(seen(canvas, *path))
    canvas.ensureVisible(rect, 10, 10)
    return canvas.mapFromScene(rect.topLeft() + QPointF(12, 8))


def click(canvas: NetworkCanvas, *path: str, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(canvas.viewport(), LEFT, keys, spot(canvas, *path))


def press(canvas: NetworkCanvas, *keys: Qt.Key, with_key: Qt.KeyboardModifier = NONE) -> None:
    for key in keys:
        QTest.keyClick(canvas, key, with_key)


def drop(canvas: NetworkCanvas, data: QMimeData, at: QPoint, action: Qt.DropAction = Qt.DropAction.MoveAction) -> bool:
    """Drags over a point and lets go, as Qt's own drags do; whether it was taken."""
    both = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    view = canvas.viewport()
    keys = CTRL if action == Qt.DropAction.CopyAction else NONE
    enter = QDragEnterEvent(at, both, data, LEFT, keys)
    QApplication.sendEvent(view, enter)
    move = QDragMoveEvent(at, both, data, LEFT, keys)
    QApplication.sendEvent(view, move)
    if not move.isAccepted():
        return False
    let_go = QDropEvent(QPointF(at), both, data, LEFT, keys)
    let_go.setDropAction(action)
    QApplication.sendEvent(view, let_go)
    taken: bool = let_go.isAccepted()
    return taken


def between(canvas: NetworkCanvas, first: Path, second: Path) -> QPoint:
    """The middle of the line between two blocks."""
    one, two = canvas.rect_of(seen(canvas, *first)), canvas.rect_of(seen(canvas, *second))
    canvas.ensureVisible(one.united(two), 5, 5)
    return canvas.mapFromScene(QPointF(one.center().x(), (one.bottom() + two.top()) / 2))


def names(network: Network, path: Path = ()) -> list[str]:
    block = network.block(path)
    assert isinstance(block, Chain)
    return [slot.name for slot in block.slots]


# Selecting


def test_a_click_selects_and_the_ground_does_not(canvas: NetworkCanvas, session: Session) -> None:
    click(canvas, "maxpool")
    assert selected(session) == (("maxpool",),)
    click(canvas, "layer1", keys=CTRL)
    assert set(session.selection) == {("maxpool",), ("layer1",)}
    click(canvas, "maxpool", keys=CTRL)
    assert selected(session) == (("layer1",),)
    click(canvas, "conv1", keys=SHIFT)
    assert selected(session) == (("conv1",), ("bn1",), ("relu",), ("maxpool",), ("layer1",))
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, QPoint(8, canvas.viewport().height() // 2))
    assert selected(session) == ()


def test_a_band_selects_what_lies_in_it(canvas: NetworkCanvas, session: Session) -> None:
    first, last = spot(canvas, "conv1") - QPoint(30, 20), spot(canvas, "relu") + QPoint(500, 26)
    QTest.mousePress(canvas.viewport(), LEFT, NONE, first)
    QTest.mouseMove(canvas.viewport(), last)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, last)
    assert selected(session) == (("conv1",), ("bn1",), ("relu",))


def test_the_table_and_the_canvas_have_one_selection(canvas: NetworkCanvas, session: Session) -> None:
    session.select((("layer2", "0", "conv1"),))
    assert canvas.item.accents.around == {("layer2",)}
    session.drawing.fold(session.document, ("layer2",), True)
    session.drawing.fold(session.document, ("layer2", "0"), True)
    assert canvas.item.accents.around == set()
    assert canvas.item.accents.selected == {("layer2", "0", "conv1")}


def test_a_problem_is_revealed_inside_what_was_folded(canvas: NetworkCanvas, session: Session, qtbot: QtBot) -> None:
    session.reveal(("layer4", "1", "bn2"))
    assert seen(canvas, "layer4", "1", "bn2").path == ("layer4", "1", "bn2")
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert sight.contains(canvas.rect_of(seen(canvas, "layer4", "1", "bn2")))


# Folding


def test_double_click_and_space_fold_and_unfold(canvas: NetworkCanvas, session: Session) -> None:
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, spot(canvas, "layer1"))
    assert isinstance(seen(canvas, "layer1").figure.face, Frame)
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, spot(canvas, "layer1"))
    assert isinstance(seen(canvas, "layer1").figure.face, Card)
    session.select((("layer2",),))
    press(canvas, Qt.Key.Key_Space)
    assert isinstance(seen(canvas, "layer2").figure.face, Frame)
    assert session.network.block(("layer2",)).type_name() == "ResidualStage"  # looking inside changes nothing
    assert not session.document.modified


def test_equal_neighbours_unfold_by_their_card_and_fold_by_their_bracket(
    canvas: NetworkCanvas, session: Session
) -> None:
    session.open_network(Network.of("six", (8, 9, 9), Chain(*((f"b{n}", BasicBlock(8)) for n in range(6)))))
    assert seen(canvas, "b4").paths[0] == ("b0",)
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, spot(canvas, "b0"))
    assert seen(canvas, "b4").path == ("b4",)
    bracket = next(found for found in walk.seen(canvas.item.figure) if found.path == ("×b0",))
    middle = canvas.mapFromScene(canvas.rect_of(bracket).center())
    canvas.ensureVisible(canvas.rect_of(bracket).center().x(), canvas.rect_of(bracket).center().y(), 5, 5)
    middle = canvas.mapFromScene(canvas.rect_of(bracket).center())
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, middle)
    assert seen(canvas, "b4").paths[0] == ("b0",)


def test_a_repeat_that_is_off_is_switched_on_again_by_its_card(
    canvas: NetworkCanvas, session: Session, window: MainWindow
) -> None:
    session.open_network(Network.of("folded", (8, 9, 9), Chain(Repeat(("a", "b"), BasicBlock(8)), ("end", CONV))))
    network, switch = session.network, window.findChild(QAction, "action_switch")
    assert switch is not None
    click(canvas, "a")
    switch.trigger()
    click(canvas, "end")
    click(canvas, "#0")
    assert selected(session) == (("#0",),)
    switch.trigger()
    assert session.network == network


def test_all_unfold_and_fold_from_the_menu(canvas: NetworkCanvas, session: Session, window: MainWindow) -> None:
    for name, kind in (("action_unfold_all", Frame), ("action_fold_all", Card)):
        action = window.findChild(QAction, name)
        assert action is not None
        action.trigger()
        assert isinstance(seen(canvas, "layer3").figure.face, kind)


# Keys


def test_arrows_walk_from_card_to_card(canvas: NetworkCanvas, session: Session) -> None:
    press(canvas, Qt.Key.Key_Down)
    assert selected(session) == (("conv1",),)
    press(canvas, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert selected(session) == (("relu",),)
    press(canvas, Qt.Key.Key_Up, with_key=SHIFT)
    assert selected(session) == (("bn1",), ("relu",))
    press(canvas, Qt.Key.Key_End)
    assert selected(session) == (("fc",),)
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert sight.contains(canvas.rect_of(seen(canvas, "fc")))
    press(canvas, Qt.Key.Key_Home)
    assert selected(session) == (("conv1",),)
    press(canvas, Qt.Key.Key_Escape)
    assert selected(session) == ()


def test_a_new_block_comes_into_sight_with_what_stands_around_it(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(Network.of("long", (8, 9, 9), Chain(*((f"c{n}", Conv2d(n + 8, 1)) for n in range(12)))))
    session.select((("c11",),))
    insertion.insert(session, Conv2d(8, 1))
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    end = next(found for found in walk.seen(canvas.item.figure) if getattr(found.figure.face, "role", "") == "output")
    for found in (seen(canvas, "c11"), seen(canvas, *session.selection[0]), end):
        assert sight.contains(canvas.rect_of(found))


def test_shift_goes_on_from_where_it_went(canvas: NetworkCanvas, session: Session) -> None:
    click(canvas, "maxpool")
    press(canvas, Qt.Key.Key_Up, Qt.Key.Key_Up, with_key=SHIFT)
    assert selected(session) == (("bn1",), ("relu",), ("maxpool",))
    press(canvas, Qt.Key.Key_Down, with_key=SHIFT)
    assert selected(session) == (("relu",), ("maxpool",))


def test_a_selection_is_in_the_order_of_the_network_however_it_was_clicked(
    canvas: NetworkCanvas, session: Session
) -> None:
    click(canvas, "maxpool")
    click(canvas, "bn1", keys=CTRL)
    click(canvas, "relu", keys=CTRL)
    assert selected(session) == (("bn1",), ("relu",), ("maxpool",))
    press(canvas, Qt.Key.Key_Down, with_key=Qt.KeyboardModifier.AltModifier)
    assert names(session.network)[:5] == ["conv1", "layer1", "bn1", "relu", "maxpool"]


def test_merges_without_a_name_keep_the_selection_as_they_move(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    session.select((("#1",),))
    press(canvas, Qt.Key.Key_Up, with_key=Qt.KeyboardModifier.AltModifier)
    assert selected(session) == (("#0",),)
    press(canvas, Qt.Key.Key_Down, Qt.Key.Key_Down, with_key=Qt.KeyboardModifier.AltModifier)
    assert selected(session) == (("#2",),)


def test_keys_edit_what_is_selected_in_the_canvas(canvas: NetworkCanvas, session: Session) -> None:
    before = session.network
    click(canvas, "layer1")
    press(canvas, Qt.Key.Key_R, with_key=CTRL)
    assert names(session.network)[5] == "block1"
    assert selected(session) == (("block1",),)
    press(canvas, Qt.Key.Key_Delete)
    assert "block1" not in names(session.network)
    press(canvas, Qt.Key.Key_Z, Qt.Key.Key_Z, with_key=CTRL)
    assert session.network == before


def test_ctrl_a_selects_the_chain_around_and_then_the_one_around_that(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    top = (("stem",), ("#1",), ("tail",), ("last",))
    press(canvas, Qt.Key.Key_A, with_key=CTRL)
    assert selected(session) == top
    click(canvas, "b")
    press(canvas, Qt.Key.Key_A, with_key=CTRL)
    assert selected(session) == (("a",), ("b",))
    press(canvas, Qt.Key.Key_A, with_key=CTRL)
    assert selected(session) == top
    press(canvas, Qt.Key.Key_A, with_key=CTRL)
    assert selected(session) == top
    press(canvas, Qt.Key.Key_Delete)
    assert not session.network.body.slots


def test_ctrl_a_selects_what_a_composite_is_made_of(canvas: NetworkCanvas, session: Session) -> None:
    session.drawing.fold_all(session.document, True)
    session.select((("layer2", "1", "bn1"),))
    press(canvas, Qt.Key.Key_A, with_key=CTRL)
    inside = ("conv1", "bn1", "relu1", "conv2", "bn2", "#0", "relu2")
    assert set(session.selection) == {("layer2", "1", name) for name in inside}


def test_a_key_does_not_lead_out_of_a_frame_to_the_side(canvas: NetworkCanvas, session: Session) -> None:
    session.drawing.fold_all(session.document, True)
    click(canvas, "layer2", "0", "conv1")
    press(canvas, Qt.Key.Key_Right)
    assert selected(session) == (("layer2", "0", "downsample", "0"),)
    press(canvas, Qt.Key.Key_Right)
    assert selected(session) == (("layer2", "0", "downsample", "0"),)
    press(canvas, Qt.Key.Key_Left)
    assert session.selection[0][:2] == ("layer2", "0")


# Zoom and pan


def test_the_wheel_zooms_at_the_pointer(canvas: NetworkCanvas) -> None:
    point = spot(canvas, "maxpool")
    before = canvas.figure_point(QPointF(point))
    where = QPointF(canvas.viewport().mapToGlobal(point))
    phase, none = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    wheel = QWheelEvent(QPointF(point), where, QPoint(), QPoint(0, 120), none, CTRL, phase, False)
    QTest.mouseMove(canvas.viewport(), point)
    QApplication.sendEvent(canvas.viewport(), wheel)
    assert canvas.zoom > 1.1
    after = canvas.figure_point(QPointF(point))
    assert max(abs(after[0] - before[0]), abs(after[1] - before[1])) < 4


@pytest.mark.parametrize("key", ["lenet5", "resnet152", "resnet1202"])
def test_fit_shows_all(canvas: NetworkCanvas, session: Session, key: str) -> None:
    session.open_network(explorer.network(key))
    session.drawing.fold_all(session.document, True)
    QTest.keyClick(canvas, Qt.Key.Key_0, CTRL)
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    figure = canvas.item.figure
    assert sight.contains(canvas.item.mapRectToScene(canvas.item.rect((0, 0), (figure.across, figure.along))))


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
def test_a_fitted_network_stays_fitted_until_somebody_looks_elsewhere(
    canvas: NetworkCanvas, session: Session, window: MainWindow, vertical: bool
) -> None:
    session.drawing.turn(vertical)
    session.open_network(explorer.network("lenet5"))
    QTest.keyClick(canvas, Qt.Key.Key_0, CTRL)
    for size in ((1600, 1000), (1280, 800), (1100, 700), (1920, 1080)):
        window.resize(*size)
        whole = functools.reduce(QRect.united, canvas.taken())
        room = canvas.viewport().rect()
        assert room.contains(whole)
        if vertical:  # from left to right, the legend may need the room above
            assert abs(canvas.taken()[0].center().x() - room.center().x()) <= 1
            assert abs(whole.center().y() - room.center().y()) <= 1
        else:
            assert abs(whole.center().x() - room.center().x()) <= 30
    assert canvas.is_fitted
    canvas.zoom_to(0.3)
    window.resize(1280, 800)
    assert canvas.zoom == pytest.approx(0.3)


def test_the_usual_arrangement_leaves_a_fitted_network_in_the_middle(
    canvas: NetworkCanvas, window: MainWindow, session: Session
) -> None:
    for dock in window.findChildren(QDockWidget):
        dock.hide()
    QApplication.processEvents()
    QTest.keyClick(canvas, Qt.Key.Key_0, CTRL)
    wide = canvas.viewport().width()
    action = window.findChild(QAction, "action_reset_layout")
    assert action is not None
    action.trigger()
    QApplication.processEvents()
    assert canvas.viewport().width() < wide
    assert canvas.is_fitted
    assert abs(canvas.taken()[0].center().x() - canvas.viewport().rect().center().x()) <= 1


def test_a_much_wider_window_keeps_it_in_the_middle_too(canvas: NetworkCanvas, window: MainWindow) -> None:
    window.resize(800, 800)
    QApplication.processEvents()
    for width in (3000, 800, 2600):
        before = canvas.taken()[0].center().x() - canvas.viewport().rect().center().x()
        window.resize(width, 800)
        QApplication.processEvents()
        assert abs(canvas.taken()[0].center().x() - canvas.viewport().rect().center().x() - before) <= 2


def test_a_wider_window_keeps_in_the_middle_what_was_there(canvas: NetworkCanvas, window: MainWindow) -> None:
    before, high = canvas.mapToScene(canvas.viewport().rect().center()).x(), canvas.mapToScene(QPoint(0, 0)).y()
    for width in (1281, 1282, 1283, 1600, 1180):
        window.resize(width, 800)
        assert abs(canvas.mapToScene(canvas.viewport().rect().center()).x() - before) <= 1
        assert canvas.mapToScene(QPoint(0, 0)).y() == high


def test_a_document_that_was_fitted_is_so_again(canvas: NetworkCanvas, session: Session, window: MainWindow) -> None:
    first = session.document
    QTest.keyClick(canvas, Qt.Key.Key_0, CTRL)
    session.open_network(explorer.network("vgg16"))
    window.resize(1600, 1000)
    session.activate(first)
    assert canvas.is_fitted
    assert canvas.viewport().rect().contains(canvas.taken()[0])


def test_the_middle_button_and_space_pan(canvas: NetworkCanvas, session: Session) -> None:
    session.drawing.fold_all(session.document, True)
    for button, hold in ((Qt.MouseButton.MiddleButton, False), (LEFT, True)):
        bar = canvas.verticalScrollBar()
        bar.setValue(bar.minimum() + 200)
        before = bar.value()
        selection = session.selection
        if hold:
            QTest.keyPress(canvas, Qt.Key.Key_Space)
        QTest.mousePress(canvas.viewport(), button, NONE, QPoint(100, 200))
        QTest.mouseMove(canvas.viewport(), QPoint(100, 120))
        QTest.mouseRelease(canvas.viewport(), button, NONE, QPoint(100, 120))
        if hold:
            QTest.keyRelease(canvas, Qt.Key.Key_Space)
        assert bar.value() == before + 80
        assert selected(session) == selection


def test_each_document_keeps_its_view(canvas: NetworkCanvas, session: Session) -> None:
    first = session.document
    canvas.zoom_to(0.5)
    assert canvas.item.zoom == 0.5  # on every screen: what is painted says how near it is
    session.open_network(explorer.network("vgg16"))
    assert canvas.zoom == 1.0
    session.activate(first)
    assert canvas.zoom == pytest.approx(0.5)


def test_the_minimap_leads_to_the_end(canvas: NetworkCanvas, session: Session, qtbot: QtBot) -> None:
    session.drawing.fold_all(session.document, True)
    minimap = canvas.findChild(QWidget, "minimap")
    assert minimap is not None
    qtbot.waitUntil(minimap.isVisible)
    QTest.mouseClick(minimap, LEFT, NONE, QPoint(minimap.width() // 2, minimap.height() - 12))
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert sight.contains(canvas.rect_of(seen(canvas, "fc")))


def test_from_left_to_right_the_flow_turns(canvas: NetworkCanvas, session: Session) -> None:
    session.drawing.turn(False)
    first, last = canvas.rect_of(seen(canvas, "conv1")), canvas.rect_of(seen(canvas, "fc"))
    assert last.left() > first.right()
    assert abs(last.center().y() - first.center().y()) < 2
    press(canvas, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert selected(session) == (("bn1",),)


# Dragging and dropping


def test_a_block_from_the_library_lands_where_the_marker_stands(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    at = between(canvas, ("a",), ("b",))
    assert drop(canvas, pack_new(BasicBlock()), at, Qt.DropAction.CopyAction)
    assert names(session.network, ("#1.0",)) == ["a", "block1", "b"]
    assert session.network.block(("block1",)) == BasicBlock(8)  # as many channels as arrive
    assert selected(session) == (("block1",),)
    assert session.undo_stack.undoText() == "insert BasicBlock"
    assert canvas.item.marker is None


def test_a_block_lands_in_the_nearest_place_however_far_away_it_is_dropped(
    canvas: NetworkCanvas, session: Session
) -> None:
    tail = canvas.mapFromScene(canvas.rect_of(seen(canvas, "maxpool")).center()).y() + 30
    at = QPoint(canvas.viewport().width() - 4, tail)
    assert drop(canvas, pack_new(CONV), at, Qt.DropAction.CopyAction)
    assert names(session.network)[3:6] == ["maxpool", "conv2", "layer1"]


def test_the_marker_shows_the_place_and_goes(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    data, at = pack_new(CONV), between(canvas, ("tail",), ("last",))
    both = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(at, both, data, LEFT, NONE))
    QApplication.sendEvent(canvas.viewport(), QDragMoveEvent(at, both, data, LEFT, NONE))
    marker = canvas.item.marker
    assert marker is not None
    one, two = seen(canvas, "tail"), seen(canvas, "last")
    assert one.at[1] + one.figure.along < marker.at[1] < two.at[1]


@pytest.mark.parametrize(
    ("dragged", "around", "expected"),
    [
        ((("tail",),), (("a",), ("b",)), ["a", "tail", "b"]),  # into a branch
        ((("b",),), (("tail",), ("last",)), ["a"]),  # out of one
    ],
)
def test_blocks_move_into_and_out_of_branches(
    canvas: NetworkCanvas, session: Session, dragged: tuple[Path, ...], around: tuple[Path, Path], expected: list[str]
) -> None:
    session.open_network(SPLIT)
    assert drop(canvas, BlockDrop(session).pack(dragged), between(canvas, *around))
    assert names(session.network, ("#1.0",)) == expected
    assert selected(session) == dragged
    session.undo_stack.undo()
    assert session.network == SPLIT


def test_a_block_lands_on_the_identity_and_in_a_branch_of_its_own(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    spots = {
        (into, gap.branch): at
        for at, gap, into in walk.gaps(canvas.item.figure, walk.Window((-1e9, -1e9), (1e9, 1e9)))
        if into in {("#1.1",), ("#1",)}
    }

    def viewport_point(at: tuple[float, float]) -> QPoint:
        scene = canvas.item.mapToScene(*canvas.item.flow.turned(*at))
        canvas.ensureVisible(scene.x(), scene.y(), 1, 1, 20, 20)
        return canvas.mapFromScene(scene)

    assert drop(canvas, BlockDrop(session).pack((("tail",),)), viewport_point(spots[("#1.1",), False]))
    assert names(session.network, ("#1.1",)) == ["tail"]
    session.undo_stack.undo()
    assert drop(canvas, pack_new(CONV), viewport_point(spots[("#1",), True]), Qt.DropAction.CopyAction)
    assert len(names(session.network, ("#1.2",))) == 1
    assert not session.analysis.problems


def test_a_branch_of_one_block_takes_more(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(Network.of("bare", (3, 16, 16), Chain(("stem", CONV), Concat(("a", CONV), ("b", NARROW)))))
    for offset, expected in ((12, ["a", "conv1"]), (-12, ["conv2", "a", "conv1"])):
        rect = canvas.rect_of(seen(canvas, "a"))
        canvas.ensureVisible(rect, 30, 30)
        along = rect.bottom() if offset > 0 else rect.top()
        at = canvas.mapFromScene(QPointF(rect.center().x(), along + offset))
        assert drop(canvas, pack_new(NARROW), at, Qt.DropAction.CopyAction)
        assert names(session.network, ("#1.0",)) == expected
    assert not session.analysis.partial
    assert {row.path for row in session.analysis.rows} >= {("a",), ("b",)}, "no key changes"


def test_a_copy_leaves_the_original(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    at = between(canvas, ("tail",), ("last",))
    assert drop(canvas, BlockDrop(session).pack((("stem",),)), at, Qt.DropAction.CopyAction)
    assert len(session.network.body.slots) == len(SPLIT.body.slots) + 1
    assert session.network.block(("stem",)) == CONV


def test_nothing_lands_inside_a_composite(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(Network.of("one", (8, 9, 9), Chain(("block", BasicBlock(8)))))
    session.drawing.fold_all(session.document, True)
    rect = canvas.rect_of(seen(canvas, "block", "bn1"))
    before = session.network
    drop(canvas, pack_new(CONV), canvas.mapFromScene(rect.center()), Qt.DropAction.CopyAction)
    assert session.network.block(("block",)) == before.block(("block",))


# The ends, the menu, the look


@pytest.mark.parametrize(
    ("end", "typed", "holds"),
    [
        (0, "3x32x32", lambda session: session.network.input_shape == (3, 32, 32)),
        (-1, "7", lambda session: session.analysis.output_shape == (7,)),
    ],
)
def test_input_and_classes_are_typed_where_they_stand(
    canvas: NetworkCanvas, session: Session, end: int, typed: str, holds: Callable[[Session], bool]
) -> None:
    from explorer.gui.canvas.figure import Pill

    pill = [found for found in walk.seen(canvas.item.figure) if isinstance(found.figure.face, Pill)][end]
    rect = canvas.rect_of(pill)
    canvas.ensureVisible(rect, 20, 20)
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, canvas.mapFromScene(rect.center()))
    editor = canvas.findChild(QLineEdit, "canvas_editor")
    assert editor is not None
    assert editor.isVisible()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert holds(session)
    assert not editor.isVisible()
    assert session.undo_stack.count() == 1


def test_a_name_is_typed_where_the_block_stands(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    canvas.zoom_to(0.1)
    session.select((("b",),))
    canvas.setFocus()
    press(canvas, Qt.Key.Key_F2)
    editor = canvas.findChild(QLineEdit, "canvas_editor")
    assert editor is not None
    assert editor.isVisible()
    QTest.keyClicks(editor, "narrow")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert selected(session) == (("narrow",),)
    assert canvas.hasFocus()
    press(canvas, Qt.Key.Key_F2)
    QTest.keyClicks(editor, "stem")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert selected(session) == (("narrow",),)
    assert session.undo_stack.count() == 1


def test_a_bad_size_is_a_sentence(canvas: NetworkCanvas, session: Session, messages: list[str]) -> None:
    rect = canvas.rect_of(next(f for f in walk.seen(canvas.item.figure) if type(f.figure.face).__name__ == "Pill"))
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, canvas.mapFromScene(rect.center()))
    editor = canvas.findChild(QLineEdit, "canvas_editor")
    assert editor is not None
    QTest.keyClicks(editor, "so large")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert messages
    assert "3,224,224" in messages[-1]
    assert not session.document.modified


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_context_menu_has_what_can_be_done(canvas: NetworkCanvas, session: Session, qtbot: QtBot) -> None:
    from PySide6.QtGui import QContextMenuEvent

    point = spot(canvas, "maxpool")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, canvas.viewport().mapToGlobal(point))
    QApplication.sendEvent(canvas.viewport(), event)
    assert selected(session) == (("maxpool",),)
    menu = canvas.findChild(QMenu, "context_menu")
    assert menu is not None
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert {"Delete", "Rename", "Wrap in a Residual Connection", "Add a Branch"} <= set(texts)
    menu.close()


def test_a_branch_is_added_to_the_merge_around(canvas: NetworkCanvas, session: Session) -> None:
    session.open_network(SPLIT)
    click(canvas, "a")
    press(canvas, Qt.Key.Key_A, with_key=CTRL | SHIFT)
    merge = session.network.block(("#1",))
    assert isinstance(merge, Add)
    assert len(merge.slots) == 3
    assert session.undo_stack.undoText() == "add a branch"


def test_the_scheme_changes_while_it_is_shown(canvas: NetworkCanvas, qapp: QApplication) -> None:
    light = canvas.grab().toImage().pixelColor(5, 5)
    style.use(qapp, style.DARK)
    dark = canvas.grab().toImage().pixelColor(5, 5)
    style.use(qapp, style.LIGHT)
    assert light.lightness() > 200
    assert dark.lightness() < 60


def test_it_says_what_is_selected(canvas: NetworkCanvas, session: Session) -> None:
    session.select((("layer1",),))
    assert canvas.accessibleDescription() == "ResidualStage layer1, output 64 × 7 × 7."
