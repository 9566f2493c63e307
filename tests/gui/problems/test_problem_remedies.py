"""Remedies in the window: in the list of problems, in the inspector and by a key, each one step of the history."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import BLOCKS
from explorer.core.compose import Add, Chain, Slot
from explorer.core.network import Network
from explorer.gui.editing import edits
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

BROKEN = Network.of(
    "Broken",
    (3, 16, 16),
    Chain(
        ("add", Add(Chain(("conv", Conv2d(8, 3, padding=1))), Chain())),
        ("bad", Conv2d(0, 3, padding=1)),
        ("fc", Linear(10)),
    ),
)


class Desk:
    """The window with a network that has three problems, two of them in sight at first."""

    def __init__(self, qtbot: QtBot, session: Session, window: MainWindow) -> None:
        self.qtbot, self.session, self.window = qtbot, session, window
        session.open_network(BROKEN)
        window.page("design").dock("problems").raise_()
        rows = window.findChild(QTreeWidget, "problems_list")
        assert rows is not None
        self.rows = rows

    def find(self, name: str) -> QWidget | None:
        return next((found for found in self.window.findChildren(QWidget, name) if found.isVisible()), None)

    def button(self, name: str) -> QPushButton:
        self.qtbot.waitUntil(lambda: self.find(name) is not None)
        found = self.find(name)
        assert isinstance(found, QPushButton)
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert found is not None
        return found

    def problems(self) -> list[str]:
        return [".".join(problem.path) for problem in self.session.analysis.problems]

    @property
    def undo_text(self) -> str:
        return self.session.undo_stack.undoText()


@pytest.fixture
def desk(qtbot: QtBot, session: Session, window: MainWindow) -> Desk:
    return Desk(qtbot, session, window)


def test_a_button_in_the_row_mends_the_problem_in_one_step(desk: Desk) -> None:
    assert desk.problems() == ["add", "bad"]
    button = desk.button("remedy_0_0")
    assert button.accessibleName() == button.toolTip() == "Project the shortcut with a 1 × 1 convolution"
    desk.click("remedy_0_0")
    assert desk.undo_text == "project the shortcut with a 1 × 1 convolution"
    assert desk.problems() == ["bad"]
    assert desk.session.selection == (("add",),)
    assert desk.rows.currentIndex().row() == 0  # the next problem
    desk.session.undo_stack.undo()
    assert desk.session.network is BROKEN


def test_all_problems_are_mended_one_click_each(desk: Desk) -> None:
    for _ in range(3):
        assert desk.problems()
        desk.click("remedy_0_0")
    assert desk.session.analysis.output_shape == (10,)
    assert desk.session.undo_stack.count() == 3
    assert not desk.rows.isVisible()


def test_all_problems_are_mended_by_keys_alone(desk: Desk) -> None:
    desk.rows.setFocus()
    QTest.keyClick(desk.rows, Qt.Key.Key_Home)
    desk.rows.setCurrentIndex(desk.rows.model().index(0, 0))
    QTest.keyClick(desk.rows, Qt.Key.Key_Return)
    assert desk.session.selection == (("add",),)
    for _ in range(3):
        QTest.keyClick(desk.rows, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert desk.session.analysis.problems == ()
    assert desk.session.undo_stack.count() == 3


def test_the_next_remedy_is_a_tab_away(desk: Desk) -> None:
    button = desk.button("remedy_0_0")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert desk.problems() == ["bad"]


def test_the_menus_have_all_remedies(desk: Desk) -> None:
    desk.button("remedy_1_0")
    more = desk.find("remedy_1_more")
    assert isinstance(more, QToolButton)
    labels = [action.text() for action in more.menu().actions()]
    assert labels == ["Set out_channels to 1", "Set out_channels to 64 (default)"]
    desk.rows.setCurrentIndex(desk.rows.model().index(1, 0))
    desk.rows.customContextMenuRequested.emit(QPoint(-1, -1))  # as by the menu key
    menu = desk.window.findChild(QMenu, "menu_problem")
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Go to the Block\tEnter", f"{labels[0]}\tAlt+Enter", labels[1]]
    menu.actions()[-1].trigger()
    menu.close()
    assert desk.session.network.block(("bad",)) == Conv2d(64, 3, padding=1)
    assert desk.session.selection == (("bad",),)


def test_a_remedy_works_on_the_network_of_the_moment(desk: Desk) -> None:
    button = desk.button("remedy_1_0")
    edits.set_field(desk.session, (("fc",),), "out_features", 77)  # which changes no problem
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.session.network.block(("fc",)) == Linear(77)
    assert desk.session.network.block(("bad",)) == Conv2d(1, 3, padding=1)


def test_scrolling_leaves_every_delay_as_it_is(desk: Desk) -> None:
    network = Network.of("Many", (3, 16, 16), Chain(*((f"bad{n}", Conv2d(0, 3)) for n in range(60))))
    desk.session.open_network(network)
    desk.qtbot.waitUntil(lambda: desk.rows.verticalScrollBar().maximum() > 0)
    delays = [timer.interval() for timer in desk.window.findChildren(QTimer)]
    desk.rows.verticalScrollBar().setValue(desk.rows.verticalScrollBar().maximum())
    assert [timer.interval() for timer in desk.window.findChildren(QTimer)] == delays


def test_a_problem_without_a_remedy_keeps_its_sentence(desk: Desk) -> None:
    softmax = BLOCKS["Softmax"]()
    desk.session.open_network(Network.of("Vector", (12,), Chain(("soft", softmax), ("conv", Conv2d(4, 1)))))
    desk.qtbot.wait(100)
    item = desk.rows.topLevelItem(0)
    assert item is not None
    assert (
        item.text(2) == "Move it before the layer that flattens the image, or give the network an image as its input."
    )
    assert desk.find("remedy_0_0") is None


def test_only_rows_in_sight_have_buttons(desk: Desk) -> None:
    many = Chain(*(Slot(f"conv{number}", Conv2d(0)) for number in range(300)))
    desk.session.open_network(Network.of("many", (3, 8, 8), many))
    desk.button("remedy_0_0")
    desk.qtbot.wait(100)
    cells = [desk.rows.model().index(number, 2) for number in range(250)]
    buttons = [desk.rows.indexWidget(cell) for cell in cells]
    assert desk.rows.topLevelItemCount() == 250
    assert 0 < sum(button is not None for button in buttons) < 20
    assert buttons[-1] is None
    desk.rows.scrollToBottom()
    desk.button("remedy_249_0")


def test_the_inspector_mends_a_block(desk: Desk) -> None:
    desk.session.select((("add",),))
    desk.click("inspector_remedy_0")
    assert desk.problems() == ["bad"]
    assert desk.session.selection == (("add",),)
    desk.qtbot.waitUntil(lambda: desk.find("inspector_remedy_0") is None)


def test_the_inspector_mends_a_field(desk: Desk) -> None:
    desk.session.select((("bad",),))
    assert desk.find("inspector_remedy_0") is None
    desk.click("remedy_out_channels_1")
    assert desk.session.network.block(("bad",)) == Conv2d(64, 3, padding=1)
    assert desk.undo_text == "set out_channels to 64 (default)"
    assert desk.find("remedy_out_channels_1") is None


def test_a_form_comes_back_whose_problem_was_mended_as_it_went(desk: Desk) -> None:
    desk.session.select((("bad",),))
    desk.button("remedy_out_channels_1")
    desk.session.edit("mend", desk.session.network.replace(("bad",), Conv2d(8, 3)))
    desk.session.select((("fc",),))  # the buttons still exist, for a moment
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.session.select((("bad",),))
    assert desk.find("field_out_channels") is not None


def test_the_inspector_mends_a_name(desk: Desk) -> None:
    desk.session.open_network(Network.of("Named", (3, 8, 8), Chain(("a b", ReLU()))))
    desk.session.select((("a b",),))
    label = desk.find("inspector_problem")
    assert isinstance(label, QLabel)
    assert "'a b'" in label.text()
    desk.click("inspector_remedy_0")
    assert desk.session.selection == (("a_b",),)


def press_ctrl_period(window: MainWindow) -> None:
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)


def test_the_command_mends_the_problem_at_the_selection_or_the_first(desk: Desk, messages: list[str]) -> None:
    action = desk.action("action_apply_remedy")
    desk.qtbot.waitActive(desk.window)
    desk.session.select((("bad",),))
    press_ctrl_period(desk.window)
    assert desk.undo_text == "set out_channels to 1"
    desk.session.select((("fc",),))
    press_ctrl_period(desk.window)
    assert desk.undo_text == "project the shortcut with a 1 × 1 convolution"
    press_ctrl_period(desk.window)
    assert desk.undo_text == "flatten first"
    assert messages == []
    assert not action.isEnabled()


def test_the_command_says_so_where_nothing_mends(desk: Desk, messages: list[str]) -> None:
    desk.session.open_network(Network.of("Vector", (12,), Chain(("conv", Conv2d(4, 1)), ("flat", Flatten()))))
    desk.action("action_apply_remedy").trigger()
    assert messages[0].startswith("No single step mends this: conv: Conv2d needs an image")
    assert desk.session.selection == (("conv",),)


def test_with_the_last_problem_mended_the_keyboard_is_on_the_diagram(
    session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    session.open_network(Network.of("bad", (3, 16, 16), Chain(("bad", Conv2d(0, 3)))))
    rows = window.findChild(QTreeWidget, "problems_list")
    dock = window.findChild(QDockWidget, "dock_problems")
    assert rows is not None
    assert dock is not None
    dock.raise_()
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(0, 0))
    QTest.keyClick(rows, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert not session.analysis.problems
    focus = window.focusWidget()
    assert focus is not None
    assert focus.objectName() == "canvas"


def test_no_window_flashes_up_while_remedies_are_offered(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    """A widget that is shown before it has a parent is a window of its own, and takes the keyboard away."""
    shown: list[str] = []

    class Watcher(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched.objectName())
            return False

    watcher, application = Watcher(), QApplication.instance()
    assert application is not None
    application.installEventFilter(watcher)
    session.edit("break", session.network.replace(("maxpool",), MaxPool2d(60)))
    rows = window.findChild(QTreeWidget, "problems_list")
    assert rows is not None
    dock = window.findChild(QDockWidget, "dock_problems")
    assert dock is not None
    dock.raise_()
    qtbot.waitUntil(lambda: bool(rows.findChildren(QPushButton)))
    session.select((("maxpool",),))
    qtbot.wait(60)
    application.removeEventFilter(watcher)
    assert shown == []
