"""Blocks of one's own in the window: saved, found, inserted, changed, updated and shared, by keyboard and by mouse."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QTreeView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.core import definition_file
from explorer.core.analysis import analyse
from explorer.core.definition import Parameter, Target
from explorer.core.user_block import UserBlock, block_class
from explorer.gui.editing.block_drop import BlockDrop
from explorer.gui.library.folder import LibraryFolder
from explorer.gui.library.model import THING, Listed
from explorer.gui.library.save_block_dialog import SaveBlockDialog
from explorer.gui.library.user_library import UserLibrary
from explorer.gui.main_window import MainWindow
from explorer.gui.panels.library import LibraryPanel
from explorer.gui.session import Session
from tests.core.user_blocks import MINE, OUTER, TWICE

STEM = (("conv1",), ("bn1",), ("relu",))
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
WIDER = block_class(
    dataclasses.replace(TWICE, parameters=(*TWICE.parameters, Parameter("affine", (Target(("bn",), "affine"),), False)))
)


W = TypeVar("W", bound=QWidget)


def part(inside: QWidget, kind: type[W], name: str) -> W:
    found = inside.findChild(kind, name)
    assert found is not None, name
    return found


@pytest.fixture
def library(session: Session) -> UserLibrary:
    return session.library


@pytest.fixture
def ask(session: Session, window: MainWindow) -> Callable[[], SaveBlockDialog]:
    """Selects the stem and asks for the dialog by its key."""

    def ask() -> SaveBlockDialog:
        session.select(STEM)
        QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
        dialog = window.findChild(SaveBlockDialog, "dialog_save_block")
        assert dialog is not None
        return dialog

    return ask


def line_of(fields: QTreeWidget, block: int, field: int) -> QTreeWidgetItem:
    """The line of a field of a block inside."""
    top = fields.topLevelItem(block)
    assert top is not None
    found = top.child(field)
    assert found is not None
    return found


def action(window: MainWindow, key: str) -> QAction:
    found = window.findChild(QAction, f"action_{key}")
    assert found is not None
    return found


def line(window: MainWindow, text: str) -> QModelIndex:
    """The line of one's own block of that name, current in the library."""
    lines = part(window, QTreeView, "library_list")
    model = lines.model()
    sections = [model.index(row, 0) for row in range(model.rowCount())]
    mine = next(section for section in sections if section.data() == "My blocks")
    index = next(found for row in range(model.rowCount(mine)) if (found := model.index(row, 0, mine)).data() == text)
    lines.setCurrentIndex(index)
    return index


def test_a_block_is_saved_used_and_changed_by_keyboard(
    session: Session, window: MainWindow, ask: Callable[[], SaveBlockDialog], library: UserLibrary, qtbot: QtBot
) -> None:
    before = session.analysis.parameters
    dialog = ask()
    QTest.keyClicks(part(dialog, QLineEdit, "block_name"), "Small Stem")
    fields = part(dialog, QTreeWidget, "block_fields")
    fields.setFocus()
    QTest.keyClick(fields, Qt.Key.Key_Home)
    QTest.keyClick(fields, Qt.Key.Key_Down)  # out_channels
    QTest.keyClick(fields, Qt.Key.Key_Space)
    QTest.keyClick(fields, Qt.Key.Key_F2)
    editor = fields.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "width")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    QTest.keyClick(part(dialog, QPushButton, "block_save"), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.findChild(SaveBlockDialog) is None)
    window.activateWindow()  # which a window manager does
    qtbot.waitUntil(window.isActiveWindow)
    assert session.network.body.slots[0].name == "small_stem1"
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "save as block Small Stem"
    assert session.analysis.parameters == before
    assert [kind.type_name() for kind in library.kinds.values()] == ["Small Stem"]
    spin = part(window, QSpinBox, "field_width")
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "32")
    assert session.network.block(("small_stem1",)).width == 32  # type: ignore[attr-defined]
    assert not session.analysis.problems
    QTest.keyClick(window, Qt.Key.Key_L, CONTROL)
    search = part(window, QLineEdit, "library_search")
    QTest.keyClicks(search, "smst")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [slot.name for slot in session.network.body.slots][:2] == ["small_stem1", "small_stem2"]
    part(window, QTreeView, "layers_table").setFocus()  # in the search box Ctrl+U empties the line
    QTest.keyClick(window, Qt.Key.Key_U, CONTROL)
    assert session.network.body.slots[1].block.type_name() == "Chain"
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.analysis.parameters == before
    assert session.network.body.slots[0].name == "conv1"


def test_a_block_is_saved_and_inserted_by_mouse(
    session: Session, window: MainWindow, ask: Callable[[], SaveBlockDialog], library: UserLibrary
) -> None:
    dialog = ask()
    part(dialog, QLineEdit, "block_name").setText("Small Stem")
    fields = part(dialog, QTreeWidget, "block_fields")
    item = line_of(fields, 0, 0)
    rect = fields.visualItemRect(item)
    QTest.mouseClick(fields.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 10, rect.center().y()))
    assert item.checkState(0) == Qt.CheckState.Checked
    part(dialog, QCheckBox, "block_replaces").click()
    QTest.mouseClick(part(dialog, QPushButton, "block_save"), Qt.MouseButton.LeftButton)
    assert session.undo_stack.count() == 0, "the selection stays as it is"
    index = line(window, "Small Stem")
    lines = part(window, QTreeView, "library_list")
    lines.scrollTo(index)
    place = lines.visualRect(index).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [slot.name for slot in session.network.body.slots][3] == "small_stem1"
    data = lines.model().mimeData([line(window, "Small Stem")])
    assert BlockDrop.holds_blocks(data)
    BlockDrop(session).drop(data, Qt.DropAction.CopyAction, before=None, after=("layer1",))
    assert session.network.block(session.selection[0]) == next(iter(library.kinds.values()))()


def test_what_is_wrong_is_said_before_saving(
    session: Session, ask: Callable[[], SaveBlockDialog], library: UserLibrary
) -> None:
    library.save(MINE)
    dialog = ask()
    save, says = part(dialog, QPushButton, "block_save"), part(dialog, QLabel, "block_says")
    name = part(dialog, QLineEdit, "block_name")
    assert not save.isEnabled()
    for typed, words in (("my block", "has a block called"), ("conv2d", "comes with the application"), ("a@b", "an @")):
        name.setText(typed)
        assert words in says.text()
        assert not save.isEnabled()
    name.setText("Fine")
    assert save.isEnabled()
    assert says.text() == "3 blocks inside. Parameters: none."
    fields = part(dialog, QTreeWidget, "block_fields")
    for row in (2, 3):  # stride and padding
        line_of(fields, 0, row).setCheckState(0, Qt.CheckState.Checked)
    line_of(fields, 0, 3).setText(2, "stride")
    assert "Parameters: stride. All fields of stride get the first one's value." in says.text()
    line_of(fields, 0, 3).setText(2, "class")
    assert "is taken" in says.text()
    assert not save.isEnabled()
    line_of(fields, 0, 3).setCheckState(0, Qt.CheckState.Unchecked)
    assert save.isEnabled()
    dialog.reject()
    assert len(library.kinds) == 1


def test_a_library_that_cannot_be_written_is_said_in_the_dialog(
    session: Session, ask: Callable[[], SaveBlockDialog], library: UserLibrary
) -> None:
    library.folder.write_text("in the way")
    dialog = ask()
    part(dialog, QLineEdit, "block_name").setText("Fine")
    part(dialog, QPushButton, "block_save").click()
    assert "cannot be written" in part(dialog, QLabel, "block_says").text()
    assert dialog.isVisible()
    assert session.undo_stack.count() == 0


def test_what_cannot_be_one_block_is_said(session: Session, window: MainWindow, messages: list[str]) -> None:
    session.select((("conv1",), ("relu",)))
    action(window, "save_as_block").trigger()
    assert messages == ["The selected blocks are not neighbours in one chain."]
    assert window.findChild(SaveBlockDialog) is None


def test_a_block_that_would_break_the_network_stays_beside_it(session: Session, window: MainWindow) -> None:
    tapped = explorer.read(Path(__file__).parents[2] / "golden" / "small_u_net.network.json")
    session.open_network(tapped)
    session.select((("tap1",), ("pool1",)))
    action(window, "save_as_block").trigger()
    dialog = part(window, SaveBlockDialog, "dialog_save_block")
    assert not part(dialog, QCheckBox, "block_replaces").isEnabled()
    assert "hidden from its Recall" in part(dialog, QLabel, "block_replaces_problem").text()
    dialog.reject()


def test_the_library_says_what_to_do_where_it_is_empty(window: MainWindow, library: UserLibrary) -> None:
    assert line(window, "Select blocks, then Save as Block").data(THING) is None
    library.save(MINE)
    assert line(window, "My Block").data(THING).block is MINE


def test_update_from_the_library_and_back(session: Session, window: MainWindow, library: UserLibrary) -> None:
    source = part(window, QLabel, "inspector_source")
    network, first = session.network.append(MINE(4, False))
    network, second = network.append(MINE(6))
    session.edit("insert", network, select=(first,))
    assert "the library does not have it" in source.text()
    assert not action(window, "update_block").isEnabled()
    library.save(WIDER)
    assert "the library has another version" in source.text()
    action(window, "update_block").trigger()
    assert session.network.block(first) == WIDER(4, False)
    assert session.network.block(second) == WIDER(6)
    assert "in the library as My Block.block.json" in source.text()
    assert not action(window, "keep_block").isEnabled()
    session.undo_stack.undo()
    assert session.network.block(first) == MINE(4, False)
    action(window, "keep_block").trigger()
    assert list(library.kinds.values()) == [MINE]
    assert definition_file.read(library.folder / "removed" / "My Block.block.json") is WIDER


def test_what_is_part_of_another_block_is_not_updated(
    session: Session, window: MainWindow, library: UserLibrary, messages: list[str]
) -> None:
    library.save(WIDER)
    network, path = session.network.append(OUTER())
    session.edit("insert", network, select=((*path, "first"),))
    action(window, "update_block").trigger()
    assert messages == ["It is part of another block; update that one, or unpack it first."]
    assert session.network is network


def test_two_versions_of_one_name_are_edited_in_what_they_share(session: Session, window: MainWindow) -> None:
    network, first = session.network.append(MINE())
    network, second = network.append(WIDER())
    session.edit("insert", network, select=(first, second))
    assert part(window, QLabel, "inspector_title").text() == "2 blocks"
    shared = set(MINE.fields()) & set(WIDER.fields())
    assert (window.findChild(QSpinBox, "field_width") is not None) == ("width" in shared)


def test_the_clipboard_carries_definitions(session: Session, window: MainWindow) -> None:
    session.edit("insert", session.network.append(OUTER(3))[0], select=(("outer1",),))
    action(window, "copy").trigger()
    text = QGuiApplication.clipboard().text()
    assert set(json.loads(text)["definitions"]) == {MINE.key(), OUTER.key()}
    session.open_network(explorer.network("lenet5"))
    action(window, "paste").trigger()
    assert session.network.block(("outer1",)) == OUTER(3)


def menu_of(window: MainWindow) -> QMenu:
    """The menu of the current line; not shown, since the offscreen platform cannot grab the keyboard for it."""
    return part(window, LibraryPanel, "panel_library")._make_menu()


def test_a_block_is_renamed_in_its_line(
    session: Session, window: MainWindow, library: UserLibrary, qtbot: QtBot
) -> None:
    library.save(MINE)
    session.shelf.toggle(MINE)
    line(window, "My Block")
    lines = part(window, QTreeView, "library_list")
    lines.setFocus()
    QTest.keyClick(lines, Qt.Key.Key_F2)
    editor = lines.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("Pair")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: library.named("Pair") is not None)
    assert session.shelf.favourites == ("mine:Pair",)
    assert line(window, "Pair").isValid()


def test_the_enter_that_ends_a_name_inserts_nothing(
    session: Session, window: MainWindow, library: UserLibrary, qtbot: QtBot
) -> None:
    library.save(MINE)
    line(window, "My Block")
    lines = part(window, QTreeView, "library_list")
    lines.setFocus()
    QTest.keyClick(lines, Qt.Key.Key_F2)
    editor = lines.viewport().findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "Pair")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [kind.type_name() for kind in library.kinds.values()] == ["Pair"])
    assert session.undo_stack.count() == 0


def test_a_name_that_is_taken_is_refused(
    session: Session, window: MainWindow, library: UserLibrary, messages: list[str]
) -> None:
    file = library.save(MINE)
    window.findChild(QTreeView, "library_list").model().lines.renamed.emit(file, "Conv2d")  # type: ignore[union-attr]
    assert messages == ["Conv2d is the name of a block that comes with the application; choose another one."]
    assert line(window, "My Block").isValid()


def test_delete_in_the_library_leaves_the_network_alone(
    session: Session, window: MainWindow, library: UserLibrary, messages: list[str]
) -> None:
    library.save(MINE)
    network, path = session.network.append(MINE())
    session.edit("insert", network, select=(path,))
    line(window, "My Block")
    lines = part(window, QTreeView, "library_list")
    lines.setFocus()
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Delete, PLAIN)
    QApplication.sendEvent(lines, override)
    assert override.isAccepted(), "or the window would delete the block in the network"
    QTest.keyClick(lines, Qt.Key.Key_Delete)
    assert library.kinds == {}
    assert "Import brings it back" in messages[-1]
    assert session.network.block(path) == MINE()


def test_sharing_a_file(
    session: Session, window: MainWindow, library: UserLibrary, messages: list[str], tmp_path: Path
) -> None:
    library.save(OUTER)
    line(window, "Outer")
    menu = menu_of(window)
    exporting = next(found for found in menu.actions() if found.objectName() == "action_library_export")
    exporting.trigger()
    dialog = part(window, QFileDialog, "dialog_export_block")
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("shared")
    dialog.accept()
    shared = tmp_path / "shared.block.json"
    assert definition_file.read(shared) is OUTER
    library.remove(next(iter(library.kinds)))
    action(window, "library_import").trigger()
    dialog = part(window, QFileDialog, "dialog_import_block")
    dialog.fileSelected.emit(str(shared))
    assert list(library.kinds.values()) == [OUTER]
    shared.write_text("{}")
    dialog.fileSelected.emit(str(shared))
    dialog.reject()
    assert "is no block of one's own" in messages[-1]


def test_what_comes_into_the_folder_is_found_when_the_window_gets_the_focus(
    session: Session, window: MainWindow, library: UserLibrary
) -> None:
    network, path = session.network.append(MINE(4, False))
    session.edit("insert", network, select=(path,))
    library.save(MINE)
    assert not action(window, "update_block").isEnabled()
    other = UserLibrary(LibraryFolder(library.folder))  # another window
    other.save(WIDER)
    definition_file.write(OUTER, library.folder / "from a friend.block.json")
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert line(window, "Outer").data(THING).block is OUTER
    action(window, "update_block").trigger()
    assert session.network.block(path) == WIDER(4, False)


def test_broken_files_say_why(session: Session, window: MainWindow, library: UserLibrary, messages: list[str]) -> None:
    library.save(MINE)
    (library.folder / "bad.block.json").write_text("{}")
    library.reload()
    index = line(window, "bad")
    thing = index.data(THING)
    assert isinstance(thing, Listed)
    assert "no block of one's own" in index.data(Qt.ItemDataRole.ToolTipRole)
    part(window, QTreeView, "library_list").doubleClicked.emit(index)
    assert "no block of one's own" in messages[-1]
    possible = {found.objectName() for found in menu_of(window).actions() if found.isEnabled() and found.objectName()}
    assert possible == {"action_library_delete", "action_library_show_file", "action_library_import"}


def test_show_file_names_the_file(
    session: Session, window: MainWindow, library: UserLibrary, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    file = library.save(MINE)
    line(window, "My Block")
    action(window, "library_show_file").trigger()
    assert messages == [f"The file is {file}."]
    assert opened == [str(library.folder)]


def test_a_document_opens_without_the_library(session: Session, library: UserLibrary, tmp_path: Path) -> None:
    file = tmp_path / "own.network.json"
    network, path = session.network.append(OUTER(5))
    explorer.write(network, file)
    document = session.open_file(file)
    assert library.kinds == {}
    assert isinstance(document.network.block(path), UserBlock)
    assert analyse(document.network).parameters == analyse(network).parameters
