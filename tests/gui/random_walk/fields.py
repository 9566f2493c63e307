"""What is typed and clicked in the fields of the window and of its dialogs, whatever they are called."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QToolButton,
    QWidget,
)

from explorer.gui.problems.fixing import FIX_DELAY
from tests.gui.random_walk.deed import LEFT, NONE, NOTHING, deed
from tests.gui.random_walk.menus import LEFT_OUT, choose
from tests.gui.random_walk.world import World

NUMBERS = ("0", "1", "2", "3", "4", "7", "8", "10", "16", "28", "32", "64", "100", "512", "65536", "99999", "-1")
TEXTS = (
    "", " ", "x", "conv1", "a.b", "#0", "#1.2", "layer1", "é × 日本", "1e-3", "nan", "inf", "-0.5", "0.5", "3, 5",
    "1 28 28", "3 × 32 × 32", "0 x 0", "{}", "a" * 300, "skip", "output", "input", "kernel=3", "&File",
)  # fmt: skip
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, None)
_STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_End)
KINDS = (QAbstractSpinBox, QLineEdit, QComboBox, QAbstractButton)


def some_text(rng: Random) -> str:
    """Something to type."""
    return rng.choice(NUMBERS if rng.random() < 0.6 else TEXTS)


def type_into(widget: QWidget, text: str) -> None:
    """Types a text in the place of what stands there."""
    QTest.keySequence(widget, "Ctrl+A")
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    for letter in text:  # QTest's own keyClicks ends the process at letters beyond Latin-1
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, NONE, letter))


def fields_in(place: QWidget) -> list[QWidget]:
    """The fields of a place that a person could use."""
    found = [widget for kind in KINDS for widget in place.findChildren(kind)]
    return [
        widget
        for widget in found
        if widget.isVisible()
        and widget.isEnabled()
        and widget.objectName() not in LEFT_OUT
        and not isinstance(widget.parent(), QAbstractSpinBox)
    ]


def use_field(widget: QWidget, rng: Random) -> str:
    """Does with a field what it is there for."""
    name = widget.objectName() or type(widget).__name__
    if isinstance(widget, QToolButton) and widget.menu() is not None:  # a click would wait for an answer
        return f"{name}: {choose(widget.menu(), rng)}"
    if isinstance(widget, QAbstractButton):
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())
        return f"click {name}"
    widget.setFocus()
    if isinstance(widget, QComboBox) and not widget.isEditable():
        key = rng.choice(_STEPS)
        QTest.keyClick(widget, key)
        return f"{name}: {key.name}"
    if isinstance(widget, QAbstractSpinBox) and rng.random() < 0.3:
        key = rng.choice(_STEPS[:3])
        QTest.keyClick(widget, key)
        return f"{name}: {key.name}"
    text, end = some_text(rng), rng.choice(_ENDS)
    type_into(widget, text)
    if end is not None:
        QTest.keyClick(widget, end)
    return f"{name}: {text[:30]!r} {end.name if end else ''}"


def _use_one_of(place: QWidget, rng: Random) -> str:
    fields = fields_in(place)
    return use_field(rng.choice(fields), rng) if fields else NOTHING


@deed(20)
def inspector(world: World, rng: Random) -> str:
    return _use_one_of(world.find(QWidget, "panel_inspector"), rng)


@deed(4)
def any_field(world: World, rng: Random) -> str:
    """Also those that nobody thought of when this was written: find bars, filters, palettes."""
    return _use_one_of(world.window, rng)


@deed(6)
def remedy(world: World, rng: Random) -> str:
    """Goes to a problem and mends it with a button, in the inspector or among the problems."""
    problems = world.session.analysis.problems
    if problems and rng.random() < 0.5:
        found = rng.choice(problems)
        world.session.reveal(found.path, found.field)
    QTest.qWait(2 * FIX_DELAY)
    buttons = [
        button
        for button in world.window.findChildren(QAbstractButton)
        if "remedy" in button.objectName() and button.isVisible() and button.isEnabled()
    ]
    return use_field(rng.choice(buttons), rng) if buttons else NOTHING


@deed(2)
def problem(world: World, rng: Random) -> str:
    """Goes to a problem by keyboard."""
    rows = world.window.findChild(QAbstractItemView, "problems_list")
    if rows is None or not rows.isVisible():
        return NOTHING
    for _ in range(rng.randint(1, 4)):
        QTest.keyClick(rows, rng.choice((Qt.Key.Key_Down, Qt.Key.Key_Up)))
    QTest.keyClick(rows, Qt.Key.Key_Return)
    return "go to a problem"
