"""The Runs workspace: a table that follows folders on the disk, and what one does with it by keys and pointer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.app import Application
from explorer.gui.compare.window import CompareWindow
from explorer.gui.plots.overlay_plots import OverlayPlots
from explorer.gui.runs.browser import RunBrowser
from explorer.gui.runs.columns import COLUMNS, KEYS
from explorer.gui.runs.table import RunsTable
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession
from explorer.runs.lock import RunLock
from explorer.training.events import EpochFinished
from tests.gui.desk import SMALL, small_network
from tests.gui.made_run import make_run, write

CONTROL = Qt.KeyboardModifier.ControlModifier


class Page:
    """The window with the Runs workspace in front."""

    def __init__(self, qtbot: QtBot, application: Application, training: TrainingSession) -> None:
        self.qtbot, self.application, self.training = qtbot, application, training
        self.session, self.window = application.session, application.window
        self.browser: RunBrowser = training.browser
        self.said: list[str] = []
        for signal in (self.session.message, training.message):
            signal.connect(self.said.append)

    @property
    def runs(self) -> Path:
        return self.browser.folder

    @property
    def table(self) -> RunsTable:
        found = self.window.findChild(RunsTable, "runs_table")
        assert found is not None
        return found

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text() if label.isVisible() else ""

    def names(self) -> list[str]:
        lines = self.table.lines
        return [lines.run_at(lines.index(row, 0)).name for row in range(lines.rowCount())]

    def cell(self, name: str, column: str) -> str:
        return str(self.table.lines.index(self.names().index(name), KEYS.index(column)).data())

    def until_listed(self, *names: str) -> None:
        self.browser.look()
        self.qtbot.waitUntil(lambda: set(self.names()) == set(names))

    def pick(self, *names: str) -> None:
        """Selects lines with the pointer."""
        for place, name in enumerate(names):
            index = self.table.lines.index(self.names().index(name), 0)
            self.table.scrollTo(index)
            point = self.table.visualRect(index).center()
            keys = CONTROL if place else Qt.KeyboardModifier.NoModifier
            QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, keys, point)
        assert {run.name for run in self.browser.selection} == set(names)

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.table, key, keys)

    def action(self, key: str) -> QAction:
        found = self.window.findChild(QAction, f"action_runs_{key}")
        assert found is not None
        return found

    def workspace(self) -> str:
        return next(key for key in ("design", "train", "runs") if self._is_in_front(key))

    def _is_in_front(self, key: str) -> bool:
        page = self.window.findChild(QWidget, f"page_{key}")
        return page is not None and page.isVisible()


@pytest.fixture
def run_settings() -> dict[str, object]:
    return SMALL | {"epochs": 2}


@pytest.fixture
def page(application: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr("explorer.gui.runs.browser.INTERVAL", 50)
    with qtbot.waitActive(application.window):
        application.window.show()
        application.window.activateWindow()
    QTest.keyClick(application.window, Qt.Key.Key_4, CONTROL)
    assert application.session.training is not None
    return Page(qtbot, application, application.session.training)


# The table


def test_without_runs_it_says_how_they_come(page: Page) -> None:
    page.qtbot.waitUntil(lambda: "No runs yet." in page.text("runs_hint"))
    assert str(page.runs) in page.text("runs_hint")
    assert page.workspace() == "runs"


def test_it_follows_a_run_that_another_writes(page: Page) -> None:
    run = make_run(page.runs, "mine")
    page.qtbot.waitUntil(lambda: page.names() == ["mine"])  # nobody has asked it to look
    with RunLock(run.folder):
        page.qtbot.waitUntil(lambda: page.cell("mine", "state") == "running")
        write(run, epochs=3, final=0.75)
        page.qtbot.waitUntil(lambda: page.cell("mine", "epochs") == "3 of 4")
        assert page.cell("mine", "best") == "75.0 %"
        assert page.cell("mine", "last_loss") == "0.333"
    page.qtbot.waitUntil(lambda: page.cell("mine", "state") == "interrupted, no weights")
    assert "1 run · " in page.text("runs_count")


def test_a_damaged_folder_is_a_line_with_the_reason(page: Page) -> None:
    make_run(page.runs, "good", reason="finished")
    (make_run(page.runs, "bad").folder / "environment.json").unlink()
    page.until_listed("good", "bad")
    assert page.cell("bad", "state") == "unreadable"
    assert page.cell("bad", "note").startswith("environment.json is missing")
    assert page.cell("good", "state") == "finished, no weights"
    page.pick("bad")
    page.press(Qt.Key.Key_Return)
    assert page.said[-1] == "Open Network: select a run."
    assert page.workspace() == "runs"


def test_a_name_that_looks_like_markup_is_read_as_it_is_written(page: Page) -> None:
    run = make_run(page.runs, "a", reason="finished")
    explorer.write(dataclasses.replace(run.network, name="<b>Net</b>"), run.folder / "network.json")
    page.until_listed("a")
    page.pick("a")

    def labels() -> dict[str, Qt.TextFormat]:
        facts = page.window.findChild(QWidget, "run_facts_table")
        return {label.text(): label.textFormat() for label in facts.findChildren(QLabel)} if facts else {}

    page.qtbot.waitUntil(lambda: "<b>Net</b>" in labels())
    assert set(labels().values()) == {Qt.TextFormat.PlainText}


def test_it_sorts_by_a_click_on_a_heading_and_what_is_unknown_comes_last(page: Page) -> None:
    for name, final in (("a", 0.5), ("b", 0.9)):
        write(make_run(page.runs, name), epochs=2, final=final)
    make_run(page.runs, "c")
    page.until_listed("a", "b", "c")
    assert page.names() == ["c", "b", "a"]  # the latest first
    header, column = page.table.header(), KEYS.index("best")
    place = QPoint(header.sectionViewportPosition(column) + 9, header.height() // 2)
    orders = []
    for _ in range(2):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        orders.append(page.names())
    assert sorted(orders) == [["a", "b", "c"], ["b", "a", "c"]]


def test_a_filter_leaves_the_runs_that_have_its_words(page: Page) -> None:
    make_run(page.runs, "a", "lenet5", reason="diverged")
    make_run(page.runs, "b", "resnet18", reason="finished")
    page.until_listed("a", "b")
    page.table.setFocus()
    page.press(Qt.Key.Key_F, CONTROL)
    box = QApplication.focusWidget()
    assert isinstance(box, QLineEdit)
    assert box.objectName() == "runs_filter"
    QTest.keyClicks(box, "resnet FINI")
    assert page.names() == ["b"]
    assert "1 of 2 runs" in page.text("runs_count")
    page.press(Qt.Key.Key_Escape)
    assert len(page.names()) == 2


def test_a_selection_and_the_typing_of_a_note_outlast_what_comes(page: Page) -> None:
    run = make_run(page.runs, "a", reason="finished")
    page.until_listed("a")
    page.pick("a")
    page.press(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "wide ")
    make_run(page.runs, "b")
    page.qtbot.waitUntil(lambda: len(page.names()) == 2)
    QTest.keyClicks(editor, "stem")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    page.qtbot.waitUntil(lambda: run.note == "wide stem")
    page.qtbot.waitUntil(lambda: page.cell("a", "note") == "wide stem")
    assert [found.name for found in page.browser.selection] == ["a"]


# What is done to runs


def test_ctrl_a_selects_all_runs_and_no_blocks(page: Page) -> None:
    make_run(page.runs, "a", reason="finished")
    make_run(page.runs, "b", reason="finished")
    page.until_listed("a", "b")
    page.pick("a")
    page.press(Qt.Key.Key_A, CONTROL)
    assert {run.name for run in page.browser.selection} == {"a", "b"}
    assert page.session.selection == ()


def test_return_opens_the_network_in_a_tab(page: Page) -> None:
    make_run(page.runs, "a", "lenet5", reason="finished")
    page.until_listed("a")
    page.pick("a")
    page.press(Qt.Key.Key_Return)
    assert page.session.network == explorer.network("lenet5")
    assert page.workspace() == "design"


def test_the_settings_and_the_data_go_to_train(page: Page) -> None:
    make_run(page.runs, "a", reason="finished", lr=0.25, optimizer="sgd")
    page.until_listed("a")
    page.pick("a")
    page.press(Qt.Key.Key_D, CONTROL)
    assert (page.training.config.lr, page.training.config.optimizer) == (0.25, "sgd")
    assert page.training.data.key == "synthetic"
    assert page.workspace() == "train"
    assert page.said[-1] == "The next run has the settings of a."


def test_a_run_is_continued_exported_and_cannot_go_while_it_is_written(page: Page, tmp_path: Path) -> None:
    page.application.engine.start()
    page.qtbot.waitUntil(lambda: page.training.torch_ready)
    page.training.change("epochs", 40)
    page.training.start(small_network())
    page.qtbot.waitUntil(lambda: page.training.record.last_epoch is not None, timeout=60_000)
    (name,) = (path.name for path in page.runs.iterdir())
    page.qtbot.waitUntil(lambda: page.names() == [name] and page.cell(name, "state") == "running")
    page.pick(name)
    page.press(Qt.Key.Key_Delete)
    assert page.said[-1] == "Move to Bin: select runs that do not go on."
    page.training.stop()
    page.qtbot.waitUntil(lambda: not page.training.active, timeout=60_000)
    page.qtbot.waitUntil(lambda: page.cell(name, "state") == "stopped")
    page.table.setFocus()
    page.press(Qt.Key.Key_E, CONTROL)
    dialog = page.window.findChild(QFileDialog, "dialog_export_run")
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "weights.safetensors"))
    dialog.reject()
    page.qtbot.waitUntil((tmp_path / "weights.safetensors").exists)
    page.table.setFocus()
    page.press(Qt.Key.Key_Return, CONTROL)
    assert page.workspace() == "train"
    page.qtbot.waitUntil(lambda: page.training.state is State.RUNNING, timeout=60_000)
    page.training.stop()
    page.qtbot.waitUntil(lambda: not page.training.active, timeout=60_000)


def test_runs_go_to_the_bin_and_can_be_taken_from_it(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    make_run(page.runs, "a", reason="finished")
    make_run(page.runs, "b", reason="finished")
    page.until_listed("a", "b")
    page.pick("a")
    page.press(Qt.Key.Key_Delete)
    if page.said[-1] == "Moved a to the bin.":
        page.until_listed("b")
        assert len(list(tmp_path.glob("data/Trash/files/a/config.json"))) == 1
    else:  # a system without a bin
        assert "cannot be moved to a bin" in page.said[-1]
        assert (page.runs / "a" / "config.json").exists()


def test_where_there_is_no_bin_nothing_is_deleted(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    class FileWithoutBin(QFile):  # Qt's own methods cannot be relied on to be replaced
        def moveToTrash(self) -> bool:
            return False

    monkeypatch.setattr("explorer.gui.runs.commands.QFile", FileWithoutBin)
    make_run(page.runs, "a", reason="finished")
    page.until_listed("a")
    page.pick("a")
    page.action("delete").trigger()
    assert "a cannot be moved to a bin: the system has none here." in page.said[-1]
    assert (page.runs / "a" / "config.json").exists()


def test_two_runs_show_what_differs_and_their_networks_side_by_side(page: Page) -> None:
    make_run(page.runs, "a", "lenet5", reason="finished", lr=0.1)
    make_run(page.runs, "b", "resnet18", reason="diverged", lr=0.2)
    page.until_listed("a", "b")
    page.pick("a", "b")
    (facts,) = (found for found in page.window.findChildren(QWidget, "run_facts_table") if not found.isHidden())
    shown = [label.text() for label in facts.findChildren(QLabel)]
    assert shown == ["learning rate", "0.2", "0.1", "state", "diverged", "finished"]
    assert "Networks: " in page.text("run_facts_networks")
    page.press(Qt.Key.Key_K, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    compared = page.window.findChild(CompareWindow)
    assert compared is not None
    assert {compared.comparison.left.title, compared.comparison.right.title} == {"a", "b"}
    compared.close()


def test_the_menu_and_the_one_at_the_pointer_say_what_is_possible(page: Page) -> None:
    make_run(page.runs, "a", reason="finished")
    page.until_listed("a")
    assert not page.action("open").isEnabled()
    assert page.action("refresh").isEnabled()
    page.pick("a")
    assert page.action("open").isEnabled()
    assert not page.action("compare").isEnabled()
    assert not page.action("export").isEnabled()  # it has no checkpoint
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(page.table, asked)
    menu = next(found for found in page.window.findChildren(QMenu) if found.objectName() == "menu_run_line")
    assert [action.objectName() for action in menu.actions() if action.isEnabled() and action.objectName()] == [
        f"action_runs_{key}"
        for key in ("open", "follow", "copy_settings", "note", "show_folder", "delete", "filter", "refresh")
    ]
    menu.close()


# The curves


def test_selected_runs_lie_over_one_another_and_grow(page: Page) -> None:
    make_run(page.runs, "a", reason="finished")
    run = make_run(page.runs, "b")
    write(run, epochs=2, final=0.5)
    page.until_listed("a", "b")
    page.pick("a", "b")
    plots = page.window.findChild(OverlayPlots)
    assert plots is not None
    page.qtbot.waitUntil(lambda: sorted(plots.loss.plot.trace_points) == [2, 4, 20, 40])
    assert "a" in page.text("run_curves_words")
    run.log.append(EpochFinished(3, 30, 0.4, 0.6, 0.3, 0.6, True, 0.1, 100.0, 1.0).to_json())
    page.qtbot.waitUntil(lambda: sorted(plots.loss.plot.trace_points) == [3, 4, 20, 40])
    page.pick("a")
    page.qtbot.waitUntil(lambda: sorted(plots.loss.plot.trace_points) == [0, 0, 4, 40])


def test_the_plots_end_where_the_longest_of_the_runs_does_unless_it_goes_on(page: Page) -> None:
    write(make_run(page.runs, "a", epochs=3), epochs=3, final=0.9)
    run = make_run(page.runs, "b", epochs=40)
    write(run, epochs=1, final=0.5)
    page.until_listed("a", "b")
    page.pick("a", "b")
    plots = page.window.findChild(OverlayPlots)
    assert plots is not None
    page.qtbot.waitUntil(lambda: plots.loss.plot.axes[0].high == 3)
    with RunLock(run.folder):
        page.qtbot.waitUntil(lambda: plots.loss.plot.axes[0].high == 10)
    page.qtbot.waitUntil(lambda: plots.loss.plot.axes[0].high == 3)


def test_a_note_and_every_column_are_there(page: Page) -> None:
    headings = [page.table.lines.headerData(number, Qt.Orientation.Horizontal) for number in range(len(COLUMNS))]
    assert headings == ["Run", "Network", "Data", "Epochs", "Best", "Best loss", "Last", "Last loss", "State", "Began",
                        "Size", "Note"]  # fmt: skip


def test_buttons_beside_a_run_do_the_same(page: Page) -> None:
    make_run(page.runs, "a", "lenet5", reason="finished")
    page.until_listed("a")
    page.table.selectionModel().select(
        page.table.lines.index(0, 0), QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    )
    button = page.window.findChild(QPushButton, "button_runs_open")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.session.network == explorer.network("lenet5")
