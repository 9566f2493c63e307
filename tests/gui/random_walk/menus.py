"""Actions of the menus, whatever they are called: new ones take part by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from tests.gui.random_walk.deed import NOTHING, deed
from tests.gui.random_walk.world import World

LEFT_OUT = {
    "action_quit": "it ends the walk",
    "action_open_log": "it starts another program",
    "action_library_show_file": "it starts another program",
    "action_print": "it asks for the printers of the machine",
}
OFTEN = {"menu_edit": 8, "menu_insert": 2, "menu_view": 4}  # against one for the others


def leave_out(world: World) -> None:
    """Takes away what no step may do, whether by menu, by key or by a palette of all actions."""
    for name in LEFT_OUT:
        for action in world.window.findChildren(QAction, name):
            action.setEnabled(False)


def offered(menu: QMenu) -> list[QAction]:
    """What a person could choose in a menu now, or a submenu of it."""
    menu.aboutToShow.emit()
    return [
        action
        for action in menu.actions()
        if action.isEnabled()
        and action.isVisible()
        and not action.isSeparator()
        and action.objectName() not in LEFT_OUT
    ]


def choose(menu: QMenu, rng: Random) -> str:
    """Chooses something in a menu."""
    actions = offered(menu)
    if not actions:
        return NOTHING
    action = rng.choice(actions)
    inner = action.menu()
    if isinstance(inner, QMenu):
        return choose(inner, rng)
    said = action.text() or action.objectName()
    action.trigger()
    return said


def all_actions(menu: QMenu) -> Iterator[QAction]:
    """What could be chosen in a menu and all in it."""
    for action in offered(menu):
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from all_actions(inner)
        else:
            yield action


def _menus(world: World) -> list[QMenu]:
    found = (action.menu() for action in world.window.menuBar().actions())
    return [menu for menu in found if isinstance(menu, QMenu)]


@deed(30)
def menu(world: World, rng: Random) -> str:
    menus = _menus(world)
    return choose(rng.choices(menus, [OFTEN.get(menu.objectName(), 1) for menu in menus])[0], rng)


@deed(10)
def shortcut(world: World, rng: Random) -> str:
    """Presses the keys of an action, wherever the focus is."""
    keyed = [action for menu in _menus(world) for action in all_actions(menu) if action.shortcuts()]
    action = rng.choice(keyed)
    keys = rng.choice(action.shortcuts())
    target: QWidget = QApplication.focusWidget() or world.canvas
    QTest.keySequence(target, keys)
    return f"{keys.toString()} on {target.objectName() or type(target).__name__}"


@deed(6)
def history(world: World, rng: Random) -> str:
    group = world.session.undo_group
    name = rng.choice(("undo", "redo", "undo"))
    action = world.window.findChild(QAction, f"action_{name}")
    assert action is not None
    steps = rng.randint(1, 5)
    for _ in range(steps):
        action.trigger()
    assert action.isEnabled() == (group.canUndo() if name == "undo" else group.canRedo())
    return f"{steps} x {name}"
