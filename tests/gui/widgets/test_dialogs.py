from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui.widgets.dialogs import ask_file


class Questions:
    """Answers every question that a dialog asks before it goes on."""

    def __init__(self, answer: QMessageBox.StandardButton) -> None:
        self.asked: list[str] = []
        self._answer = answer
        self._timer = QTimer(interval=1)  # the dialog waits for the answer in an event loop of its own
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            self.asked.append(box.text())
            box.button(self._answer).click()


@pytest.mark.parametrize(
    ("answer", "taken"), [(QMessageBox.StandardButton.Yes, True), (QMessageBox.StandardButton.No, False)]
)
def test_a_file_is_not_replaced_unasked_because_its_suffix_was_left_out(
    qtbot: QtBot, tmp_path: Path, answer: QMessageBox.StandardButton, taken: bool
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "mine.network.json").write_text("precious")
    chosen: list[Path] = []
    dialog = ask_file(
        parent, "dialog", "Save", "All (*)", chosen.append, folder=str(tmp_path), saves="new", suffix=".network.json"
    )
    questions = Questions(answer)
    dialog.selectFile("mine")
    dialog.accept()
    assert len(questions.asked) == 1
    assert "mine.network.json" in questions.asked[0]
    assert chosen == ([tmp_path / "mine.network.json"] if taken else [])
    if not taken:
        dialog.reject()


@pytest.mark.parametrize(("written", "becomes"), [("new", "new.pt"), ("new.pt", "new.pt"), ("new.v2", "new.v2")])
def test_a_name_without_a_suffix_gets_one_and_no_other(
    qtbot: QtBot, tmp_path: Path, written: str, becomes: str
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[Path] = []
    dialog = ask_file(parent, "dialog", "Save", "All (*)", chosen.append, folder=str(tmp_path), saves="x", suffix=".pt")
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.selectFile(written)
    dialog.accept()
    assert chosen == [tmp_path / becomes]
