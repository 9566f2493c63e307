"""Fine-tuning in the window: what is frozen and at which rate, the weights to start from, and the stages of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.freeze_line import FreezeLine
from explorer.gui.editing import freezing
from explorer.gui.layers.columns import TRAINABLE
from explorer.gui.layers.model import LayersModel
from explorer.gui.main_window import MainWindow
from explorer.gui.record.progress_words import progress_line
from explorer.gui.session import Session
from explorer.gui.training.run_state import State
from explorer.runs.run import Run
from tests.gui.desk import Desk, two_layer_network

# Design


def test_the_inspector_freezes_the_selected_blocks_in_one_step(window: MainWindow, session: Session) -> None:
    session.select((("layer1",), ("layer2",)))
    box = window.findChild(QCheckBox, "field_trained")
    assert isinstance(box, QCheckBox)
    assert box.checkState() == Qt.CheckState.Checked
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert session.network.frozen == {("layer1",), ("layer2",)}
    assert box.checkState() == Qt.CheckState.Unchecked
    assert session.document.undo_stack.undoText() == "freeze"
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert session.network.frozen == frozenset()
    session.document.undo_stack.undo()
    assert session.network.frozen == {("layer1",), ("layer2",)}
    session.select((("relu",),))
    assert not box.isVisible()


def test_the_inspector_reaches_inside_a_composite(window: MainWindow, session: Session) -> None:
    session.select((("layer1", "0", "conv1"),))
    box = window.findChild(QCheckBox, "field_trained")
    assert isinstance(box, QCheckBox)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert session.network.frozen == {("layer1", "0", "conv1")}
    session.select((("layer1",),))
    assert box.checkState() == Qt.CheckState.PartiallyChecked


def test_the_rate_factor_is_typed_as_one_step(window: MainWindow, session: Session) -> None:
    session.select((("layer4",),))
    line = window.findChild(QLineEdit, "field_lr_factor")
    assert isinstance(line, QLineEdit)
    assert line.text() == "1"
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.25")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.network.lr_factors == {(("layer4",), 0.25)}
    session.document.undo_stack.undo()
    assert session.network.lr_factors == frozenset()


def test_the_table_shows_and_takes_the_factor(session: Session, qtbot: QtBot, messages: list[str]) -> None:
    model = LayersModel(session)
    index = model.index_of(("layer4",)).siblingAtColumn(TRAINABLE)
    assert index.data() == ""
    assert model.setData(index, "0.1")
    index = model.index_of(("layer4",)).siblingAtColumn(TRAINABLE)
    assert index.data() == "× 0.1"
    assert session.network.lr_factors == {(("layer4",), 0.1)}
    assert not model.setData(index, "fast")
    model.setData(index, "0")
    assert "is no number" in messages[-2]
    assert "freeze it" in messages[-1]
    model.deleteLater()


def line_of(window: MainWindow, session: Session) -> FreezeLine:
    session.drawing.show_freeze_line(True)
    canvas = window.findChild(NetworkCanvas, "canvas")
    line = window.findChild(FreezeLine, "freeze_line")
    assert isinstance(canvas, NetworkCanvas)
    assert isinstance(line, FreezeLine)
    QTest.qWait(20)
    return line


def test_the_line_is_dragged_along_the_diagram_in_one_step(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.open_network(two_layer_network())
    line = line_of(window, session)
    qtbot.waitUntil(line.isVisible)
    assert line.index == 0
    places = dict(line._gaps())
    assert sorted(places) == list(range(7))
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    for index in (1, 2, 3):
        target = QPoint(line.geometry().center().x(), places[index])
        QTest.mouseMove(line, line.mapFromParent(target))
        QTest.qWait(5)
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert session.network.frozen == {("conv1",), ("relu",), ("conv2",)}
    qtbot.waitUntil(lambda: abs(line.geometry().center().y() - dict(line._gaps())[3]) <= 1)
    assert session.document.undo_stack.count() == 1
    session.document.undo_stack.undo()
    assert session.network.frozen == frozenset()


def test_the_keyboard_moves_the_line(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.open_network(two_layer_network())
    line = line_of(window, session)
    qtbot.waitUntil(line.isVisible)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert session.network.frozen == {("conv1",)}
    freezing.move_freeze_line(session, 1)
    assert session.network.frozen == {("conv1",), ("relu",)}
    session.drawing.show_freeze_line(False)
    qtbot.waitUntil(line.isVisible)  # as long as something is frozen
    freezing.freeze_before(session, 0)
    qtbot.waitUntil(lambda: not line.isVisible())


# Train


@pytest.fixture
def desk_network() -> Network:
    return two_layer_network()


def report(desk: Desk) -> list[list[str]]:
    table = desk.find("start_report")
    assert isinstance(table, QTableWidget)
    model = table.model()
    return [[model.index(row, column).data() for column in range(4)] for row in range(table.rowCount())]


def test_the_report_on_a_file_comes_before_start(desk: Desk, tmp_path: Path) -> None:
    state = assemble(two_layer_network(classes=7)).state_dict()
    del state["conv2.bias"]
    state["aux.weight"] = torch.ones(2, 3)
    torch.save(state, tmp_path / "seven.pt")
    desk.click("button_start_file")
    dialog = desk.find("dialog_start_file")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "seven.pt"))
    dialog.close()
    desk.qtbot.waitUntil(lambda: "weights come from" in desk.text("start_summary"), timeout=30_000)
    assert report(desk) == [
        ["conv2", "not in the file, new", "8", "—"],
        ["fc", "other shape, new", "4 × 32", "7 × 32"],
        ["aux", "not in the network, left out", "—", "2 × 3"],
        ["conv1", "matches", "4 × 1 × 3 × 3", "4 × 1 × 3 × 3"],
    ]
    desk.training.start(desk.session.network)
    desk.until(State.FINISHED)
    folder = desk.training.record.folder
    assert folder is not None
    assert Run.open(folder).origin["new_heads"] == ["fc"]
    assert "The head is new: fc" in desk.text("now_run")
    assert desk.text("now_notes") == ""
    table = desk.find("start_report")
    assert isinstance(table, QTableWidget)
    assert desk.text("start_report_title") == "What the weights fit"
    heads = [str(table.model().headerData(3, Qt.Orientation.Horizontal))]
    desk.training.start_from.choose(folder)
    desk.qtbot.waitUntil(lambda: table.rowCount() == 3)
    heads.append(str(table.model().headerData(3, Qt.Orientation.Horizontal)))
    assert heads == ["Shape in the file", "Shape in the run"]


def test_a_long_report_lets_a_low_window_stay_low(desk: Desk, tmp_path: Path) -> None:
    network = explorer.network("resnet20", input_shape=(1, 28, 28), classes=4)
    torch.save(assemble(network).state_dict(), tmp_path / "resnet20.pt")
    desk.session.open_network(network)
    room = desk.window.minimumSizeHint().height()
    desk.training.start_from.choose(tmp_path / "resnet20.pt")
    desk.qtbot.waitUntil(lambda: "weights come from" in desk.text("start_summary"), timeout=30_000)
    report = desk.find("start_report_card")
    desk.qtbot.waitUntil(lambda: report.height() == report.sizeHint().height())  # there is room above the empty plots
    assert desk.window.minimumSizeHint().height() <= room + report.sizeHint().height() // 2


def test_a_file_that_cannot_be_used_is_told_and_start_is_closed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bad.pt").write_bytes(b"nothing")
    desk.training.start_from.choose(tmp_path / "bad.pt")
    desk.qtbot.waitUntil(lambda: "cannot be read" in desk.text("problem_start"), timeout=30_000)
    desk.qtbot.waitUntil(lambda: not desk.find("button_train_start").isEnabled())
    desk.click("button_start_new")
    desk.qtbot.waitUntil(desk.find("button_train_start").isEnabled)
    assert desk.text("problem_start") == ""


def test_three_stages_are_set_told_and_drawn(desk: Desk) -> None:
    desk.click("button_stages_three")
    assert desk.text("stage_2_words") == "epoch 2: the last 2 blocks, 428 parameters, learning rate 0.001"
    desk.training.start(desk.session.network)
    desk.until(State.FINISHED)
    record = desk.training.record
    assert [(stage.stage, stage.epoch) for stage in record.stages] == [(1, 1), (2, 2), (3, 3)]
    assert record.started is not None
    assert record.started.parameters == record.stages[0].parameters < record.stages[-1].parameters
    assert f"Small · {record.stages[-1].parameters} parameters to train in stage 3" in desk.text("now_run")
    assert progress_line(record).startswith("stage 3 of 3, the last 3 blocks · epoch 3 of 3")
    assert desk.plot("loss")._backdrop._marks == (1.0, 2.0)
