"""A line of the library in little room: a long name makes way for the tick of what was checked."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from explorer.gui.library.delegate import LibraryDelegate
from explorer.gui.library.lines import DETAIL, SHORTER, network_line
from explorer.zoo.base import ZOO

WIDTH, TICK = 130, 20  # pixels


def painted(line: QStandardItem, qtbot: QtBot) -> QImage:
    model, view = QStandardItemModel(), QTreeView()
    model.appendRow(line)
    qtbot.addWidget(view)
    view.setModel(model)
    view.setHeaderHidden(True)
    view.setRootIsDecorated(False)
    view.setIndentation(0)
    view.setItemDelegate(LibraryDelegate(lambda: "", view))
    view.resize(WIDTH, 40)
    return view.viewport().grab(view.visualRect(model.index(0, 0))).toImage()


def without_tick(line: QStandardItem) -> QStandardItem:
    for role in (DETAIL, SHORTER):
        line.setData(None, role)
    return line


@pytest.mark.parametrize(
    ("key", "is_ticked"), [("resnext101_64x4d", True), ("preact_resnet1001", True), ("alexnet_gray", False)]
)
def test_a_tick_stays_behind_a_name_that_is_cut(key: str, is_ticked: bool, qtbot: QtBot) -> None:
    entry = ZOO[key]
    line, bare = painted(network_line(entry), qtbot), painted(without_tick(network_line(entry)), qtbot)
    assert line.size() == bare.size()
    right = (line.width() - TICK, 0, TICK, line.height())
    assert (line.copy(*right) != bare.copy(*right)) == is_ticked
