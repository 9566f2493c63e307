"""How the Train page lies: fields below one another, nothing cut off, buttons that a hand can hit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QListWidget, QMainWindow

from explorer.core.network import Network
from explorer.gui.field_editors.editor import FieldEditor
from explorer.gui.run_settings.settings_form import SettingsForm
from explorer.gui.training.run_queue import QueuedRun
from explorer.gui.widgets.picture_strip import COLUMNS, PictureStrip
from tests.gui.desk import Desk, two_layer_network

_HAND = 20  # pixels


@pytest.fixture
def desk_network() -> Network:
    return two_layer_network()


def test_the_fields_of_all_sections_stand_below_one_another(desk: Desk) -> None:
    content = desk.find("train_settings")
    lefts = {
        editor.mapTo(content, QPoint()).x()
        for form in content.findChildren(SettingsForm)
        for editor in form.findChildren(FieldEditor)
        if editor.isVisible()
    }
    assert len(lefts) == 1


def test_the_buttons_of_a_dock_are_large_enough_to_hit(desk: Desk) -> None:
    for dock in desk.find("page_train").findChildren(QDockWidget):
        for name in ("qt_dockwidget_closebutton", "qt_dockwidget_floatbutton"):
            button = dock.findChild(QAbstractButton, name)
            assert button is not None
            assert (button.width(), button.height()) == (_HAND, _HAND)
            assert 0 <= button.y() <= button.geometry().bottom() < dock.widget().y(), "it lies in the title"


def test_pictures_are_whole_in_a_column_of_any_width(desk: Desk) -> None:
    strip = desk.find("picture_strip")
    assert isinstance(strip, PictureStrip)
    desk.qtbot.waitUntil(lambda: strip.count > COLUMNS)
    dock = desk.window.findChild(QDockWidget, "dock_train_settings")
    page = desk.find("page_train")
    assert isinstance(page, QMainWindow)
    assert dock is not None
    for width in (270, 330, 420):
        page.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        QTest.qWait(20)
        assert strip.height() >= strip._place(strip.count - 1).bottom()


def test_a_line_of_the_queue_says_all_that_matters(desk: Desk) -> None:
    network = desk.session.network
    desk.training.queue.put_back(
        QueuedRun(network, desk.training.data.choice_for(network), desk.training.config), "Its images are gone."
    )
    QTest.qWait(20)
    lines = desk.find("queue_list")
    assert isinstance(lines, QListWidget)
    item = lines.item(0)
    assert item.text().splitlines()[1].strip() == "could not start"
    widest = max(lines.fontMetrics().horizontalAdvance(line) for line in item.text().splitlines())
    assert widest <= lines.viewport().width()
    assert lines.visualItemRect(item).bottom() <= lines.viewport().height()


def test_the_window_can_become_narrow_whatever_was_shown(desk: Desk) -> None:
    desk.window.show_workspace("design")
    desk.qtbot.waitUntil(lambda: "to train at batch" in desk.text("layers_memory"))
    desk.window.show_workspace("train")
    QTest.qWait(20)
    assert desk.window.minimumSizeHint().width() <= 1000
    desk.window.resize(1000, 700)
    QTest.qWait(20)
    assert desk.window.width() == 1000
