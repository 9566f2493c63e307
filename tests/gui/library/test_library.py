"""The library: a search by subsequence, and three keystrokes or fewer for a residual block."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView

import explorer
from explorer.core.block import BLOCKS
from explorer.gui.editing.block_drop import BlockDrop
from explorer.gui.library.model import DETAIL, THING, LibrarySearch
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session


@pytest.fixture
def search(window: MainWindow) -> QLineEdit:
    found = window.findChild(QLineEdit, "library_search")
    assert found is not None
    return found


@pytest.fixture
def lines(window: MainWindow) -> QTreeView:
    found = window.findChild(QTreeView, "library_list")
    assert found is not None
    return found


def drop(data: QMimeData, view: QTreeView, place: QPoint) -> None:
    """Drags something over a view and lets it go there."""
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place, actions, data, button, keys),
        QDragMoveEvent(place, actions, data, button, keys),
        QDropEvent(QPointF(place), actions, data, button, keys),
    ):
        QApplication.sendEvent(view.viewport(), event)


def listed(model: LibrarySearch, parent: QModelIndex | None = None) -> list[str]:
    found: list[str] = []
    for row in range(model.rowCount(parent or QModelIndex())):
        index = model.index(row, 0, parent or QModelIndex())
        found += [index.data()] if index.data(THING) else listed(model, index)
    return found


def test_everything_there_is_can_be_found(session: Session) -> None:
    found = listed(LibrarySearch(session))
    assert {entry.title for entry in explorer.networks()} <= set(found)
    blocks = {key for key, cls in BLOCKS._entries.items() if cls.group} - {"Chain", "Repeat"}
    assert blocks <= set(found)


def test_networks_stand_by_family_with_year_and_size(session: Session) -> None:
    model = LibrarySearch(session)
    networks = model.index(0, 0)
    assert networks.data() == "Networks"
    families = [model.index(row, 0, networks) for row in range(model.rowCount(networks))]
    family = next(index for index in families if index.data() == "Residual networks")
    first = model.index(0, 0, family)
    assert (first.data(), first.data(DETAIL)) == ("ResNet-18", "✓ 2015 · 11.7 M")
    assert "11,689,512" in first.data(Qt.ItemDataRole.ToolTipRole)
    assert "✓ Checked: count, MACs, shapes, outputs." in first.data(Qt.ItemDataRole.ToolTipRole)
    gray = next(model.index(row, 0, family) for row in range(9) if "one channel" in model.index(row, 0, family).data())
    assert gray.data(DETAIL) == "2015 · 11.2 M"
    assert "Not checked" in gray.data(Qt.ItemDataRole.ToolTipRole)


def test_a_search_finds_by_subsequence(session: Session) -> None:
    model = LibrarySearch(session)
    model.search("bnrm2")
    assert listed(model) == ["BatchNorm2d"]
    model.search("basic")
    assert listed(model)[0] == "BasicBlock"
    assert model.best().data() == "BasicBlock"
    model.search("xyzzy")
    assert listed(model) == []
    assert not model.best().isValid()


@pytest.mark.parametrize(
    ("typed", "best"), [("conv", "Conv2d"), ("relu", "ReLU"), ("res18", "ResNet-18"), ("bb", "BasicBlock")]
)
def test_the_nearest_line_is_chosen(session: Session, typed: str, best: str) -> None:
    model = LibrarySearch(session)
    model.search(typed)
    assert model.best().data() == best


def test_residual_blocks_stack_by_keyboard(session: Session, window: MainWindow, search: QLineEdit) -> None:
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert search.hasFocus()
    QTest.keyClicks(search, "bas")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [slot.name for slot in session.network.body.slots][8] == "block1"
    QTest.keyClick(search, Qt.Key.Key_Return)  # one keystroke for each further one
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [slot.name for slot in session.network.body.slots][8:11] == ["block1", "block2", "block3"]
    assert not session.analysis.problems


def test_a_residual_block_is_one_keystroke_from_anywhere(session: Session, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert [slot.name for slot in session.network.body.slots][8:10] == ["block1", "block2"]


def test_the_arrow_keys_choose_another_line(search: QLineEdit, lines: QTreeView) -> None:
    QTest.keyClicks(search, "block")
    first = lines.currentIndex().data()
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert lines.currentIndex().data() != first
    QTest.keyClick(search, Qt.Key.Key_Up)
    assert lines.currentIndex().data() == first
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""


def test_enter_opens_a_network_beside_the_work(session: Session, search: QLineEdit) -> None:
    QTest.keyClicks(search, "lenet")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [document.title for document in session.documents] == ["ResNet-18", "LeNet-5"]
    assert session.analysis.parameters == 44_426


def test_a_double_click_inserts(session: Session, search: QLineEdit, lines: QTreeView) -> None:
    QTest.keyClicks(search, "dropout2d")
    place = lines.visualRect(lines.currentIndex()).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "Dropout2d" in [slot.block.type_name() for slot in session.network.body.slots]


def test_a_block_is_dragged_into_the_table(session: Session, search: QLineEdit, lines: QTreeView) -> None:
    QTest.keyClicks(search, "basic")
    data = lines.model().mimeData([lines.currentIndex()])
    assert BlockDrop.holds_blocks(data)
    table = lines.window().findChild(QTreeView, "layers_table")
    assert table is not None
    drop(data, table, table.visualRect(table.model().index(4, 0)).bottomLeft())  # between layer1 and layer2
    assert [slot.name for slot in session.network.body.slots][4:7] == ["layer1", "block1", "layer2"]
    assert session.selection == (("block1",),)
    assert session.network.block(("block1",)).out_channels == 64  # type: ignore[attr-defined]
    assert session.analysis.output_shape == (10,)
