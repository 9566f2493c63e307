"""The search in the canvas, by keyboard and by mouse on the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QToolButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.core.compose import Path
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.editing import moving
from explorer.gui.editing.find_bar import DELAY
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Searcher:
    """Searches in the window."""

    def __init__(self, qtbot: QtBot, window: MainWindow, session: Session) -> None:
        self.qtbot, self.window, self.session = qtbot, window, session
        self.bar = self._part(QFrame, "find_bar")
        line = self._part(QLineEdit, "find_text")
        assert isinstance(line, QLineEdit)
        self.line = line

    def _part(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.window.findChild(kind, name)
        assert isinstance(found, QWidget)
        return found

    @property
    def says(self) -> str:
        label = self._part(QLabel, "find_count")
        assert isinstance(label, QLabel)
        return label.text()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def type_text(self, text: str) -> None:
        self.line.selectAll()
        QTest.keyClicks(self.line, text)
        self.qtbot.wait(2 * DELAY)

    def click(self, name: str) -> None:
        button = self._part(QToolButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def searcher(qtbot: QtBot, window: MainWindow, session: Session) -> Searcher:
    return Searcher(qtbot, window, session)


@pytest.fixture
def canvas(window: MainWindow) -> NetworkCanvas:
    found = window.findChild(NetworkCanvas, "canvas")
    assert found is not None
    return found


def test_a_find_is_selected_marked_and_unfolded(searcher: Searcher, session: Session, canvas: NetworkCanvas) -> None:
    assert not searcher.bar.isVisible()
    searcher.press(Qt.Key.Key_F, CONTROL)
    assert searcher.line.hasFocus()
    searcher.type_text("layer3.1.conv")
    assert searcher.says == "1 of 2"
    assert session.selection == (("layer3", "1", "conv1"),)
    assert searcher.line.hasFocus(), "somebody is still typing"
    found = walk.find(canvas.item.figure, ("layer3", "1", "conv1"))
    assert found is not None
    assert found.paths == (("layer3", "1", "conv1"),), "it can be seen, not only what it lies in"
    sight = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert sight.contains(canvas.rect_of(found))
    assert canvas.item.accents.found == {("layer3", "1", "conv1"), ("layer3", "1", "conv2")}


def is_bordered(canvas: NetworkCanvas, path: Path, color: str) -> bool:
    """Whether the upper border of a block is painted in a colour, somewhere along its middle."""
    found = walk.find(canvas.item.figure, path)
    assert found is not None
    rect = canvas.mapFromScene(canvas.rect_of(found)).boundingRect()
    image = canvas.viewport().grab().toImage()
    wanted = QColor(color)
    for x in range(rect.center().x() - 12, rect.center().x() + 12):
        for y in range(rect.top() - 2, rect.top() + 4):
            pixel = image.pixelColor(x, y)
            apart = (pixel.red() - wanted.red(), pixel.green() - wanted.green(), pixel.blue() - wanted.blue())
            if max(map(abs, apart)) < 40:
                return True
    return False


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_finds_are_bordered(
    searcher: Searcher, canvas: NetworkCanvas, qapp: QApplication, palette: style.Palette
) -> None:
    style.use(qapp, palette)
    searcher.press(Qt.Key.Key_F, CONTROL)
    searcher.type_text("bn1")
    assert is_bordered(canvas, ("conv1",), palette.validation) is False
    assert is_bordered(canvas, ("bn1",), palette.accent), "it is selected"
    assert is_bordered(canvas, ("layer1",), palette.validation), "finds are hidden in it"
    searcher.type_text("relu")
    searcher.press(Qt.Key.Key_Return)
    canvas.show_start()
    assert is_bordered(canvas, ("relu",), palette.validation), "another one is selected now"
    searcher.press(Qt.Key.Key_Escape)
    assert not is_bordered(canvas, ("relu",), palette.validation)
    style.use(qapp, style.LIGHT)


def test_keys_go_round_all_finds(searcher: Searcher, session: Session) -> None:
    searcher.press(Qt.Key.Key_F, CONTROL)
    searcher.type_text("type=maxpool2d")
    assert searcher.says == "1 of 1"
    searcher.type_text("residualstage")
    assert searcher.says == "1 of 4", "from the selection on"
    selected = []
    for key, modifiers in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F3, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F3, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F3, SHIFT),
        (Qt.Key.Key_Return, SHIFT),
    ):
        searcher.press(key, modifiers)
        selected.append(session.selection[0][0])
    assert selected == ["layer2", "layer3", "layer4", "layer1", "layer4", "layer3"]
    assert searcher.says == "3 of 4"


def test_enter_does_not_wait_for_the_search(searcher: Searcher, session: Session) -> None:
    searcher.press(Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(searcher.line, "fc")
    assert not session.drawing.found
    searcher.press(Qt.Key.Key_Return)
    assert session.selection == (("fc",),)


def test_escape_gives_the_focus_back(searcher: Searcher, window: MainWindow, session: Session) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert table is not None
    table.setFocus()
    searcher.press(Qt.Key.Key_F, CONTROL)
    searcher.type_text("conv")
    assert session.drawing.found
    searcher.press(Qt.Key.Key_Escape)
    assert not searcher.bar.isVisible()
    assert table.hasFocus()
    assert not session.drawing.found


def test_it_opens_from_another_workspace(searcher: Searcher, window: MainWindow) -> None:
    window.show_workspace("train")
    action = window.findChild(QAction, "action_find")
    assert action is not None
    action.trigger()
    assert searcher.line.isVisible()


def test_a_mistake_is_said(searcher: Searcher, session: Session) -> None:
    searcher.press(Qt.Key.Key_F, CONTROL)
    searcher.type_text("kernl=3")
    assert searcher.says == "No block has a field 'kernl'. Did you mean kernel_size?"
    assert session.drawing.found == frozenset()
    searcher.type_text("nowhere")
    assert searcher.says == "Nothing found"


def test_an_edit_and_another_document_are_followed(searcher: Searcher, session: Session) -> None:
    searcher.press(Qt.Key.Key_F, CONTROL)
    searcher.type_text("residualstage")
    session.select((("layer2",),))
    moving.remove(session)
    searcher.qtbot.wait(2 * DELAY)
    assert len(session.drawing.found) == 3
    session.open_network(explorer.network("lenet5"))
    assert session.drawing.found == frozenset(), "they are those of another network"
    searcher.qtbot.wait(2 * DELAY)
    assert searcher.says == "Nothing found"


def test_by_mouse(searcher: Searcher, session: Session) -> None:
    action = searcher.window.findChild(QAction, "action_find")
    assert action is not None
    action.trigger()
    searcher.type_text("conv1")
    first = session.selection
    searcher.click("find_next_button")
    assert session.selection != first
    searcher.click("find_previous_button")
    assert session.selection == first
    searcher.click("find_close")
    assert not searcher.bar.isVisible()


def test_the_longest_network_is_searched_behind_the_keys(searcher: Searcher, session: Session) -> None:
    session.open_network(explorer.network("resnet1202"))
    searcher.press(Qt.Key.Key_F, CONTROL)
    before = session.analysis.__dict__.get("rows")
    QTest.keyClicks(searcher.line, "conv2d")
    assert session.analysis.__dict__.get("rows") is before, "no key walks over the network"
    searcher.qtbot.waitUntil(lambda: bool(session.drawing.found), timeout=5000)
    assert len(session.drawing.found) == sum(row.type == "Conv2d" for row in session.analysis.rows)
