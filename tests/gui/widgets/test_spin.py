"""The spin box of all forms: large steps double and halve, and everything in it can be read."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QSpinBox, QStyle, QStyleOptionSpinBox, QToolButton
from pytestqt.qtbot import QtBot

import explorer
from explorer.core import storage
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.widgets.spin import Spin

WITH_MENUS = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture
def spin(qtbot: QtBot) -> Spin:
    made = Spin(1, 1000)
    qtbot.addWidget(made)
    made.setValue(64)
    made.show()
    return made


def test_page_keys_double_and_halve(spin: Spin) -> None:
    for key, value in (
        (Qt.Key.Key_PageUp, 128),
        (Qt.Key.Key_Up, 129),
        (Qt.Key.Key_PageDown, 64),
        (Qt.Key.Key_Down, 63),
    ):
        QTest.keyClick(spin, key)
        assert spin.value() == value


def test_they_stop_at_the_limits(spin: Spin) -> None:
    for key, value in ((Qt.Key.Key_PageUp, 1000), (Qt.Key.Key_PageDown, 1)):
        for _ in range(10):
            QTest.keyClick(spin, key)
        assert spin.value() == value


def test_ctrl_and_an_arrow_doubles(spin: Spin) -> None:
    option = QStyleOptionSpinBox()
    spin.initStyleOption(option)
    up = spin.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxUp, spin)
    QTest.mouseClick(spin, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, up.center())
    assert spin.value() == 128


@WITH_MENUS
@pytest.mark.parametrize(("key", "text", "value"), [("double", "Dou&ble: 128", 128), ("halve", "&Halve: 32", 32)])
def test_the_context_menu_doubles_and_halves(spin: Spin, key: str, text: str, value: int) -> None:
    place = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, spin.mapToGlobal(place))
    QApplication.sendEvent(spin, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = menu.findChild(QAction, f"action_spin_{key}")
    assert action is not None
    assert action.text() == text
    action.trigger()
    menu.close()
    assert spin.value() == value


@pytest.mark.parametrize("split", [False, True], ids=["one side", "two sides"])
def test_no_number_is_cut_off(session: Session, window: MainWindow, split: bool) -> None:
    session.select((("conv1",),))
    for link in window.findChildren(QToolButton):
        if link.isVisible() and link.objectName().endswith("_link"):
            link.setChecked(split)
    QTest.qWait(0)
    area = window.findChild(QScrollArea, "block_inspector_area")
    assert area is not None
    spins = [spin for spin in area.findChildren(QSpinBox) if spin.isVisible()]
    assert len(spins) == (10 if split else 6)
    for spin in spins:
        line = spin.lineEdit()
        room = line.width() - line.textMargins().left() - line.textMargins().right()
        assert line.fontMetrics().horizontalAdvance(spin.text()) <= room, spin.objectName()
        assert spin.mapTo(area, spin.rect().topRight()).x() < area.viewport().width(), spin.objectName()


@pytest.mark.parametrize(("number", "shown"), [(7, 7), (0, 1), (3_000_000_000, 99), (-(10**12), 1), (10**30, 99)])
def test_a_number_beyond_the_limits_shows_the_nearest_and_is_not_reported(
    qtbot: QtBot, number: int, shown: int
) -> None:
    spin = Spin(1, 99)
    qtbot.addWidget(spin)
    reported: list[int] = []
    spin.valueChanged.connect(reported.append)
    spin.show_number(number)
    assert spin.value() == shown
    assert reported == []


@pytest.mark.parametrize("number", [3_000_000_000, 10**12, 10**30])
def test_a_document_with_huge_numbers_opens_and_stays_as_it_was(
    session: Session, window: MainWindow, number: int
) -> None:
    document = json.loads(storage.dumps(explorer.network("resnet18")))
    for slot in document["body"]["slots"]:
        for key, value in slot["block"].items():
            if type(value) is int:
                slot["block"][key] = number
    document["inputs"][0]["shape"] = [number, 28, number] if number < 2**64 else [1, 28, 28]
    session.open_network(storage.loads(json.dumps(document)))
    for row in session.analysis.rows:
        session.select((row.path,))
    for path in [(slot.name,) for slot in session.network.body.slots]:
        session.select((path,))
    session.select(())
    assert any(spin.isVisible() for spin in window.findChildren(QSpinBox))
    assert not session.document.modified
    assert json.loads(storage.dumps(session.network)) == document
