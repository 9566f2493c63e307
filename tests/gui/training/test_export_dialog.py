"""Where weights are written: in the folder of the last time, with the suffix of the format that is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from explorer.export.base import EXPORTERS
from explorer.gui.settings import Settings
from explorer.gui.training.export_dialog import ask_where_to_export


def test_the_suffix_follows_the_format_and_the_folder_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    parent, settings, taken = QWidget(), Settings(tmp_path / "settings.ini"), list[Path]()
    qtbot.addWidget(parent)
    exporters = [EXPORTERS["safetensors"], EXPORTERS["pt"]]
    (tmp_path / "there").mkdir()

    def ask(name: str) -> QFileDialog:
        ask_where_to_export(parent, name, "Export", "LeNet-5", exporters, settings, taken.append)
        dialog = parent.findChild(QFileDialog, name)
        assert dialog is not None
        return dialog

    first = ask("first")
    first.setDirectory(str(tmp_path / "there"))
    assert Path(first.selectedFiles()[0]) == tmp_path / "there" / "lenet-5.safetensors"
    first.filterSelected.emit(first.nameFilters()[1])
    assert Path(first.selectedFiles()[0]).name == "lenet-5.pt"
    first.selectFile("mine")
    first.accept()
    assert taken == [tmp_path / "there" / "mine.pt"]
    second = ask("second")
    assert Path(second.directory().path()) == tmp_path / "there"
    second.reject()
