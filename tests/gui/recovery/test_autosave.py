"""Copies of unsaved documents: when they are written, when they go, and what is offered at the next start."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QMessageBox, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.documents.files import first_network
from explorer.gui.main_window import MainWindow
from explorer.gui.recovery import words
from explorer.gui.recovery.autosave import Autosave
from explorer.gui.recovery.store import Base, Found, RecoveryStore
from explorer.gui.session import Session
from explorer.gui.settings import Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def autosave(session: Session, root: Path) -> Iterator[Autosave]:
    session.autosave = Autosave(session, RecoveryStore(root), session)
    yield session.autosave
    session.autosave.close()


@pytest.fixture
def leave(root: Path, settings: Settings, qtbot: QtBot) -> Callable[[Callable[[Session], None]], None]:
    """Does something in a session that ends with its changes unsaved."""

    def end(work: Callable[[Session], None]) -> None:
        session = Session(first_network(), settings)
        session.autosave = Autosave(session, RecoveryStore(root), session)
        work(session)
        session.autosave.close()
        shiboken6.delete(session)

    return end


def change(session: Session, name: str) -> None:
    session.edit("rename the network", dataclasses.replace(session.network, name=name))


def copies(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder in root.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # the worker takes emptied folders away meanwhile
            found += folder.glob("*.recovery") if folder.is_dir() else ()
    return sorted(found)


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None, name
    button.click()


def text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    return label.text() if label else ""


def action(window: MainWindow, key: str) -> QAction:
    found = window.findChild(QAction, f"action_{key}")
    assert found is not None
    return found


def test_nothing_is_written_without_changes(session: Session, autosave: Autosave, root: Path) -> None:
    session.open_network(explorer.network("lenet5"))
    session.select((("conv1",),))
    autosave.close()
    assert not root.exists()


def test_the_line_at_the_bottom_tells(
    session: Session, autosave: Autosave, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    assert text(window, "status_document") == ""
    change(session, "mine")
    assert text(window, "status_document") == "Not saved"
    qtbot.waitUntil(lambda: text(window, "status_document") == "Not saved, recovered copy kept")
    change(session, "mine again")
    assert text(window, "status_document") == "Not saved", "the copy is of the change before"
    session.save(session.document, tmp_path / "a.network.json")
    saved = text(window, "status_document")
    assert saved.startswith("Saved ")
    change(session, "and again")
    assert text(window, "status_document") == f"{saved}, changed since"
    qtbot.waitUntil(lambda: text(window, "status_document") == f"{saved}, recovered copy kept")


def test_a_stream_of_edits_does_not_put_the_copy_off(
    session: Session, autosave: Autosave, root: Path, qtbot: QtBot
) -> None:
    number, begun = 0, time.monotonic()
    while not copies(root):
        number += 1
        change(session, f"edit {number}")
        qtbot.wait(100)  # so that a second without an edit never comes
        assert time.monotonic() - begun < 60
    assert number > 5


def test_saving_removes_the_copy(
    session: Session, autosave: Autosave, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    change(session, "mine")
    qtbot.waitUntil(lambda: autosave.has_copy(session.document))
    session.save(session.document, tmp_path / "a.network.json")
    qtbot.waitUntil(lambda: copies(root) == [])


def test_undo_back_to_what_was_saved_removes_the_copy(
    session: Session, autosave: Autosave, root: Path, qtbot: QtBot
) -> None:
    change(session, "mine")
    qtbot.waitUntil(lambda: autosave.has_copy(session.document))
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: copies(root) == [])
    session.undo_stack.redo()
    qtbot.waitUntil(lambda: autosave.has_copy(session.document))


def test_discarding_a_document_removes_its_copy_alone(
    session: Session, autosave: Autosave, root: Path, qtbot: QtBot
) -> None:
    first = session.document
    change(session, "first")
    second = session.open_network(explorer.network("lenet5"))
    change(session, "second")
    qtbot.waitUntil(lambda: autosave.has_copy(first) and autosave.has_copy(second))
    session.close(second, explorer.network("lenet5"))
    qtbot.waitUntil(lambda: len(copies(root)) == 1)
    session.reopen()
    qtbot.waitUntil(lambda: len(copies(root)) == 2)


def test_closing_the_window_leaves_no_copy(
    session: Session, autosave: Autosave, window: MainWindow, root: Path, qtbot: QtBot
) -> None:
    change(session, "mine")
    qtbot.waitUntil(lambda: autosave.has_copy(session.document))
    window.close()
    box = window.findChild(QMessageBox, "dialog_unsaved")
    assert box is not None
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert len(copies(root)) == 1
    box.setObjectName("answered")
    window.close()
    box = window.findChild(QMessageBox, "dialog_unsaved")
    assert box is not None
    box.button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: not window.isVisible())
    autosave.close()
    assert list(root.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_once(
    session: Session, messages: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").touch()
    session.autosave = Autosave(session, RecoveryStore(tmp_path / "file" / "recovery"), session)
    change(session, "one")
    qtbot.waitUntil(lambda: len(messages) == 1)
    change(session, "two")
    qtbot.wait(1300)
    session.autosave.close()
    assert len(messages) == 1
    assert "cannot be written" in messages[0]
    assert session.network.name == "two"
    assert not session.autosave.has_copy(session.document)


def test_everything_comes_back_as_it_was(
    leave: Callable[[Callable[[Session], None]], None],
    session: Session,
    autosave: Autosave,
    window: MainWindow,
    root: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    file = tmp_path / "lenet.network.json"
    explorer.write(explorer.network("lenet5"), file)
    lost: dict[str, object] = {}

    def work(other: Session) -> None:
        change(other, "never saved")
        other.select((("layer1",), ("fc",)))
        first = other.document
        other.open_file(file)
        change(other, "from a file")
        other.open_network(explorer.network("alexnet"))
        other.activate(first)
        lost.update({document.title: document.network for document in other.documents if document.modified})

    leave(work)
    autosave.find()
    qtbot.waitUntil(lambda: bool(text(window, "notice_recovery_text")))
    sentence = text(window, "notice_recovery_text")
    assert "2 networks with unsaved changes" in sentence
    assert action(window, "recover").isEnabled()
    press(window, "notice_recovery_restore")
    restored = session.documents[1:]
    assert {document.title: document.network for document in restored} == lost
    assert [document.file for document in restored] == [file, None]
    assert all(document.modified for document in restored)
    assert session.document.title == "never saved", "what was in front is in front"
    assert session.selection == (("layer1",), ("fc",))
    assert not action(window, "recover").isEnabled()
    assert text(window, "notice_recovery_text") == ""
    qtbot.waitUntil(lambda: all(autosave.has_copy(document) for document in restored))
    assert len(copies(root)) == 2, "copies of ours have taken the place of those that were found"


def test_restored_changes_go_into_the_document_that_has_the_file(
    leave: Callable[[Callable[[Session], None]], None],
    session: Session,
    autosave: Autosave,
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    file = tmp_path / "lenet.network.json"
    explorer.write(explorer.network("lenet5"), file)

    def work(other: Session) -> None:
        other.open_file(file)
        change(other, "changed")

    leave(work)
    document = session.open_file(file)
    autosave.find()
    qtbot.waitUntil(lambda: bool(text(window, "notice_recovery_text")))
    press(window, "notice_recovery_restore")
    assert len(session.documents) == 2
    assert document.network.name == "changed"
    assert document.modified
    action(window, "undo").trigger()
    assert document.network == explorer.network("lenet5")
    assert not document.modified


def test_a_file_that_changed_meanwhile_is_told_and_not_saved_over_without_a_question(
    leave: Callable[[Callable[[Session], None]], None],
    session: Session,
    autosave: Autosave,
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    file = tmp_path / "lenet.network.json"
    explorer.write(explorer.network("lenet5"), file)

    def work(other: Session) -> None:
        other.open_file(file)
        change(other, "mine")

    leave(work)
    explorer.write(explorer.network("alexnet"), file)
    autosave.find()
    qtbot.waitUntil(lambda: bool(text(window, "notice_recovery_text")))
    assert "Its file has changed since." in text(window, "notice_recovery_text")
    press(window, "notice_recovery_restore")
    assert f"{file} has changed since" in window.statusBar().currentMessage()
    assert "changed by another program" in text(window, "notice_disk_text")
    action(window, "save").trigger()
    question = window.findChild(QMessageBox, "dialog_replace")
    assert question is not None
    assert explorer.read(file).name == "AlexNet"
    press(window, "button_replace")
    assert explorer.read(file).name == "mine"
    assert text(window, "notice_disk_text") == "", "there is nothing to reload any more"


def test_later_keeps_them_for_the_menu_and_for_the_next_start(
    leave: Callable[[Callable[[Session], None]], None],
    session: Session,
    autosave: Autosave,
    window: MainWindow,
    root: Path,
    qtbot: QtBot,
) -> None:
    leave(lambda other: change(other, "one"))
    leave(lambda other: change(other, "two"))
    autosave.find()
    qtbot.waitUntil(lambda: bool(text(window, "notice_recovery_text")))
    press(window, "notice_recovery_later")
    bar = window.findChild(QFrame, "notice_recovery")
    assert bar is None
    assert len(copies(root)) == 2
    action(window, "recover").trigger()
    rows = window.findChild(QTreeWidget, "recover_list")
    assert rows is not None
    items = [item for place in range(2) if (item := rows.topLevelItem(place))]
    assert sorted(item.text(0) for item in items) == ["one", "two"]
    rows.clearSelection()
    restore = window.findChild(QPushButton, "recover_restore")
    assert restore is not None
    assert not restore.isEnabled()
    items[0].setSelected(True)
    chosen = items[0].text(0)
    press(window, "recover_restore")
    assert session.document.title == chosen
    rows.selectAll()
    press(window, "recover_discard")
    assert len(copies(root)) >= 1, "it asks first"
    press(window, "button_discard")
    dialog = window.findChild(QDialog, "dialog_recover")
    qtbot.waitUntil(lambda: dialog is None or not shiboken6.isValid(dialog) or not dialog.isVisible())
    qtbot.waitUntil(lambda: len(copies(root)) == 1 and autosave.has_copy(session.document))
    assert not action(window, "recover").isEnabled()


def test_what_cannot_be_read_stays_listed(
    leave: Callable[[Callable[[Session], None]], None],
    session: Session,
    autosave: Autosave,
    window: MainWindow,
    root: Path,
    qtbot: QtBot,
) -> None:
    leave(lambda other: change(other, "one"))
    leave(lambda other: change(other, "two"))
    copies(root)[0].write_bytes(b"{")
    autosave.find()
    qtbot.waitUntil(lambda: bool(text(window, "notice_recovery_text")))
    press(window, "notice_recovery_restore")
    assert len(session.documents) == 2
    assert "1 cannot be read" in window.statusBar().currentMessage()
    assert action(window, "recover").isEnabled()


def test_words() -> None:
    bad = Found(Path("/r/x.recovery"), None, problem="It is damaged.")
    assert words.offer([bad]).endswith("unexpectedly: x.recovery.")
    assert words.offer([bad] * 5).endswith("x.recovery, x.recovery, x.recovery and 2 more.")
    assert words.remark(bad) == "It is damaged."
    assert Base.CHANGED.value.capitalize() == "Its file has changed since"
