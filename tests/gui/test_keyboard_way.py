"""The keyboard's way through Design: from the diagram to the fields and back, to the ends and to the problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from PySide6.QtCore import QKeyCombination, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Add, Chain
from explorer.core.network import Network
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

Key: TypeAlias = Qt.Key
Keys: TypeAlias = Qt.KeyboardModifier
Press: TypeAlias = Callable[..., str]


@pytest.fixture
def press(window: MainWindow, qtbot: QtBot) -> Press:
    """Presses a key wherever the keyboard is, and says where it is then."""
    window.activateWindow()
    qtbot.waitActive(window)

    def press(key: Key | str, modifiers: Keys = Keys.NoModifier) -> str:
        QTest.keyClick(QGuiApplication.focusWindow(), key, modifiers)  # type: ignore[arg-type]
        focus = QApplication.focusWidget()
        return focus.objectName() if focus else ""

    return press


def test_it_begins_at_the_diagram(press: Press, session: Session) -> None:
    assert press(Key.Key_Down) == "canvas"
    assert session.selection == (("conv1",),)


def test_a_new_network_begins_at_its_diagram_too(press: Press, session: Session) -> None:
    assert press(Key.Key_L, Keys.ControlModifier) == "library_search"
    assert press(Key.Key_N, Keys.ControlModifier) == "canvas"


@pytest.mark.parametrize("back", [Key.Key_Return, Key.Key_Escape], ids=["Enter", "Escape"])
def test_enter_leads_to_the_fields_and_back(press: Press, session: Session, back: Key) -> None:
    press(Key.Key_Down)
    assert press(Key.Key_Return) == "field_out_channels"
    for digit in "128":
        press(digit)  # in the place of the 64, not behind it
    assert session.network.block(("conv1",)) == Conv2d(128, 7, 2, 3, bias=False)
    assert press(back) == "canvas"
    assert session.selection == (("conv1",),)


def test_without_a_selection_enter_leads_to_the_network(press: Press, session: Session) -> None:
    assert press(Key.Key_Return) == "field_network_name"
    press("x")
    assert session.network.name == "x"


def test_a_refused_name_keeps_the_keyboard_until_it_is_given_up(press: Press, session: Session) -> None:
    session.select((("relu",),))
    press(Key.Key_Return)
    for letter in "bn1":
        press(letter)
    assert press(Key.Key_Return) == "field_slot_name"
    assert press(Key.Key_Escape) == "field_slot_name"  # the old name is back
    assert press(Key.Key_Escape) == "canvas"
    assert not session.document.modified


def test_the_fields_are_two_keys_from_the_library(press: Press, session: Session) -> None:
    press(Key.Key_L, Keys.ControlModifier)
    for letter in "bas":
        press(letter)
    press(Key.Key_Return)
    assert press(Key.Key_I, Keys.ControlModifier) == "field_out_channels"


def test_a_block_without_fields_has_its_name(press: Press, session: Session) -> None:
    session.select((("relu",),))
    assert press(Key.Key_I, Keys.ControlModifier) == "field_slot_name"


def test_what_is_locked_unpacks_by_enter(press: Press, session: Session, qtbot: QtBot) -> None:
    session.select((("layer1", "0"),))
    assert press(Key.Key_Return) == "inspector_unpack"
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(session.network.block(("layer1",)), Chain))


def test_a_closed_inspector_opens_for_its_fields(press: Press, window: MainWindow) -> None:
    dock = window.findChild(QDockWidget, "dock_inspector")
    assert dock is not None
    dock.close()
    press(Key.Key_2, Keys.ControlModifier)
    assert press(Key.Key_I, Keys.ControlModifier) == "field_network_name"
    assert dock.isVisible()


def test_escape_leaves_the_library_in_two_steps(press: Press) -> None:
    press(Key.Key_L, Keys.ControlModifier)
    press("b")
    assert press(Key.Key_Escape) == "library_search"  # the search is empty now
    assert press(Key.Key_Escape) == "canvas"


def test_the_input_is_typed_where_it_stands(press: Press, session: Session) -> None:
    session.select((("fc",),))  # far away from the input
    assert press(Key.Key_Home, Keys.AltModifier) == "canvas_editor"
    for letter in "3,64,64":
        press(letter)
    assert press(Key.Key_Return) == "canvas"
    assert session.network.input_shape == (3, 64, 64)
    assert press(Key.Key_Home, Keys.AltModifier) == "canvas_editor"
    press("7")
    assert press(Key.Key_Escape) == "canvas"
    assert session.network.input_shape == (3, 64, 64)


def test_the_classes_are_typed_where_they_stand(press: Press, session: Session) -> None:
    press(Key.Key_End, Keys.AltModifier)
    press("7")
    assert press(Key.Key_Return) == "canvas"
    assert session.analysis.output_shape == (7,)


@pytest.mark.parametrize(
    ("keys", "refused", "accepted"),
    [
        (QKeyCombination(Keys.AltModifier, Key.Key_Home), "large", "3,64,64"),
        (QKeyCombination(Keys.AltModifier, Key.Key_End), "0", "7"),
        (QKeyCombination(Key.Key_F2), "bn1", "stem"),
    ],
    ids=["input", "classes", "name"],
)
def test_what_is_refused_can_be_corrected(
    press: Press, session: Session, messages: list[str], keys: QKeyCombination, refused: str, accepted: str
) -> None:
    before = session.network
    press(Key.Key_Down)
    press(keys.key(), keys.keyboardModifiers())
    for letter in refused:
        press(letter)
    assert press(Key.Key_Return) == "canvas_editor"
    assert len(messages) == 1
    assert session.network == before
    for letter in accepted:
        press(letter)
    assert press(Key.Key_Return) == "canvas"
    assert session.network != before
    assert len(messages) == 1


def test_a_network_without_classes_keeps_the_keyboard_where_it_is(press: Press, session: Session) -> None:
    session.open_network(Network.of("image", (3, 8, 8), Chain(("conv", Conv2d(4, 1)))))
    assert press(Key.Key_End, Keys.AltModifier) == "canvas"


def test_a_sum_is_mended_by_enter(press: Press, session: Session, window: MainWindow, qtbot: QtBot) -> None:
    broken = Network.of("broken", (3, 8, 8), Chain(Add(Chain(("conv", Conv2d(8, 1))), Chain())))
    session.open_network(broken)
    press(Key.Key_F4)
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "inspector_remedy_0") is not None)
    assert press(Key.Key_Return) == "inspector_remedy_0"
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: not session.analysis.problems)


def test_one_problem_after_the_other(press: Press, session: Session, messages: list[str]) -> None:
    broken = Chain(("a", Conv2d(8, 3, groups=2)), ("flatten", Flatten()), ("fc", Linear(0)))
    session.open_network(Network.of("broken", (3, 8, 8), broken))
    first, second = [problem.path for problem in session.analysis.problems]
    visited = []
    for _ in range(3):
        press(Key.Key_F4)
        visited.append(session.selection)
    assert visited == [(first,), (second,), (first,)]
    assert messages == [str(session.analysis.problems[number]) for number in (0, 1, 0)]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_menu_key_opens_the_menu_at_the_block(press: Press, session: Session, window: MainWindow) -> None:
    canvas = window.findChild(NetworkCanvas, "canvas")
    assert canvas is not None
    session.select((("conv1",),))
    card = walk.find(canvas.item.figure, ("conv1",))
    assert card is not None
    middle = canvas.mapFromScene(canvas.rect_of(card)).boundingRect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(canvas.viewport(), event)
    menu = canvas.findChild(QMenu, "context_menu")
    assert menu is not None
    reach = menu.geometry().adjusted(-2, -2, 2, 2)  # the screen is small: it does not begin at the block
    assert reach.contains(canvas.viewport().mapToGlobal(middle))
    menu.close()


def test_a_projection_is_built_on_the_shortcut(press: Press, session: Session) -> None:
    """Around a block that halves the image: the convolution is inserted beside it and moved onto the identity."""
    session.open_network(Network.of("to be mended", (8, 8, 8), Chain(("half", Conv2d(8, 3, 2, 1)))))
    session.select((("half",),))
    press(Key.Key_R, Keys.ControlModifier | Keys.ShiftModifier)
    assert session.analysis.partial
    session.select((("half",),))
    press(Key.Key_D, Keys.ControlModifier)
    press(Key.Key_Right, Keys.AltModifier)
    assert not session.analysis.partial
    assert session.network.body == Chain(Add(Chain(("half", Conv2d(8, 3, 2, 1))), Chain(("conv1", Conv2d(8, 3, 2, 1)))))
