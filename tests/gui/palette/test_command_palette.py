"""The command palette on the real window, by keyboard and by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QMenu, QToolButton, QTreeView, QWidget

import explorer
from explorer.core.block import BLOCKS
from explorer.core.compose import Chain, Repeat
from explorer.gui.main_window import MainWindow
from explorer.gui.palette.lines import CHOICE
from explorer.gui.search.choices import Choice
from explorer.gui.session import Session

CONTROL = Qt.KeyboardModifier.ControlModifier


class Palette:
    """The palette as a person sees it."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.frame = self._part(QFrame, "palette")
        line, lines = self._part(QLineEdit, "palette_search"), self._part(QListView, "palette_list")
        assert isinstance(line, QLineEdit)
        assert isinstance(lines, QListView)
        self.line, self.lines = line, lines

    def _part(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.window.findChild(kind, name)
        assert isinstance(found, QWidget)
        return found

    def open(self, text: str = "") -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, Qt.Key.Key_K, CONTROL)
        assert self.line.hasFocus()
        QTest.keyClicks(self.line, text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.line, key)

    @property
    def choices(self) -> list[Choice]:
        model = self.lines.model()
        return [model.index(row, 0).data(CHOICE) for row in range(model.rowCount())]

    @property
    def current(self) -> str:
        return str(self.lines.currentIndex().data())


@pytest.fixture
def palette(window: MainWindow) -> Palette:
    return Palette(window)


def test_it_lists_everything_there_is(palette: Palette, session: Session, window: MainWindow) -> None:
    session.open_network(explorer.network("lenet5"))
    palette.open()
    keys = {choice.key for choice in palette.choices}
    for menu in window.menuBar().findChildren(QMenu):
        for action in menu.actions():
            if action.objectName().startswith("action_") and action.objectName() != "action_palette":
                assert action.objectName() in keys
    blocks = {f"block:{key}" for key, cls in BLOCKS._entries.items() if cls.group and cls not in (Chain, Repeat)}
    assert blocks <= keys
    assert {f"network:{entry.key}" for entry in explorer.networks()} <= keys
    assert "document:ResNet-18" in keys
    assert "document:LeNet-5" not in keys, "it is in front already"
    assert len(keys) == len(palette.choices)


def test_an_action_is_found_done_and_remembered(palette: Palette, session: Session, window: MainWindow) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert table is not None
    table.setFocus()
    palette.open("flops")
    assert palette.current == "Show FLOPs instead of MACs"
    palette.press(Qt.Key.Key_Return)
    assert session.flops
    assert not palette.frame.isVisible()
    assert table.hasFocus()
    palette.open()
    assert palette.current == "Show FLOPs instead of MACs", "what was used last comes first"
    assert palette.choices[0].detail == "View · on"


def test_a_block_is_inserted_and_a_network_opened(palette: Palette, session: Session) -> None:
    session.select((("relu",),))
    palette.open("dropout2d")
    palette.press(Qt.Key.Key_Enter)
    assert [slot.block.type_name() for slot in session.network.body.slots][2:4] == ["ReLU", "Dropout2d"]
    palette.open("lenet")
    palette.press(Qt.Key.Key_Return)
    assert session.document.title == "LeNet-5"
    palette.open("resnet-18")
    assert palette.choices[0].detail == "Switch to"
    palette.press(Qt.Key.Key_Return)
    assert [document.title for document in session.documents] == ["ResNet-18", "LeNet-5"]
    assert session.document.title == "ResNet-18"


def test_what_cannot_be_done_says_why(palette: Palette, session: Session, messages: list[str]) -> None:
    before = session.network
    palette.open("wrap in")
    assert palette.choices[0].reason == "needs a selected block that can be edited"
    palette.press(Qt.Key.Key_Return)
    assert messages == ["Wrap in a Residual Connection: needs a selected block that can be edited."]
    assert palette.frame.isVisible()
    assert session.network is before


def test_keys_walk_through_the_lines(palette: Palette) -> None:
    palette.open("fold")
    first = palette.current
    palette.press(Qt.Key.Key_Down)
    second = palette.current
    assert second != first
    palette.press(Qt.Key.Key_Up)
    palette.press(Qt.Key.Key_Up)
    assert palette.current == first, "above the first there is nothing"
    palette.press(Qt.Key.Key_PageDown)
    assert palette.lines.currentIndex().row() == len(palette.choices) - 1
    QTest.keyClicks(palette.line, "xyzzy")
    assert palette.choices == []
    palette.press(Qt.Key.Key_Return)
    palette.press(Qt.Key.Key_Escape)
    assert not palette.frame.isVisible()


def test_by_mouse(palette: Palette, session: Session, window: MainWindow) -> None:
    hint = window.findChild(QToolButton, "palette_hint")
    assert hint is not None
    assert hint.isVisible()
    assert hint.width() >= hint.sizeHint().width()
    QTest.mouseClick(hint, Qt.MouseButton.LeftButton)
    assert palette.frame.isVisible()
    QTest.keyClicks(palette.line, "avgpool2d")
    place = palette.lines.visualRect(palette.lines.model().index(0, 0)).center()
    QTest.mouseClick(palette.lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "AvgPool2d" in [slot.block.type_name() for slot in session.network.body.slots]


def test_it_closes_when_somebody_goes_elsewhere(palette: Palette, window: MainWindow) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert table is not None
    palette.open()
    table.setFocus()
    assert not palette.frame.isVisible()
    palette.open()
    QTest.keyClick(palette.line, Qt.Key.Key_K, CONTROL)
    assert not palette.frame.isVisible(), "the same keys close it"


def test_it_stays_inside_a_small_window(palette: Palette, window: MainWindow) -> None:
    window.resize(720, 560)
    palette.open()
    assert window.rect().contains(palette.frame.geometry())
    action = window.findChild(QAction, "action_palette")
    assert action is not None
    assert action.shortcut().toString() == "Ctrl+K"
