"""Templates: sound networks to begin with, and a person's own ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QTreeWidget, QTreeWidgetItem

import explorer
from explorer.core import storage
from explorer.errors import FileError
from explorer.gui.documents.templates import BUILT_IN, DESCRIPTIONS, Template, TemplateFolder
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

with_blocks = pytest.mark.parametrize("template", BUILT_IN[1:], ids=lambda template: template.name)


@with_blocks
def test_a_template_is_sound_and_runs(template: Template) -> None:
    network = template.make()
    analysis = explorer.analyse(network)
    assert analysis.problems == ()
    module = explorer.assemble(network).eval()
    with torch.inference_mode():
        output = module(torch.zeros(2, *network.input_shape))
    assert tuple(output.shape[1:]) == analysis.output_shape
    assert sum(parameter.numel() for parameter in module.parameters()) == analysis.parameters
    assert storage.loads(storage.dumps(network)) == network


def test_templates_are_told_apart() -> None:
    assert BUILT_IN[0].make().body.slots == ()
    assert len({template.name for template in BUILT_IN}) == len(BUILT_IN)
    assert all(template.summary for template in BUILT_IN)


def test_the_stages_are_those_of_the_papers_resnets() -> None:
    cifar = next(template for template in BUILT_IN if template.name == "CIFAR ResNet").make()
    ours, theirs = explorer.analyse(cifar), explorer.analyse(explorer.network("resnet20", shortcut="auto"))
    stages = [(row.path, row.output_shape) for row in ours.root.children] if ours.root else []
    assert stages == ([(row.path, row.output_shape) for row in theirs.root.children] if theirs.root else [])


def test_own_templates_come_back(tmp_path: Path) -> None:
    folder = TemplateFolder(tmp_path / "templates")
    assert folder.list() == ()
    folder.save(explorer.network("lenet5"), "my LeNet", "what I begin with")
    folder.save(explorer.network("alexnet"), "Alex", "")
    folder.save(explorer.network("resnet18"), "my LeNet", "now a ResNet")
    explorer.write(explorer.network("vgg11"), folder.folder / "from a friend.network.json")
    found = {template.name: template for template in folder.list()}
    assert list(found) == ["Alex", "from a friend", "my LeNet"]
    assert found["my LeNet"].summary == "now a ResNet"
    assert found["my LeNet"].make() == explorer.network("resnet18")
    assert found["from a friend"].summary == ""
    (folder.folder / DESCRIPTIONS).write_bytes(b"[1, 2")
    assert len(folder.list()) == 3, "descriptions that cannot be read cost only themselves"


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", ".hidden", "a\0b", "what?"])
def test_names_that_are_no_names_of_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match="cannot be the name of a file"):
        TemplateFolder(tmp_path).save(explorer.network("lenet5"), name, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be made"):
        TemplateFolder(tmp_path / "file" / "templates").save(explorer.network("lenet5"), "a", "")


@pytest.fixture
def window(make_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MainWindow:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return make_window()


def act(window: MainWindow, key: str) -> None:
    action = window.findChild(QAction, f"action_{key}")
    assert action is not None
    action.trigger()


def rows(window: MainWindow) -> QTreeWidget:
    found = window.findChild(QTreeWidget, "template_list")
    assert found is not None
    return found


def row(table: QTreeWidget, number: int) -> QTreeWidgetItem:
    found = table.topLevelItem(number)
    assert found is not None
    return found


def test_a_new_network_from_a_template_by_keyboard(session: Session, window: MainWindow) -> None:
    act(window, "new_from_template")
    table = rows(window)
    names = [row(table, number).text(0) for number in range(table.topLevelItemCount())]
    assert names == [template.name for template in BUILT_IN]
    assert row(table, 2).text(2) == f"{explorer.analyse(BUILT_IN[2].make()).parameters:,}"
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert session.network == BUILT_IN[2].make()
    assert session.file is None
    assert not session.document.modified
    assert len(session.documents) == 2


def test_a_network_becomes_a_template(session: Session, window: MainWindow, tmp_path: Path) -> None:
    act(window, "save_as_template")
    name, line = window.findChild(QLineEdit, "template_name"), window.findChild(QLineEdit, "template_line")
    save, note = window.findChild(QPushButton, "template_save"), window.findChild(QLabel, "template_note")
    assert name is not None
    assert line is not None
    assert save is not None
    assert note is not None
    assert name.text() == "ResNet-18"
    name.clear()
    assert not save.isEnabled()
    name.setText("a/b")
    save.click()
    assert "cannot be the name of a file" in window.statusBar().currentMessage()
    name.setText("Small ResNet")
    line.setText("for the bundled images")
    save.click()
    found = TemplateFolder(tmp_path / "architecture-explorer" / "templates").list()
    assert [(template.name, template.summary) for template in found] == [("Small ResNet", "for the bundled images")]
    assert not session.document.modified
    act(window, "new_from_template")
    last = row(rows(window), len(BUILT_IN))
    assert last.text(0) == "Small ResNet"
    assert last.text(1) == "for the bundled images"


def test_a_template_that_cannot_be_read_is_listed_with_the_reason(window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "architecture-explorer" / "templates"
    folder.mkdir(parents=True)
    (folder / "bad.network.json").write_bytes(b"{")
    act(window, "new_from_template")
    table = rows(window)
    assert "not readable JSON" in row(table, len(BUILT_IN)).text(1)
    table.setCurrentItem(row(table, len(BUILT_IN)))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert "not readable JSON" in window.statusBar().currentMessage()


def test_replacing_a_template_is_announced(window: MainWindow, tmp_path: Path) -> None:
    TemplateFolder(tmp_path / "architecture-explorer" / "templates").save(explorer.network("lenet5"), "ResNet-18", "")
    act(window, "save_as_template")
    note, save = window.findChild(QLabel, "template_note"), window.findChild(QPushButton, "template_save")
    assert note is not None
    assert save is not None
    assert "is replaced" in note.text()
    assert save.text() == "Re&place"
    dialog = window.findChild(QDialog, "dialog_save_template")
    assert dialog is not None
    dialog.reject()
