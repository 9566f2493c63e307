"""Files that another program changes while they are open."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

import explorer
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session


@pytest.fixture
def file(session: Session, window: MainWindow, tmp_path: Path) -> Path:
    file = tmp_path / "lenet.network.json"
    explorer.write(explorer.network("lenet5"), file)
    window.open_file(file)
    return file


def come_back(window: MainWindow) -> None:
    """The window gets the focus."""
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))


def notice(window: MainWindow) -> str:
    label = window.findChild(QLabel, "notice_disk_text")
    return label.text() if label else ""


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    button.click()


def act(window: MainWindow, key: str) -> None:
    action = window.findChild(QAction, f"action_{key}")
    assert action is not None
    action.trigger()


def change(session: Session, name: str) -> None:
    session.edit("rename the network", dataclasses.replace(session.network, name=name))


def test_nothing_is_said_without_a_change(session: Session, window: MainWindow, file: Path) -> None:
    come_back(window)
    file.touch()
    come_back(window)
    change(session, "mine")
    act(window, "save")
    come_back(window)
    assert notice(window) == ""


def test_reload_is_an_edit(session: Session, window: MainWindow, file: Path) -> None:
    change(session, "mine")
    explorer.write(explorer.network("alexnet"), file)
    assert notice(window) == "", "it is looked at when the window gets the focus"
    come_back(window)
    assert notice(window).startswith("lenet.network.json has been changed by another program.")
    press(window, "notice_disk_reload")
    assert notice(window) == ""
    assert session.network == explorer.network("alexnet")
    assert not session.document.modified
    act(window, "undo")
    assert session.network.name == "mine"
    assert session.document.modified


def test_keep_says_that_there_is_something_to_save(session: Session, window: MainWindow, file: Path) -> None:
    explorer.write(explorer.network("alexnet"), file)
    come_back(window)
    press(window, "notice_disk_keep")
    come_back(window)
    assert notice(window) == "", "one answer is enough"
    assert session.network == explorer.network("lenet5")
    assert window.isWindowModified()
    act(window, "save")
    assert explorer.read(file) == explorer.network("lenet5"), "keeping was the answer to this question too"


def test_saving_over_a_change_asks_first(session: Session, window: MainWindow, file: Path) -> None:
    change(session, "mine")
    explorer.write(explorer.network("alexnet"), file)
    act(window, "save")
    box = window.findChild(QMessageBox, "dialog_replace")
    assert box is not None
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert explorer.read(file) == explorer.network("alexnet")
    assert session.document.modified
    box.setObjectName("answered")
    act(window, "save")
    press(window, "button_replace")
    assert explorer.read(file).name == "mine"
    assert not session.document.modified


def test_a_change_that_cannot_be_read_leaves_the_document(session: Session, window: MainWindow, file: Path) -> None:
    file.write_bytes(b"half of a netw")
    come_back(window)
    press(window, "notice_disk_reload")
    assert "not readable JSON" in window.statusBar().currentMessage()
    assert session.network == explorer.network("lenet5")
    assert notice(window), "the question is still open"


def test_a_file_that_is_gone_is_told_once(session: Session, window: MainWindow, file: Path) -> None:
    file.unlink()
    come_back(window)
    assert f"{file} is no longer there" in window.statusBar().currentMessage()
    assert window.isWindowModified()
    window.statusBar().clearMessage()
    come_back(window)
    assert window.statusBar().currentMessage() == ""
    act(window, "save")
    assert explorer.read(file) == explorer.network("lenet5")
    assert not window.isWindowModified()


def test_several_changed_files_are_asked_about_one_after_the_other(
    session: Session, window: MainWindow, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "alex.network.json"
    explorer.write(explorer.network("alexnet"), other)
    window.open_file(other)
    for path in (file, other):
        explorer.write(explorer.network("resnet18"), path)
    come_back(window)
    assert notice(window).startswith("alex.network.json"), "what is in front comes first"
    press(window, "notice_disk_reload")
    assert notice(window).startswith("lenet.network.json")
    session.close(session.documents[1], explorer.network("lenet5"))
    assert notice(window) == "", "a closed document needs no answer"
