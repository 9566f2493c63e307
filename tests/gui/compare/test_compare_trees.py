"""The two trees of a comparison, from the moment they are shown."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.core.difference import compare
from explorer.gui.compare.view import CompareTrees


@pytest.mark.parametrize("width", [500, 1200])
def test_names_take_the_room_that_is_left_and_none_of_that_of_the_figures(qtbot: QtBot, width: int) -> None:
    around, trees = QWidget(), CompareTrees()
    qtbot.addWidget(around)
    QVBoxLayout(around).addWidget(trees)
    difference = compare(explorer.network("plain34"), explorer.network("resnet34"))
    trees.show_difference(difference, only_differences=False, flops=False)
    around.resize(width, 300)
    around.show()
    left, right = (trees.trees[side] for side in ("left", "right"))
    beside = left.header().length() - left.header().sectionSize(left.treePosition())
    needed = right.header().sectionSize(right.treePosition())  # the names of these two are the same
    assert left.header().sectionSize(left.treePosition()) == max(needed, left.viewport().width() - beside)
