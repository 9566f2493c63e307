"""The File menu: recent files, all at once, revert and reopen, and all of it by keyboard."""

from __future__ import annotations

import dataclasses
import resource
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.documents.recent import KEPT, RecentFiles
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings

Button = QMessageBox.StandardButton


def change(session: Session, name: str) -> None:
    session.edit("rename the network", dataclasses.replace(session.network, name=name))


def action(window: MainWindow, key: str) -> QAction:
    found = window.findChild(QAction, f"action_{key}")
    assert found is not None, key
    return found


def act(window: MainWindow, key: str) -> None:
    assert action(window, key).isEnabled(), key
    action(window, key).trigger()


def dialog(window: MainWindow, name: str) -> QDialog:
    found = window.findChild(QDialog, name)
    assert found is not None, name
    return found


def answer_file(window: MainWindow, file: Path) -> None:
    asked = dialog(window, "dialog_save")
    assert isinstance(asked, QFileDialog)
    asked.setDirectory(str(file.parent))
    asked.selectFile(file.name)
    asked.accept()
    asked.setObjectName("answered")


def answer(window: MainWindow, button: QMessageBox.StandardButton) -> None:
    box = dialog(window, "dialog_unsaved")
    assert isinstance(box, QMessageBox)
    box.setObjectName("answered")
    box.button(button).click()


def saved(folder: Path, *keys: str) -> list[Path]:
    files = [folder / f"{key}.network.json" for key in keys]
    for key, file in zip(keys, files, strict=True):
        explorer.write(explorer.network(key), file)
    return files


# Recent files


def test_recent_files_are_the_last_ten_without_doubles(settings: Settings, tmp_path: Path) -> None:
    recent = RecentFiles(settings)
    for number in (*range(15), 9):
        recent.add(tmp_path / f"{number}.json")
    again = RecentFiles(settings)
    assert [file.stem for file in again.files] == ["9", "14", "13", "12", "11", "10", "8", "7", "6", "5"]
    assert len(again.files) == KEPT
    again.clear()
    assert recent.files == ()


def test_recent_files_open_and_missing_ones_say_so(session: Session, window: MainWindow, tmp_path: Path) -> None:
    here, gone = saved(tmp_path, "lenet5", "alexnet")
    window.open_file(gone)
    window.open_file(here)
    gone.unlink()
    menu = window.findChild(QMenu, "menu_recent")
    assert menu is not None
    menu.aboutToShow.emit()
    first, second = action(window, "recent_1"), action(window, "recent_2")
    assert first.isEnabled()
    assert here.name in first.text()
    assert not second.isEnabled()
    assert f"is no longer in {tmp_path}" in second.text()
    session.activate(session.documents[0])
    first.trigger()
    assert session.file == here
    act(window, "recent_clear")
    menu.aboutToShow.emit()
    assert window.findChild(QAction, "action_recent_1") is None
    assert not action(window, "recent_clear").isEnabled()


# All at once


def test_save_all_asks_only_for_what_has_no_file(session: Session, window: MainWindow, tmp_path: Path) -> None:
    files = saved(tmp_path, "lenet5", "alexnet")
    change(session, "never saved")
    for file in files:
        window.open_file(file)
        change(session, f"changed {file.stem}")
    act(window, "save_all")
    assert session.document.title == "never saved", "the person sees what is asked about"
    answer_file(window, tmp_path / "new.network.json")
    assert [explorer.read(file).name for file in files] == ["changed lenet5.network", "changed alexnet.network"]
    assert explorer.read(tmp_path / "new.network.json").name == "never saved"
    assert not any(document.modified for document in session.documents)
    assert not action(window, "save_all").isEnabled()


def test_close_others_asks_about_changes(session: Session, window: MainWindow) -> None:
    change(session, "changed")
    session.open_network(explorer.network("alexnet"))
    front = session.open_network(explorer.network("lenet5"))
    act(window, "close_others")
    assert session.document.title == "changed"
    answer(window, Button.Cancel)
    assert len(session.documents) == 3
    session.activate(front)
    act(window, "close_others")
    answer(window, Button.Discard)
    assert list(session.documents) == [front]
    assert not action(window, "close_others").isEnabled()


def test_a_closed_tab_comes_back_with_its_changes_and_its_history(session: Session, window: MainWindow) -> None:
    assert not action(window, "reopen").isEnabled()
    change(session, "changed")
    session.open_network(explorer.network("lenet5"))
    session.activate(session.documents[0])
    act(window, "close")
    answer(window, Button.Discard)
    act(window, "reopen")
    assert session.network.name == "changed"
    assert session.document.modified
    act(window, "undo")
    assert session.network.name == "ResNet-18"
    assert not session.document.modified


def test_closed_tabs_come_back_in_their_order_and_not_for_ever(session: Session, window: MainWindow) -> None:
    for number in range(13):
        session.open_network(explorer.network("lenet5"))
        change(session, str(number))
        session.close(session.document, explorer.network("lenet5"))
    names = []
    while action(window, "reopen").isEnabled():
        act(window, "reopen")
        names.append(session.network.name)
    assert names == [str(number) for number in range(12, 2, -1)]


def test_revert_is_an_edit(session: Session, window: MainWindow, tmp_path: Path) -> None:
    (file,) = saved(tmp_path, "lenet5")
    window.open_file(file)
    assert not action(window, "revert").isEnabled()
    change(session, "changed")
    act(window, "revert")
    assert session.network == explorer.network("lenet5")
    assert not session.document.modified
    assert action(window, "undo").text() == "&Undo revert to saved"
    act(window, "undo")
    assert session.network.name == "changed"
    assert session.document.modified


# Places that cannot be written


def test_a_full_disk_loses_nothing(session: Session, window: MainWindow, tmp_path: Path) -> None:
    (file,) = saved(tmp_path, "lenet5")
    before = file.read_bytes()
    window.open_file(file)
    change(session, "changed")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
    try:
        act(window, "save")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "cannot be written" in window.statusBar().currentMessage()
    assert file.read_bytes() == before
    assert list(tmp_path.glob("*.tmp")) == []
    assert session.network.name == "changed"
    assert window.isWindowModified()
    act(window, "save")
    assert explorer.read(file).name == "changed"


def test_a_folder_in_the_place_of_the_file_is_a_sentence(session: Session, window: MainWindow, tmp_path: Path) -> None:
    (file,) = saved(tmp_path, "lenet5")
    window.open_file(file)
    change(session, "changed")
    file.unlink()
    file.mkdir()
    act(window, "save")
    assert "is a folder, so nothing can be written there" in window.statusBar().currentMessage()
    assert window.isWindowModified()


def test_a_name_completed_with_a_suffix_replaces_nothing_without_a_question(
    session: Session, window: MainWindow, tmp_path: Path
) -> None:
    (file,) = saved(tmp_path, "lenet5")
    change(session, "mine")
    act(window, "save_as")
    answer_file(window, tmp_path / "lenet5")
    box = dialog(window, "dialog_replace")
    assert explorer.read(file).name == "LeNet-5"
    button = box.findChild(QPushButton, "button_replace")
    assert button is not None
    button.click()
    assert explorer.read(file).name == "mine"


# Dropped files


def drop(target: QWidget, *files: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    none = Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(QPoint(40, 30), copy, data, left, none)
    entered.ignore()
    QApplication.sendEvent(target, entered)
    if entered.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(40, 30), copy, data, left, none))
    return entered.isAccepted()


def test_dropped_networks_open(session: Session, window: MainWindow, tmp_path: Path) -> None:
    files = saved(tmp_path, "lenet5", "alexnet")
    assert drop(window, *files, tmp_path / "picture.png")
    assert [document.title for document in session.documents] == ["ResNet-18", "LeNet-5", "AlexNet"]
    assert not drop(window, tmp_path / "picture.png"), "somebody else may want it"


@pytest.mark.parametrize("name", ["canvas", "layers_table", "library_list"])
def test_networks_can_be_dropped_on_every_part(session: Session, window: MainWindow, tmp_path: Path, name: str) -> None:
    (file,) = saved(tmp_path, "lenet5")
    part = window.findChild(QAbstractScrollArea, name)
    assert part is not None
    assert drop(part.viewport(), file)
    assert session.file == file


# By keyboard

# the offscreen platform opens a menu without it
WITH_MENUS = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
DIALOGS = {
    "new_from_template": "dialog_template",
    "open": "dialog_open",
    "save_as": "dialog_save",
    "save_as_template": "dialog_save_template",
}


def test_every_action_of_the_file_menu_can_be_typed(window: MainWindow) -> None:
    menu = window.findChild(QMenu, "menu_file")
    assert menu is not None
    letters = []
    for found in menu.actions():
        if not found.isSeparator():
            assert "&" in found.text(), found.text()
            letters.append(QKeySequence.mnemonic(found.text()).toString())
    assert [letter for letter, number in Counter(letters).items() if number > 1] == []


@WITH_MENUS
@pytest.mark.parametrize("key", DIALOGS)
def test_dialogs_open_by_keys_and_close_by_escape(window: MainWindow, key: str, qtbot: QtBot) -> None:
    type_action(window, key)
    opened = dialog(window, DIALOGS[key])
    assert opened.isVisible()
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.isVisible()


def type_action(window: MainWindow, key: str) -> None:
    """The keys of an action, or its letter in the menu."""
    found = action(window, key)
    if found.shortcut().isEmpty():
        menu = window.findChild(QMenu, "menu_file")
        assert menu is not None
        menu.popup(window.mapToGlobal(QPoint(0, 30)))
        letter = QKeySequence.mnemonic(found.text()).toString().removeprefix("Alt+")
        QTest.keyClicks(menu, letter.lower())
        menu.close()
    else:
        QTest.keySequence(window, found.shortcut())


@WITH_MENUS
def test_a_day_with_files_by_keyboard_alone(session: Session, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (file,) = saved(tmp_path, "lenet5")
    window.open_file(file)
    type_action(window, "new")
    assert session.document.title == "Untitled"
    change(session, "third")
    type_action(window, "previous_tab")
    assert session.document.title == "LeNet-5"
    type_action(window, "tab_left")
    assert [document.title for document in session.documents] == ["LeNet-5", "ResNet-18", "third"]
    type_action(window, "previous_tab")
    assert session.document.title == "third", "from the first to the last"
    type_action(window, "next_tab")
    change(session, "changed")
    type_action(window, "revert")
    assert session.network.name == "LeNet-5"
    change(session, "changed")
    type_action(window, "save")
    assert explorer.read(file).name == "changed"
    type_action(window, "close")
    assert len(session.documents) == 2
    type_action(window, "reopen")
    assert session.file == file
    type_action(window, "close_others")
    box = dialog(window, "dialog_unsaved")
    assert isinstance(box, QMessageBox)
    for _ in box.buttons():
        if box.focusWidget() is not box.button(Button.Discard):
            QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Tab)
    QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(session.documents) == 1)
