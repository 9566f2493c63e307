"""The spin box of all forms: large steps double and halve, and everything in it can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QSpinBox, QStyle, QStyleOptionSpinBox
from pytestqt.qtbot import QtBot

from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.spin import Spin

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


def test_no_number_is_cut_off(session: Session, window: MainWindow) -> None:
    session.select((("conv1",),))
    QTest.qWait(0)
    spins = [spin for spin in window.findChildren(QSpinBox) if spin.isVisible()]
    assert "7 pixels" in [spin.text() for spin in spins]
    for spin in spins:
        line = spin.lineEdit()
        room = line.width() - line.textMargins().left() - line.textMargins().right()
        assert line.fontMetrics().horizontalAdvance(spin.text()) <= room, spin.objectName()
