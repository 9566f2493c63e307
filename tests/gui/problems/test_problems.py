"""The problems: one row each, counted in the title, with the remedy; a click goes there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QSpinBox, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from explorer.blocks.conv import Conv2d
from explorer.core.compose import Chain, Slot
from explorer.core.network import Network
from explorer.gui.editing import edits
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session


@pytest.fixture
def rows(window: MainWindow) -> QTreeWidget:
    found = window.findChild(QTreeWidget, "problems_list")
    assert found is not None
    return found


def title(window: MainWindow) -> str:
    dock = window.findChild(QDockWidget, "dock_problems")
    assert dock is not None
    return dock.windowTitle()


def test_without_problems_it_says_so(window: MainWindow, rows: QTreeWidget) -> None:
    assert title(window) == "Problems 0"
    assert not rows.isVisible()


def test_a_problem_has_its_place_its_reason_and_its_remedy(
    session: Session, window: MainWindow, rows: QTreeWidget
) -> None:
    edits.set_field(session, (("conv1",),), "groups", 3)
    assert title(window) == "Problems 1"
    item = rows.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "conv1"
    assert "cannot split 1 input channels into 3" in item.text(1)
    assert item.text(2).startswith("Choose a number of groups")
    session.undo_stack.undo()
    assert title(window) == "Problems 0"


def test_a_sum_without_a_name_is_called_what_it_is(session: Session, window: MainWindow, rows: QTreeWidget) -> None:
    session.edit("unpack", session.network.unpack(("layer2",)).unpack(("layer2", "0")))
    edits.set_field(session, (("layer2", "0", "downsample", "0"),), "out_channels", 96)
    item = rows.topLevelItem(0)
    assert item is not None
    assert item.text(0) == item.toolTip(0) == "the sum in layer2.0"
    session.reveal(session.analysis.problems[0].path)
    where = window.findChild(QLabel, "inspector_where")
    assert where is not None
    assert where.text().startswith("the sum in layer2.0\n")
    canvas = window.findChild(QWidget, "canvas")
    assert canvas is not None
    assert "#" not in canvas.accessibleDescription()


def test_a_click_goes_to_the_block_and_its_field(session: Session, window: MainWindow, rows: QTreeWidget) -> None:
    edits.set_field(session, (("layer3",),), "stride", 100)
    session.select(())
    item = rows.topLevelItem(0)
    assert item is not None
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(item).center())
    assert session.selection == (("layer3",),)
    focus = window.focusWidget()
    assert isinstance(focus, QSpinBox)
    assert focus.objectName() == "field_stride"


def test_every_problem_has_a_row(session: Session, rows: QTreeWidget) -> None:
    bad = Chain(*(Slot(f"conv{number}", Conv2d(0)) for number in range(40)))
    session.open_network(Network.of("bad", (1, 8, 8), bad))
    assert rows.topLevelItemCount() == len(session.analysis.problems) == 40


def test_a_problem_leaves_the_keyboard_where_somebody_types(
    session: Session, window: MainWindow, rows: QTreeWidget, qtbot: QtBot
) -> None:
    dock = window.findChild(QDockWidget, "dock_problems")
    spin = window.findChild(QSpinBox, "field_input_channels")
    assert dock is not None
    assert spin is not None
    dock.raise_()
    window.activateWindow()
    qtbot.waitActive(window)
    shown: list[QWindow] = []
    qapp = QApplication.instance()
    assert isinstance(qapp, QApplication)
    qapp.focusWindowChanged.connect(shown.append)
    spin.setFocus()
    edits.set_field(session, (("conv1",),), "groups", 3)
    item = rows.topLevelItem(0)
    assert item is not None
    qtbot.waitUntil(lambda: rows.itemWidget(item, 2) is not None)
    QTest.qWait(20)  # a window would be activated only now
    qapp.focusWindowChanged.disconnect(shown.append)
    assert spin.hasFocus()
    assert shown == [], "no window of its own comes and goes"
