"""What a person does with the open documents, their tabs and their files."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

from explorer.core.storage import SUFFIX
from tests.gui.random_walk.deed import LEFT, NONE, NOTHING, deed
from tests.gui.random_walk.world import World


@deed(6)
def tab(world: World, rng: Random) -> str:
    """Clicks a tab, closes one, or puts it somewhere else."""
    tabs = world.find(QTabBar, "documents")
    place = rng.randrange(tabs.count())
    at, deed = tabs.tabRect(place).center(), rng.choice(("front", "front", "close", "move"))
    if deed == "front":
        QTest.mouseClick(tabs, LEFT, NONE, at)
    elif deed == "close":
        QTest.mouseClick(tabs, Qt.MouseButton.MiddleButton, NONE, at)
    else:
        tabs.moveTab(place, rng.randrange(tabs.count()))
    return f"{deed} {place}"


@deed(3)
def open_file(world: World, rng: Random) -> str:
    """Opens a file that was saved before, one that is none, or one that is not there."""
    files = sorted(file.name for file in world.folder.iterdir() if file.name.endswith(".json"))
    name = rng.choice([*files, f"missing{SUFFIX}"])
    world.window.open_file(world.folder / name)
    return name


@deed(2)
def save_to(world: World, rng: Random) -> str:
    """Saves the document in front, under a name of its own where it has none."""
    document = world.session.document
    if document.file is None:
        file = world.folder / f"saved{rng.randint(0, 5)}{SUFFIX}"
        other = world.session.document_of(file)
        if other is not None:
            return NOTHING
        world.session.save(document, file)
    else:
        QTest.keySequence(world.canvas, "Ctrl+S")
    return str(document.file.name if document.file else "")


@deed(3)
def tidy_up(world: World, rng: Random) -> str:
    """Shows the design again with all its panels, since what is hidden cannot be used."""
    for name in ("action_workspace_design", "action_reset_layout"):
        action = world.window.findChild(QAction, name)
        assert action is not None
        action.trigger()
    return "all panels"


@deed(2)
def wait(world: World, rng: Random) -> str:
    """Does nothing for a moment, so that figures of memory, remedies and widths come."""
    QTest.qWait(rng.choice((35, 100)))
    return "a moment"


@deed(1)
def resize(world: World, rng: Random) -> str:
    world.window.resize(rng.randint(900, 1400), rng.randint(600, 900))
    QTest.mouseMove(world.canvas.viewport(), QPoint(rng.randint(0, 300), rng.randint(0, 300)))
    return f"{world.window.width()} x {world.window.height()}"
