"""Files in the window: open, save, and never lose anything without having asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox, QTabBar
from pytestqt.qtbot import QtBot

import explorer
from explorer import resources
from explorer.examples import EXAMPLES, Example
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

Button = QMessageBox.StandardButton


def change(session: Session, name: str = "mine") -> None:
    session.edit("rename the network", dataclasses.replace(session.network, name=name))


def act(window: MainWindow, key: str) -> None:
    action = window.findChild(QAction, f"action_{key}")
    assert action is not None
    assert action.isEnabled()
    action.trigger()


def answer_file(window: MainWindow, name: str, file: Path) -> None:
    dialog = window.findChild(QFileDialog, name)
    assert dialog is not None
    dialog.setDirectory(str(file.parent))
    dialog.selectFile(file.name)
    dialog.accept()
    dialog.setObjectName("answered")  # it is deleted later


def answer(window: MainWindow, button: QMessageBox.StandardButton) -> None:
    box = window.findChild(QMessageBox, "dialog_unsaved")
    assert box is not None
    box.setObjectName("answered")
    box.button(button).click()


def status(window: MainWindow) -> str:
    return window.statusBar().currentMessage()


def test_save_and_open(session: Session, window: MainWindow, tmp_path: Path) -> None:
    change(session)
    assert window.isWindowModified()
    act(window, "save")
    answer_file(window, "dialog_save", tmp_path / "mine.network.json")
    assert not window.isWindowModified()
    assert explorer.read(tmp_path / "mine.network.json") == session.network
    change(session, "mine too")
    act(window, "save")
    assert explorer.read(tmp_path / "mine.network.json").name == "mine too"
    act(window, "new")
    act(window, "open")
    answer_file(window, "dialog_open", tmp_path / "mine.network.json")
    assert [document.title for document in session.documents] == ["mine too", "Untitled"]
    assert session.network.name == "mine too", "a file that is open comes to the front"


def test_a_name_without_a_suffix_gets_one(session: Session, window: MainWindow, tmp_path: Path) -> None:
    act(window, "save_as")
    answer_file(window, "dialog_save", tmp_path / "mine")
    assert session.file == tmp_path / "mine.network.json"


def test_a_file_that_cannot_be_written_says_so(session: Session, window: MainWindow, tmp_path: Path) -> None:
    change(session)
    act(window, "save_as")
    (tmp_path / "folder.network.json").mkdir()
    dialog = window.findChild(QFileDialog, "dialog_save")
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "nowhere" / "a.network.json"))
    assert "cannot be written" in status(window)
    assert window.isWindowModified()
    dialog.reject()


@pytest.mark.parametrize("content", [b"\x00\x01", b"[" * 100_000, b"{}"], ids=["binary", "nested", "stranger"])
def test_a_bad_file_is_a_sentence(session: Session, window: MainWindow, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.network.json"
    file.write_bytes(content)
    network = session.network
    act(window, "open")
    answer_file(window, "dialog_open", file)
    assert "bad.network.json" in status(window)
    assert session.network is network
    assert len(session.documents) == 1


def test_a_file_with_problems_opens_and_saves_back_unchanged(
    session: Session, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "a.network.json"
    explorer.write(session.network, file)
    text = file.read_text(encoding="utf-8").replace('"out_channels": 64', f'"out_channels": {10**12}')
    file.write_text(text.replace('"MaxPool2d"', '"PoolOfTomorrow"'), encoding="utf-8")
    before = file.read_bytes()
    window.open_file(file)
    assert len(session.analysis.problems) >= 2
    act(window, "save")
    assert file.read_bytes() == before


def test_closing_without_changes_asks_nothing(window: MainWindow) -> None:
    assert window.close()


def test_closing_with_changes_can_be_cancelled(session: Session, window: MainWindow) -> None:
    change(session)
    assert not window.close()
    answer(window, Button.Cancel)
    assert window.isVisible()
    assert session.network.name == "mine"


def test_closing_with_changes_can_discard_them(session: Session, window: MainWindow, qtbot: QtBot) -> None:
    change(session)
    assert not window.close()
    answer(window, Button.Discard)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_closing_can_save_first(session: Session, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    change(session)
    assert not window.close()
    answer(window, Button.Save)
    answer_file(window, "dialog_save", tmp_path / "mine.network.json")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert explorer.read(tmp_path / "mine.network.json").name == "mine"


def test_closing_asks_about_every_document(session: Session, window: MainWindow, qtbot: QtBot) -> None:
    change(session, "first")
    session.open_network(explorer.network("lenet5"))
    change(session, "second")
    session.open_network(explorer.network("alexnet"))
    window.close()
    assert session.network.name == "first"
    answer(window, Button.Discard)
    assert session.network.name == "second"
    assert window.isVisible()
    answer(window, Button.Discard)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_tab_closes_after_the_question(session: Session, window: MainWindow) -> None:
    change(session)
    session.open_network(explorer.network("lenet5"))
    tabs = window.findChild(QTabBar, "documents")
    assert tabs is not None
    assert [tabs.tabText(place) for place in range(tabs.count())] == ["mine •", "LeNet-5"]
    tabs.tabCloseRequested.emit(0)
    answer(window, Button.Discard)
    assert [document.title for document in session.documents] == ["LeNet-5"]
    act(window, "close")
    assert [document.title for document in session.documents] == ["Untitled"]


def test_tabs_bring_documents_to_the_front(session: Session, window: MainWindow) -> None:
    session.open_network(explorer.network("lenet5"))
    tabs = window.findChild(QTabBar, "documents")
    assert tabs is not None
    tabs.setCurrentIndex(0)
    assert session.network.name == "ResNet-18"
    assert window.windowTitle().startswith("ResNet-18[*]")


def test_undo_takes_the_star_away(session: Session, window: MainWindow) -> None:
    change(session)
    undo = window.findChild(QAction, "action_undo")
    assert undo is not None
    assert undo.text() == "&Undo rename the network"
    act(window, "undo")
    assert not window.isWindowModified()
    act(window, "redo")
    assert window.isWindowModified()


def test_the_window_says_a_failure_in_a_sentence(window: MainWindow, make_window: Callable[[], MainWindow]) -> None:
    from explorer.errors import EditError
    from explorer.gui.log import sentence_for

    window.say(sentence_for(EditError("It cannot be done.")))
    assert status(window) == "It cannot be done."
    assert "ZeroDivisionError" in sentence_for(ZeroDivisionError("x"))
    assert "Traceback" not in sentence_for(ZeroDivisionError("x"))


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_an_example_opens_as_a_document_of_its_own(
    session: Session, window: MainWindow, tmp_path: Path, example: Example
) -> None:
    before = example.file.read_bytes()
    action = window.findChild(QAction, f"action_example_{example.key}")
    assert action is not None
    assert (action.text(), action.statusTip()) == (example.title, example.summary)
    action.trigger()
    assert session.network == example.read()
    assert [document.title for document in session.documents] == ["ResNet-18", example.title]
    assert session.file is None
    change(session)
    act(window, "save")  # asks where: an example is never written
    answer_file(window, "dialog_save", tmp_path / "mine.network.json")
    assert explorer.read(tmp_path / "mine.network.json").name == "mine"
    assert example.file.read_bytes() == before
    action.trigger()
    assert session.network == example.read()


def test_an_example_that_is_gone_is_a_sentence(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "explorer")
    act(window, "example_small_unet")
    assert "bundled file examples/small_unet.network.json is missing" in status(window)
    assert len(session.documents) == 1
