"""What a person does on the diagram, by mouse and by keyboard."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from explorer.gui.canvas import walk
from explorer.gui.canvas.figure import Pill
from explorer.gui.editing.block_drop import BlockDrop
from tests.gui.random_walk.deed import CTRL, LEFT, NONE, NOTHING, SHIFT, deed
from tests.gui.random_walk.fields import some_text, type_into
from tests.gui.random_walk.lists import some_row
from tests.gui.random_walk.world import World

_Key = Qt.Key
KEYS = (
    _Key.Key_Up, _Key.Key_Down, _Key.Key_Left, _Key.Key_Right, _Key.Key_Home, _Key.Key_End, _Key.Key_Escape,
    _Key.Key_Space, _Key.Key_Delete, _Key.Key_Return,
)  # fmt: skip
BOTH = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction


def _some_block(world: World, rng: Random) -> walk.Seen | None:
    found = list(walk.seen(world.canvas.item.figure))
    hit = [one for one in found if one.is_block or isinstance(one.figure.face, Pill)]
    return rng.choice(hit) if hit else None


def _spot(world: World, rng: Random) -> QPoint:
    """A point on a block, brought into sight; now and then one beside all blocks."""
    canvas, found = world.canvas, _some_block(world, rng)
    if found is None or rng.random() < 0.1:
        room = canvas.viewport().rect()
        return QPoint(rng.randint(0, room.width()), rng.randint(0, room.height()))
    rect = canvas.rect_of(found)
    canvas.ensureVisible(rect, 10, 10)
    inset = QPointF(min(12.0, rect.width() / 2), min(8.0, rect.height() / 2))
    return canvas.mapFromScene(rect.topLeft() + inset)


@deed(22)
def click(world: World, rng: Random) -> str:
    keys = rng.choice((NONE, NONE, NONE, CTRL, SHIFT))
    QTest.mouseClick(world.canvas.viewport(), LEFT, keys, _spot(world, rng))
    return f"{keys.name}: {world.session.selection}"


@deed(8)
def double_click(world: World, rng: Random) -> str:
    """Folds or unfolds a block, or types over an end of the network, or over a name."""
    viewport = world.canvas.viewport()
    at = _spot(world, rng)
    QTest.mousePress(viewport, LEFT, NONE, at)
    QTest.mouseRelease(viewport, LEFT, NONE, at)
    QTest.mouseDClick(viewport, LEFT, NONE, at)
    editor = world.find(QLineEdit, "canvas_editor")
    if not editor.isVisible():
        return f"at {at.x()}, {at.y()}"
    text = rng.choice((some_text(rng), "3 x 64 x 64", "1 x 28 x 28", "10", "7"))
    type_into(editor, text)
    QTest.keyClick(editor, rng.choice((_Key.Key_Return, _Key.Key_Escape)))
    return f"type {text[:30]!r} in the diagram"


@deed(3)
def band(world: World, rng: Random) -> str:
    viewport = world.canvas.viewport()
    room = viewport.rect()
    start, end = (QPoint(rng.randint(0, room.width()), rng.randint(0, room.height())) for _ in range(2))
    QTest.mousePress(viewport, LEFT, rng.choice((NONE, CTRL)), start)
    if world.canvas.seen_at(QPointF(start)) is None:  # on a block it would become a drag, which waits for an answer
        QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, NONE, end)
    return f"{len(world.session.selection)} in it"


@deed(10)
def canvas_keys(world: World, rng: Random) -> str:
    world.canvas.setFocus()
    keys = [rng.choice(KEYS) for _ in range(rng.randint(1, 5))]
    for key in keys:
        QTest.keyClick(world.canvas, key, rng.choice((NONE, NONE, SHIFT)))
    return " ".join(key.name for key in keys)


@deed(3)
def look_around(world: World, rng: Random) -> str:
    """Zooms with the wheel, pans with the middle button, goes somewhere in the minimap."""
    canvas, at = world.canvas, QPoint(rng.randint(0, 500), rng.randint(0, 300))
    how = rng.choice(("zoom", "pan", "minimap"))
    if how == "zoom":
        _wheel(canvas.viewport(), at, rng.choice((-2400, -120, 120, 2400)))
    elif how == "pan":
        QTest.mousePress(canvas.viewport(), Qt.MouseButton.MiddleButton, NONE, at)
        QTest.mouseMove(canvas.viewport(), at + QPoint(rng.randint(-900, 900), rng.randint(-900, 900)))
        QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.MiddleButton, NONE, at)
    else:
        minimap = world.find(QWidget, "minimap")
        if not minimap.isVisible():
            return NOTHING
        QTest.mouseClick(minimap, LEFT, NONE, QPoint(rng.randint(0, 100), rng.randint(0, 180)))
    return how


def _wheel(viewport: QWidget, at: QPoint, turn: int) -> None:
    where, still = QPointF(at), QPoint(0, 0)
    button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(where, QPointF(viewport.mapToGlobal(at)), still, QPoint(0, turn), button, CTRL, phase, False)
    QApplication.sendEvent(viewport, event)


@deed(2)
def context_menu(world: World, rng: Random) -> str:
    at = _spot(world, rng)
    viewport = world.canvas.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))
    return f"at {at.x()}, {at.y()}"


# Dragging


@deed(14)
def drag(world: World, rng: Random) -> str:
    """Drags selected blocks within the canvas, new ones into it, or something that is no block."""
    session = world.session
    kind = rng.choice(("move", "move", "copy", "new", "garbage"))
    if kind == "new":
        data = world.library.model().mimeData([some_row(world.library, rng)])
    elif kind == "garbage":
        data = QMimeData()
        data.setText(some_text(rng))
    else:
        if not session.selection:
            return NOTHING
        data = BlockDrop(session).pack(session.selection)
    if data is None:
        return NOTHING
    taken = drop(world, data, _between(world, rng), Qt.DropAction.MoveAction if kind == "move" else BOTH)
    return f"{kind}: {'taken' if taken else 'refused'}"


def _between(world: World, rng: Random) -> QPoint:
    """A point at which something may land: most often a gap, else a block."""
    figure, canvas = world.canvas.item.figure, world.canvas
    everything = walk.Window((-1e6, -1e6), (1e6, 1e6))
    places = [at for at, _, _ in walk.gaps(figure, everything)]
    if not places or rng.random() < 0.2:
        return _spot(world, rng)
    at = canvas.item.mapToScene(QPointF(*canvas.item.flow.turned(*rng.choice(places))))
    canvas.centerOn(at)
    return canvas.mapFromScene(at)


def drop(world: World, data: QMimeData, at: QPoint, actions: Qt.DropAction) -> bool:
    """Drags over a point and lets go there, or turns away; whether it was taken."""
    viewport = world.canvas.viewport()
    keys = CTRL if actions == BOTH else NONE
    QApplication.sendEvent(viewport, QDragEnterEvent(at, BOTH, data, LEFT, keys))
    move = QDragMoveEvent(at, BOTH, data, LEFT, keys)
    QApplication.sendEvent(viewport, move)
    if not move.isAccepted():
        QApplication.sendEvent(viewport, QDragLeaveEvent())
        return False
    end = QDropEvent(QPointF(at), BOTH, data, LEFT, keys)
    end.setDropAction(Qt.DropAction.CopyAction if keys == CTRL else Qt.DropAction.MoveAction)
    QApplication.sendEvent(viewport, end)
    return end.isAccepted()
