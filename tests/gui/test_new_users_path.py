"""The path of a new user, once by keyboard alone and once by mouse alone: build, break, mend, save, reopen.

Nothing here calls the session or an edit: the keys and the clicks do all, and the session is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMenuBar,
    QPushButton,
    QSpinBox,
    QTabBar,
    QTreeView,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import ResidualStage
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.figure import Frame, Node
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from tests.gui.hands import RIGHT, Keyboard, Mouse

W = TypeVar("W", bound=QWidget)

WRONG, SUM = ("stage2", "0", "conv2"), ("stage2", "0", "#0")  # the block that is broken, and where that shows
STAGES = {
    "stage1": ResidualStage(out_channels=64, width=8),
    "stage2": ResidualStage(out_channels=128, width=16, stride=2),
    "stage3": ResidualStage(out_channels=256, width=32, stride=2),
}
BODY = Chain(
    ("block1", ConvBlock(32, 7, stride=2, padding=3)),
    *STAGES.items(),
    ("avgpool1", AdaptiveAvgPool2d(1)),
    ("flatten1", Flatten()),
    ("fc1", Linear(10)),
)


@dataclass(frozen=True)
class Desk:
    """The window in front of a new user, and the folder that dialogs look into."""

    session: Session
    window: MainWindow
    folder: Path
    qtbot: QtBot

    def part(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        """What a person sees under that name."""
        found = [widget for widget in (inside or self.window).findChildren(kind, name) if widget.isVisible()]
        assert found, f"no {name} is in sight"
        return found[-1]

    @property
    def problems(self) -> str:
        dock = self.window.findChild(QDockWidget, "dock_problems")
        assert dock is not None
        return dock.windowTitle()

    @property
    def network(self) -> Network:
        return self.session.network


@pytest.fixture
def desk(session: Session, window: MainWindow, settings: Settings, tmp_path: Path, qtbot: QtBot) -> Desk:
    folder = tmp_path / "networks"
    folder.mkdir()
    settings.set("files/folder", str(folder))  # Qt would go on where the dialog of another test was
    window.activateWindow()
    qtbot.waitActive(window)
    return Desk(session, window, folder, qtbot)


# What is seen on the way


def sentence(size: int) -> str:
    """What is wrong, in a network for images of that size."""
    pixels = size // 4
    return f"Add needs branches of one shape, but gets 64 × {pixels} × {pixels} and 128 × {pixels} × {pixels}."


def assert_built(desk: Desk, size: int) -> None:
    """The network is the one that was to be built, a projection begins each stage, and PyTorch agrees."""
    import torch

    assert desk.network.body == BODY
    projections = [row.path for row in desk.session.analysis.rows if row.path[-1] == "downsample"]
    assert projections == [(stage, "0", "downsample") for stage in STAGES]
    with torch.no_grad():
        assert explorer.assemble(desk.network).eval()(torch.zeros(2, 3, size, size)).shape == (2, 10)
    assert_sound(desk)


def assert_sound(desk: Desk) -> None:
    """There is no problem, and the window shows as many parameters as PyTorch counts."""
    parameters = sum(parameter.numel() for parameter in explorer.assemble(desk.network).parameters())
    assert desk.part(QLabel, "layers_totals").text().startswith(f"{parameters:,} parameters")
    assert desk.problems == "Problems 0"


def assert_broken(desk: Desk, size: int) -> None:
    """The problem stands in the diagram, in the table and in its list, and the totals are partial."""
    figure = desk.part(NetworkCanvas, "canvas").item.figure
    node, outer = walk.find(figure, SUM), walk.find(figure, SUM[:2])
    assert node is not None
    assert outer is not None
    assert isinstance(node.figure.face, Node)
    assert isinstance(outer.figure.face, Frame)
    assert node.figure.face.problem
    assert outer.figure.face.card.problem
    row = next(index for index in rows_of(desk.part(QTreeView, "layers_table")) if index.data() == "add")
    assert QColor(row.data(Qt.ItemDataRole.ForegroundRole)) == QColor(style.current().bad)
    assert sentence(size) in row.data(Qt.ItemDataRole.ToolTipRole)
    assert "partial" in desk.part(QLabel, "layers_totals").text()
    assert desk.problems == "Problems 1"


def rows_of(table: QTreeView) -> list[QModelIndex]:
    """The rows of a table that are unfolded."""
    found, index = [], table.model().index(0, 0)
    while index.isValid():
        found.append(index)
        index = table.indexBelow(index)
    return found


# By keyboard


@dataclass(frozen=True)
class ByKeyboard:
    """The steps of the path, by keys."""

    desk: Desk
    keys: Keyboard

    def begin(self) -> None:
        self.keys.press("Ctrl+N", "Alt+Home")
        self.keys.type("3,64,64")
        self.keys.press("Return")

    def insert(self, letters: str) -> None:
        self.keys.press("Ctrl+L")
        self.keys.type(letters)
        self.keys.press("Return")

    def set_fields(self, **values: str) -> None:
        self.keys.press("Ctrl+I")
        for field, value in values.items():
            self.keys.tab_to(f"field_{field}")
            self.keys.type(value)
        self.keys.press("Return")

    def build(self) -> None:
        self.insert("convbl")
        self.set_fields(out_channels="32", kernel_size="7", stride="2", padding="3")
        for block in STAGES.values():
            self.insert("stage")
            self.set_fields(out_channels=str(block.out_channels), stride=str(block.stride))
        for letters in ("adaptavg", "flat", "linear"):
            self.insert(letters)

    def spoil(self) -> None:
        self.keys.press("Escape", "Escape", *["Up"] * 4)  # out of the library, and from the classifier to the stage
        self.keys.press("Ctrl+U", "Down", "Ctrl+U", *["Down"] * 4)
        assert self.desk.session.selection == (WRONG,)
        self.keys.press("Return", "PgDown", "Return")

    def mend(self) -> None:
        self.keys.press("F4")
        assert self.desk.session.selection == (SUM,)
        assert sentence(64) in self.desk.part(QLabel, "inspector_problem").text()
        self.keys.press("Ctrl+.")

    def save(self) -> None:
        self.keys.press("Ctrl+S")
        self.keys.type("mine")
        self.keys.press("Return")

    def close_and_open(self) -> None:
        self.keys.press("Ctrl+W", "Ctrl+O")
        self.keys.type("mine.network.json")
        self.keys.press("Return")


def test_by_keyboard_alone(desk: Desk) -> None:
    hands = ByKeyboard(desk, Keyboard(desk.window))
    hands.begin()
    assert desk.network.input_shape == (3, 64, 64)
    hands.build()
    assert_built(desk, 64)
    hands.spoil()
    assert_broken(desk, 64)
    broken = desk.network
    hands.mend()
    assert_sound(desk)
    mended = desk.network
    hands.keys.press("Ctrl+Z")
    assert desk.network == broken
    hands.keys.press("Ctrl+Z")
    assert desk.session.analysis.output_shape == (10,)
    hands.keys.press("Ctrl+Y", "Ctrl+Y")
    assert desk.network == mended
    hands.save()
    desk.qtbot.waitUntil(lambda: not desk.session.document.modified)
    hands.close_and_open()
    desk.qtbot.waitUntil(lambda: desk.network == mended)
    assert desk.session.file == desk.folder / "mine.network.json"
    assert [document.title for document in desk.session.documents] == ["ResNet-18", "mine"]
    hands.keys.press("Down")
    assert desk.session.selection == (("block1",),), "the keyboard is on the diagram"


def test_a_field_that_is_typed_is_a_step_of_its_own(desk: Desk) -> None:
    hands = ByKeyboard(desk, Keyboard(desk.window))
    hands.begin()
    hands.insert("convbl")
    hands.set_fields(out_channels="32", kernel_size="7", stride="2", padding="3")
    shapes = [desk.session.analysis.output_shape]
    for _ in range(6):
        hands.keys.press("Ctrl+Z")
        shapes.append(desk.session.analysis.output_shape)
    stem = [(32, 32, 32), (32, 30, 30), (32, 60, 60), (32, 64, 64), (64, 64, 64)]
    assert shapes == [*stem, (3, 64, 64), (1, 28, 28)]


def test_residual_blocks_stack_in_three_keystrokes_each(desk: Desk) -> None:
    keys = Keyboard(desk.window)
    keys.press("Ctrl+N", *["Ctrl+R"] * 3)  # one keystroke each
    keys.press("Ctrl+L")
    keys.type("bb")
    keys.press("Return", "Return", "Return")
    assert [slot.block.type_name() for slot in desk.network.body.slots] == ["BasicBlock"] * 6


# By mouse


@dataclass(frozen=True)
class ByMouse:
    """The steps of the path, by clicks, the wheel and drags."""

    desk: Desk
    mouse: Mouse

    @property
    def canvas(self) -> NetworkCanvas:
        return self.desk.part(NetworkCanvas, "canvas")

    @property
    def library(self) -> QTreeView:
        return self.desk.part(QTreeView, "library_list")

    def spin(self, name: str) -> QSpinBox:
        return self.desk.part(QSpinBox, f"field_{name}")

    def choose(self, menu: str, action: str) -> None:
        self.mouse.open_menu(self.desk.part(QMenuBar, "menu_bar"), menu)
        self.mouse.choose(action)

    def scale(self, field: str, how: str) -> None:
        self.mouse.click(self.spin(field), button=RIGHT)
        self.mouse.choose(f"action_spin_{how}")

    def begin(self) -> None:
        self.choose("menu_file", "action_new")
        self.mouse.click(self.spin("input_channels"))
        self.mouse.turn(self.spin("input_channels"), 2)
        self.scale("input_height", "double")
        self.scale("input_width", "double")

    def insert(self, text: str) -> None:
        self.mouse.double_click(self.library.viewport(), self.mouse.row(self.library, text))

    def drag_behind(self, text: str, name: str) -> None:
        library, view = self.library, self.canvas.viewport()
        self.mouse.press_and_move(library.viewport(), self.mouse.row(library, text))
        behind = self.mouse.card(self.canvas, name) + QPoint(40, 44)
        self.mouse.drag(library.model().mimeData([library.currentIndex()]), view, behind)
        self.mouse.let_go(view, behind)

    def build(self) -> None:
        self.insert("ConvBlock")
        self.scale("out_channels", "halve")
        for field, clicks in (("kernel_size", 4), ("stride", 1), ("padding", 2)):
            self.mouse.arrow(self.spin(field), clicks)
        self.drag_behind("ResidualStage", "block1")
        self.scale("out_channels", "double")
        for _ in range(2):
            self.insert("ResidualStage")
            self.scale("out_channels", "double")
            self.mouse.arrow(self.spin("stride"), 1)
        for text in ("AdaptiveAvgPool2d", "Flatten", "Linear"):
            self.insert(text)

    def spoil(self) -> None:
        for path in (WRONG[:1], WRONG[:2]):
            self.mouse.click(self.canvas.viewport(), self.mouse.card(self.canvas, *path), RIGHT)
            self.mouse.choose("context_unpack")
        self.mouse.click(self.canvas.viewport(), self.mouse.card(self.canvas, *WRONG))
        assert self.desk.session.selection == (WRONG,)
        self.scale("out_channels", "halve")

    def show_dock(self, title: str) -> None:
        bars = [bar for bar in self.desk.window.findChildren(QTabBar) if bar.isVisible()]
        titles = {bar.tabText(place): (bar, place) for bar in bars for place in range(bar.count())}
        bar, place = titles[title]
        self.mouse.click(bar, bar.tabRect(place).center())

    def mend(self) -> None:
        self.show_dock("Problems 1")
        problems = self.desk.part(QTreeWidget, "problems_list")
        item = problems.topLevelItem(0)
        assert item is not None
        assert item.text(1) == sentence(56)
        self.mouse.click(problems.viewport(), problems.visualItemRect(item).topLeft() + QPoint(20, 8))
        assert self.desk.session.selection == (SUM,)
        self.desk.qtbot.waitUntil(lambda: problems.itemWidget(item, 2) is not None)
        self.mouse.click(self.desk.part(QPushButton, "remedy_0_0", problems))
        assert self.desk.part(QLabel, "problems_none").text() == "No problems."
        self.show_dock("Layers")

    def save(self) -> None:
        self.choose("menu_file", "action_save")
        box = self.desk.part(QDialogButtonBox, "buttonBox", self.desk.part(QFileDialog, "dialog_save"))
        self.mouse.click(box.button(QDialogButtonBox.StandardButton.Save))

    def close_and_open(self) -> None:
        tabs = self.desk.part(QTabBar, "documents")
        self.mouse.click(tabs.tabButton(tabs.currentIndex(), QTabBar.ButtonPosition.RightSide))
        self.choose("menu_file", "action_open")
        files = self.desk.part(QTreeView, "treeView", self.desk.part(QFileDialog, "dialog_open"))
        self.desk.qtbot.waitUntil(lambda: files.model().rowCount(files.rootIndex()) == 1)
        first = files.model().index(0, 0, files.rootIndex())
        self.mouse.double_click(files.viewport(), files.visualRect(first).center())


def test_by_mouse_alone(desk: Desk) -> None:
    hands = ByMouse(desk, Mouse())
    hands.begin()
    assert desk.network.input_shape == (3, 56, 56)
    hands.build()
    assert_built(desk, 56)
    hands.spoil()
    assert_broken(desk, 56)
    broken = desk.network
    hands.mend()
    assert_sound(desk)
    mended = desk.network
    hands.choose("menu_edit", "action_undo")
    assert desk.network == broken
    hands.choose("menu_edit", "action_undo")
    assert desk.session.analysis.output_shape == (10,)
    hands.choose("menu_edit", "action_redo")
    hands.choose("menu_edit", "action_redo")
    assert desk.network == mended
    hands.save()
    desk.qtbot.waitUntil(lambda: not desk.session.document.modified)
    assert desk.session.file == desk.folder / "Untitled.network.json"
    hands.close_and_open()
    desk.qtbot.waitUntil(lambda: desk.network == mended)
    assert desk.session.file == desk.folder / "Untitled.network.json"
