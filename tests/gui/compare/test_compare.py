"""The comparison: opened by keys and by mouse, true while documents are edited, two trees that stay in line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QListWidget, QToolButton, QTreeView
from pytestqt.qtbot import QtBot

import explorer
from explorer.blocks.activation import GELU
from explorer.blocks.residual import ResidualStage
from explorer.core.difference import compare
from explorer.core.difference_words import SIGNS
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.compare.chooser import CompareChooser
from explorer.gui.compare.model import CHANGE, WIDTH, CompareModel
from explorer.gui.compare.window import CompareWindow
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.zoo.pairs import PAIRS, NetworkPair

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
Compare = Callable[[str], CompareWindow]


def choose(window: MainWindow, letters: str) -> None:
    """Types a few letters into the chooser, and Enter."""
    chooser = window.findChild(CompareChooser)
    assert chooser is not None
    search = chooser.findChild(QLineEdit, "compare_search")
    assert search is not None
    QTest.keyClicks(search, letters)
    QTest.keyClick(search, Qt.Key.Key_Return)


@pytest.fixture
def compare_with(window: MainWindow, qtbot: QtBot) -> Compare:
    """Compares the document in front by keys alone: Ctrl+Shift+K, a few letters, Enter."""

    def by_keys(letters: str) -> CompareWindow:
        QTest.keyClick(window, Qt.Key.Key_K, CONTROL_SHIFT)
        choose(window, letters)
        found = window.findChild(CompareWindow)
        assert found is not None
        return active(found, qtbot)

    return by_keys


def active(window: CompareWindow, qtbot: QtBot) -> CompareWindow:
    """The window, once its keys work; so high that every row is in sight."""
    window.resize(1240, 1900)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


def tree(window: CompareWindow, side: str) -> QTreeView:
    found = window.findChild(QTreeView, f"compare_{side}")
    assert found is not None
    return found


def text(window: CompareWindow, name: str) -> str:
    label = window.findChild(QLabel, f"compare_{name}")
    assert label is not None
    return label.text()


def names(window: CompareWindow, side: str) -> list[str]:
    """The names in the rows of one side, from top to bottom, as far as they are unfolded."""
    view, found = tree(window, side), []
    column = 0 if side == "left" else WIDTH
    index = view.model().index(0, 0)
    while index.isValid():
        found.append(index.siblingAtColumn(column).data())
        index = view.indexBelow(index)
    return found


def current(window: CompareWindow) -> tuple[str, str, str]:
    """Both names and what changed in the current row."""
    index = tree(window, "left").currentIndex()
    return tuple(index.siblingAtColumn(column).data() for column in (0, WIDTH, CHANGE))


def press(window: CompareWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(tree(window, "left"), key, modifier)


def test_by_keyboard(compare_with: Compare, session: Session) -> None:
    opened = compare_with("resnet34")
    assert opened.windowTitle().startswith("ResNet-18 and ResNet-34")
    assert text(opened, "headline") == "5 changed, input 1 × 28 × 28 → 3 × 224 × 224."
    assert not session.selection, "opening it selects nothing"
    steps = []
    for _ in range(6):
        press(opened, Qt.Key.Key_F7)
        steps.append(current(opened))
    assert steps[0] == ("layer1", "layer1", "blocks 2 → 3")
    assert steps[4] == ("fc", "fc", "out_features 10 → 1000")
    assert steps[5] == steps[0], "behind the last comes the first"
    assert session.selection == (("layer1",),), "the document goes with it"
    press(opened, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert current(opened) == steps[4]


def test_by_mouse(window: MainWindow, qtbot: QtBot, session: Session) -> None:
    session.open_network(explorer.network("resnet34"))
    session.activate(session.documents[0])
    action = window.findChild(QAction, "action_compare")
    assert action is not None
    action.trigger()
    choices = window.findChild(QListWidget, "compare_choices")
    assert choices is not None
    item = choices.findItems("ResNet-34 (open)", Qt.MatchFlag.MatchExactly)[0]
    QTest.mouseClick(choices.viewport(), Qt.MouseButton.LeftButton, pos=choices.visualItemRect(item).center())
    opened = window.findChild(CompareWindow)
    assert opened is not None
    active(opened, qtbot)
    right = tree(opened, "right")
    row = right.model().index(names(opened, "right").index("layer2"), WIDTH)
    QTest.mouseClick(right.viewport(), Qt.MouseButton.LeftButton, pos=right.visualRect(row).center())
    assert session.document is session.documents[1], "the click was on the right"
    assert [document.selection for document in session.documents] == [(("layer2",),), (("layer2",),)]


def test_the_saved_version(compare_with: Compare, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.save(session.document, tmp_path / "mine.network.json")
    session.edit("put in GELU", session.network.replace(("relu",), GELU()))
    opened = compare_with("saved")
    assert text(opened, "headline") == "1 changed."
    assert [pair.changes[0].field for pair in opened.comparison.difference.pairs] == ["type"]
    with qtbot.waitSignal(opened.comparison.changed):
        session.save(session.document, tmp_path / "mine.network.json")
    assert text(opened, "headline") == "No differences."
    with qtbot.waitSignal(opened.comparison.changed):
        session.undo_stack.undo()
    assert text(opened, "headline") == "1 changed."


def test_a_file_and_a_bad_one(
    window: MainWindow, qtbot: QtBot, session: Session, messages: list[str], tmp_path: Path
) -> None:
    file, bad = tmp_path / "other.network.json", tmp_path / "bad.network.json"
    explorer.write(session.network.replace(("relu",), GELU()), file)
    bad.write_text("{")
    for path in (bad, file):
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        QTest.keyClick(window, Qt.Key.Key_K, CONTROL_SHIFT)
        choose(window, "file")
        dialog = window.findChild(QFileDialog, "dialog_compare_file")
        assert dialog is not None
        dialog.fileSelected.emit(str(path))
        dialog.close()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, 52)  # deferred deletion
    assert "bad.network.json" in messages[0]
    opened = window.findChildren(CompareWindow)
    assert [text(found, "name_right") for found in opened] == ["other"]


def test_it_stays_true_while_a_document_is_edited(compare_with: Compare, session: Session, qtbot: QtBot) -> None:
    opened = compare_with("resnet34")
    press(opened, Qt.Key.Key_F7)
    press(opened, Qt.Key.Key_F7)
    left = tree(opened, "left")
    left.expand(left.currentIndex())
    before = opened.comparison.difference
    session.edit("three blocks", session.network.replace(("layer1",), ResidualStage(blocks=3, out_channels=64)))
    session.edit("put in GELU", session.network.replace(("relu",), GELU()))
    assert opened.comparison.difference is before, "not between a key press and its paint"
    with qtbot.waitSignal(opened.comparison.changed):
        pass
    assert [pair.left.name for pair in opened.comparison.difference.pairs if pair.left] == [
        "relu", "layer2", "layer3", "layer4", "fc"
    ]  # fmt: skip
    assert current(opened)[0] == "layer2"
    assert left.isExpanded(left.currentIndex())
    assert text(opened, "parameters_left") == f"{session.analysis.parameters:,}"


def test_a_document_that_is_closed_stays_as_it_was(compare_with: Compare, session: Session) -> None:
    opened = compare_with("lenet")
    document = session.document
    parameters = session.analysis.parameters
    session.close(document, explorer.network("vgg11"))
    assert text(opened, "name_left") == "ResNet-18 (closed)"
    assert text(opened, "parameters_left") == f"{parameters:,}"
    press(opened, Qt.Key.Key_F7)
    assert session.selection == ()


def test_swapping_mirrors_it(compare_with: Compare) -> None:
    opened = compare_with("resnet34")
    before = text(opened, "parameters_difference")
    press(opened, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert (text(opened, "name_left"), text(opened, "name_right")) == ("ResNet-34", "ResNet-18")
    assert before.startswith("+")
    assert text(opened, "parameters_difference").startswith(SIGNS["removed"])


def pair_window(window: MainWindow, qtbot: QtBot, key: str) -> CompareWindow:
    action = window.findChild(QAction, f"action_compare_pair_{key}")
    assert action is not None
    action.trigger()
    return active(window.findChildren(CompareWindow)[-1], qtbot)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.key)
def test_pairs_in_one_click(window: MainWindow, qtbot: QtBot, pair: NetworkPair) -> None:
    opened = pair_window(window, qtbot, pair.key)
    assert text(opened, "name_left") != text(opened, "name_right")
    assert not opened.comparison.difference.is_empty


def test_rows_stand_in_line_with_signs_and_gaps(window: MainWindow, qtbot: QtBot) -> None:
    opened = pair_window(window, qtbot, "vgg_depth")
    left, right = tree(opened, "left"), tree(opened, "right")
    assert len(names(opened, "left")) == len(names(opened, "right"))
    gaps = [there for here, there in zip(names(opened, "left"), names(opened, "right"), strict=True) if not here]
    assert gaps == ["16", "17", "25", "26", "34", "35"]
    index = left.model().index(16, 0, left.model().index(0, 0))
    assert [index.siblingAtColumn(column).data() for column in (1, WIDTH + 1, CHANGE)] == ["", "+", "added"]
    assert left.visualRect(index).y() == right.visualRect(index.siblingAtColumn(WIDTH)).y()
    right.verticalScrollBar().setValue(90)
    assert left.verticalScrollBar().value() == 90
    right.collapse(right.model().index(0, 0))
    assert not left.isExpanded(left.model().index(0, 0))


def test_only_differences(window: MainWindow, qtbot: QtBot) -> None:
    opened = pair_window(window, qtbot, "vgg_depth")
    button = opened.findChild(QToolButton, "compare_button_only")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert names(opened, "right") == ["features", "16", "17", "25", "26", "34", "35"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(names(opened, "right")) > 40


def test_copy_as_markdown(window: MainWindow, qtbot: QtBot, session: Session) -> None:
    opened = pair_window(window, qtbot, "vgg_depth")
    press(opened, Qt.Key.Key_C, CONTROL_SHIFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "**VGG-16** and **VGG-19**: 6 added."
    assert "| Parameters | 138,357,544 | 143,667,240 | +5,309,696 (× 1.038) |" in lines
    assert "| + |  | &nbsp;&nbsp;16 (Conv2d) | added |  | 256 × 56 × 56 |" in lines
    session.show_flops(True)
    qtbot.waitUntil(lambda: text(opened, "macs_label") == "FLOPs")
    assert text(opened, "macs_right") == "39.3 G"


def test_networks_of_the_zoo_open_in_tabs_and_are_live_then(window: MainWindow, qtbot: QtBot, session: Session) -> None:
    opened = pair_window(window, qtbot, "plain_residual")
    press(opened, Qt.Key.Key_O, CONTROL_SHIFT)
    assert [document.title for document in session.documents[1:]] == ["Plain-34", "ResNet-34"]
    with qtbot.waitSignal(opened.comparison.changed):
        session.edit("put in GELU", session.network.replace(("relu",), GELU()))
    assert text(opened, "headline") == "5 changed."


def test_both_diagrams_mark_what_differs(window: MainWindow, qtbot: QtBot) -> None:
    opened = pair_window(window, qtbot, "vgg_depth")
    left, right = opened.diagrams["left"], opened.diagrams["right"]
    qtbot.waitUntil(lambda: left.isVisible() and right.isVisible())
    added = {path for path, mark in right.item.accents.marks.items() if mark == "added"}
    assert len(added) == 6
    assert not {path for path, mark in left.item.accents.marks.items() if mark in ("added", "removed")}
    for path in added:
        found = walk.find(right.item.figure, path)
        assert found is not None
        assert path in found.paths  # what is marked is not hidden in a card


def test_a_click_in_a_diagram_goes_to_the_row(window: MainWindow, qtbot: QtBot) -> None:
    opened = pair_window(window, qtbot, "vgg_depth")
    right = opened.diagrams["right"]
    qtbot.waitUntil(right.isVisible)
    path = next(path for path, mark in right.item.accents.marks.items() if mark == "added")
    found = walk.find(right.item.figure, path)
    assert found is not None
    right.ensureVisible(right.rect_of(found))
    point = right.mapFromScene(right.rect_of(found).center())
    QTest.mouseClick(right.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert current(opened)[1] == path[-1] or path[-1] in current(opened)
    assert right.item.accents.selected == {path}


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    model = CompareModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for only in (False, True):
        difference = compare(explorer.network("resnet18"), explorer.network("resnet34"))
        model.show(difference, only_differences=only, flops=False)
        assert model.rowCount(model.index(0, 0)) >= 0
    assert model.rowCount(QModelIndex()) == 4
    assert tester is not None


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_mark(
    window: MainWindow, qtbot: QtBot, qapp: QApplication, palette: style.Palette
) -> None:
    """WCAG 2.1, contrast of text and ground as they are painted."""
    style.use(qapp, palette)
    opened = pair_window(window, qtbot, "vgg_residual")
    view = tree(opened, "right")
    picture = view.viewport().grab().toImage()
    text_light = luminance(QColor(palette.text))
    grounds = set()
    for row in range(view.model().rowCount()):
        rect = view.visualRect(view.model().index(row, WIDTH + 1))
        ground = picture.pixelColor(rect.topLeft() + QPoint(2, 2))
        grounds.add(ground.name())
        light, dark = sorted((luminance(ground), text_light), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    style.use(qapp, style.LIGHT)
    assert len(grounds) > 2, "marks are seen"


def test_the_diagrams_stand_in_the_middle_however_wide_the_window_becomes(compare_with: Compare) -> None:
    opened = compare_with("resnet34")
    for width in (1240, 1900, 1000):
        opened.resize(width, 860)
        QApplication.processEvents()
        for diagram in opened.diagrams.values():
            room = diagram.viewport().width()
            assert abs(diagram.taken()[0].center().x() - room // 2) <= 1


@pytest.mark.parametrize(("width", "has_bars"), [(1500, False), (700, True)])
def test_the_tables_have_horizontal_bars_together_and_only_where_something_is_cut(
    compare_with: Compare, width: int, has_bars: bool
) -> None:
    opened = compare_with("resnet34")
    opened.resize(width, 860)
    QApplication.processEvents()
    bars = [tree(opened, side).horizontalScrollBar() for side in ("left", "right")]
    assert [bar.isVisible() for bar in bars] == [has_bars] * 2
    assert any(bar.maximum() > 0 for bar in bars) is has_bars
    assert tree(opened, "left").viewport().height() == tree(opened, "right").viewport().height()
