"""The Train workspace: what a person sees and can do in each state of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.gui import style
from explorer.gui.app import Application, make
from explorer.gui.editing import edits
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.figures import UNKNOWN
from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.curves import Curve, SmoothedCurve
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.plots.run_plots import RunPlots
from explorer.gui.settings import Settings
from explorer.gui.training.run_record import RunRecord
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.training.transport import COMMANDS
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Started, Step
from explorer.training.trainer import train

SMALL = {"epochs": 3, "batch_size": 20, "lr": 0.01, "threads": 1, "memory_format": "contiguous"}


def small_network(classes: int = 4) -> Network:
    body = Chain(
        ("conv", Conv2d(4, 3, stride=4)),
        ("pool", AdaptiveAvgPool2d(4)),
        ("flatten", Flatten()),
        ("fc", Linear(classes)),
    )
    return Network.of("Small", (1, 28, 28), body)


class Desk:
    """The window with the Train workspace in front."""

    def __init__(self, qtbot: QtBot, application: Application, training: TrainingSession) -> None:
        self.qtbot, self.application, self.training = qtbot, application, training
        self.session, self.window = application.session, application.window

    def find(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), f"there is no {name}"
        return found

    def text(self, name: str) -> str:
        label = self.find(name)
        assert isinstance(label, QLabel)
        return label.text() if label.isVisible() else ""

    def buttons(self) -> list[str]:
        shown = [command.key for command in COMMANDS if self.find(f"button_{command.key}").isVisible()]
        return [key.removeprefix("train_") for key in shown]

    def type_into(self, name: str, text: str) -> None:
        control = self.find(name)
        assert isinstance(control, QLineEdit | QSpinBox)
        control.setFocus()
        control.selectAll()
        QTest.keyClicks(control, text)

    def click(self, name: str) -> None:
        button = self.find(name)
        assert isinstance(button, QAbstractButton)
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def until(self, *states: State) -> None:
        self.qtbot.waitUntil(lambda: self.training.state in states, timeout=60_000)

    def plot(self, name: str) -> CurvePlot:
        found = self.find(f"plot_{name}")
        assert isinstance(found, CurvePlot)
        return found


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("explorer.gui.engine.engine_thread.SWITCH_INTERVAL", 0.005)
    monkeypatch.setattr("explorer.gui.app.EngineThread", lambda: EngineThread(warm_up=()))
    settings = Settings(tmp_path / "settings.ini")
    settings.set("training/dataset", "synthetic")
    settings.set("training/runs", str(tmp_path / "runs"))
    settings.set("training/config", json.dumps(SMALL))
    application = make(["test"], settings)
    style.use(application.qt, style.LIGHT)
    training = application.session.training
    assert training is not None
    application.session.open_network(small_network())
    application.window.resize(1280, 800)
    application.window.show()
    qtbot.waitActive(application.window)
    application.window.show_workspace("train")
    application.engine.start()
    qtbot.waitUntil(lambda: training.torch_ready)
    yield Desk(qtbot, application, training)
    application.close()


# A run, as it is seen


def test_before_the_first_run_the_page_says_what_to_press(desk: Desk) -> None:
    assert desk.buttons() == ["start"]
    assert "Press Start (F5) to train Small on Synthetic shapes." in desk.text("empty_hint")
    assert desk.text("progress_line") == ""
    assert not desk.find("progress_bar").isVisible()
    assert desk.text("now_run") == "No run yet."
    assert desk.text("now_validation") == UNKNOWN
    assert not desk.find("button_export_safetensors").isEnabled()


def test_the_buttons_follow_the_state_and_the_keyboard_does_all(desk: Desk) -> None:
    desk.training.change("epochs", 500)
    QTest.keyClick(desk.window, Qt.Key.Key_F5)
    desk.until(State.RUNNING)
    assert desk.buttons() == ["pause", "stop", "stop_after_epoch", "enqueue"]
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    desk.until(State.PAUSED)
    assert desk.buttons() == ["resume", "stop", "stop_after_epoch", "enqueue"]
    assert desk.text("progress_line").startswith("paused · epoch ")
    QTest.keyClick(desk.window, Qt.Key.Key_F7)
    desk.until(State.RUNNING)
    QTest.keyClick(desk.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    desk.until(State.FINISHED)
    assert desk.buttons() == ["start", "continue", "further"]
    assert desk.text("now_ending") == "Stopped; the run can be continued."
    assert "Last checkpoint at step" in desk.text("now_kept")


def test_a_run_fills_the_page(desk: Desk) -> None:
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    record = desk.training.record
    assert desk.text("progress_line").startswith("epoch 3 of 3 · step 108 of 108 · ")
    bar = desk.find("progress_bar")
    assert isinstance(bar, QProgressBar)
    assert bar.value() == bar.maximum()
    for name in ("loss", "accuracy"):
        training_points, validation_points = desk.plot(name).drawn_points
        assert training_points >= 2
        assert validation_points == 3
    assert record.best is not None
    assert record.best.validation_accuracy is not None
    assert desk.text("now_validation") == f"{100 * record.best.validation_accuracy:.1f} %"
    assert desk.text("now_epoch") == str(record.best.epoch)
    assert record.finished is not None
    assert record.finished.test_accuracy is not None
    assert desk.text("now_test") == f"{100 * record.finished.test_accuracy:.1f} %"
    assert desk.text("now_ending") == "Trained for all 3 epochs."
    assert record.folder is not None
    assert record.folder.name in desk.text("now_run")
    assert "CPU, 1 thread ·" in desk.text("now_run"), "and not 1 threads"


def test_edits_of_the_design_do_not_touch_the_run_and_the_panel_says_so(desk: Desk) -> None:
    desk.training.change("epochs", 500)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    desk.session.edit("edit", small_network().rename(("fc",), "head"))
    desk.qtbot.waitUntil(lambda: "do not touch this run" in desk.text("now_run"))
    assert "next run" in desk.text("settings_note")
    desk.training.stop()
    desk.until(State.FINISHED)
    assert desk.text("settings_note") == ""


def test_a_network_that_does_not_fit_has_a_remedy_that_undoes(desk: Desk) -> None:
    desk.session.open_network(explorer.network("resnet18"))
    assert "1,000 classes" in desk.text("notice_text")
    assert not desk.find("button_train_start").isEnabled()
    remedy = desk.find("notice_remedy")
    assert isinstance(remedy, QPushButton)
    assert remedy.text() == "Use 1 × 28 × 28 and 4 classes"
    desk.click("notice_remedy")
    assert desk.session.network.input_shape == (1, 28, 28)
    assert desk.session.analysis.output_shape == (4,)
    assert desk.text("notice_text") == ""
    assert desk.find("button_train_start").isEnabled()
    desk.session.undo_stack.undo()
    assert desk.session.network.input_shape == (3, 224, 224)


def test_a_network_that_does_not_fit_the_images_has_a_row_among_the_problems(desk: Desk) -> None:
    desk.session.open_network(small_network(classes=7))
    desk.window.show_workspace("design")
    desk.window.page("design").dock("problems").raise_()
    desk.qtbot.waitUntil(lambda: desk.window.findChild(QPushButton, "remedy_0_0") is not None)
    rows, dock = desk.find("problems_list"), desk.find("dock_problems")
    assert isinstance(rows, QTreeWidget)
    assert "7 classes" in str(rows.model().index(0, 1).data())
    assert dock.windowTitle() == "Problems 0"  # the network itself is sound
    desk.click("remedy_0_0")
    assert desk.session.undo_stack.undoText() == "set 4 classes"
    assert desk.session.analysis.output_shape == (4,)
    desk.qtbot.waitUntil(lambda: not rows.isVisible())


def test_an_error_is_a_sentence_on_the_page_and_at_the_bottom(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    desk.training.set_runs_folder(tmp_path / "blocked")
    desk.click("button_train_start")
    desk.until(State.FAILED)
    assert "blocked" in desk.text("notice_text")
    assert "blocked" in desk.window.statusBar().currentMessage()
    assert desk.buttons() == ["start"]
    desk.training.set_runs_folder(tmp_path / "runs")
    assert desk.text("notice_text") == "", "it is mended"


def test_a_problem_that_was_mended_leaves_no_sentence(desk: Desk) -> None:
    desk.type_into("field_run_lr", "-1")
    QTest.keyClick(desk.window, Qt.Key.Key_F5)
    assert desk.training.state is State.FAILED
    assert "Learning rate is -1" in desk.text("notice_text")
    desk.type_into("field_run_lr", "0.1")
    assert desk.text("notice_text") == ""


def test_a_sentence_is_gone_when_the_next_thing_succeeds(desk: Desk) -> None:
    said = desk.window.statusBar().currentMessage
    desk.training.change("epochs", 500)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    desk.training.stop()
    desk.until(State.FINISHED)
    assert said() == "Stopped; the run can be continued."
    desk.click("button_train_continue")
    assert said() == ""
    desk.until(State.RUNNING)
    desk.training.stop()
    desk.until(State.FINISHED)
    edits.rename(desk.session, ("fc",), "conv")
    assert "taken" in said()
    edits.rename(desk.session, ("fc",), "head")
    assert said() == ""
    desk.session.message.emit("Something is refused.")
    desk.session.undo_stack.undo()
    assert said() == ""
    desk.session.message.emit("Something is refused.")
    desk.session.open_network(small_network())
    assert said() == ""


def cut_off(folder: Path) -> Path:
    """A run that ended without a word behind its first checkpoint."""
    data = TrainingData.load(DATASETS["synthetic"])
    events = train(small_network(), data, TrainConfig.from_json(SMALL), folder)
    for event in events:
        if isinstance(event, Step):
            break
    events.close()  # type: ignore[attr-defined]
    return folder


def test_after_a_crash_the_page_offers_to_go_on(desk: Desk, tmp_path: Path) -> None:
    assert desk.text("offer_text") == ""
    folder = cut_off(tmp_path / "runs" / "2026-11-26-1-small")
    desk.training.runs.look()  # as each start does
    desk.qtbot.waitUntil(lambda: desk.find("offer").isVisible())
    assert desk.text("offer_text").startswith("2026-11-26-1-small was cut off before its end.")
    desk.session.open_network(explorer.network("resnet18"))  # which does not fit, and says so as well
    assert "1,000 classes" in desk.text("notice_text")
    desk.click("offer_remedy")
    assert not desk.find("offer").isVisible()
    desk.until(State.FINISHED)
    assert desk.text("now_run").startswith("2026-11-26-1-small\nSmall")
    assert desk.text("now_ending") == "Trained for all 3 epochs."
    assert desk.training.record.folder == folder
    assert not desk.find("offer").isVisible()


def test_any_run_goes_on_from_its_folder_and_runs_are_kept_where_one_likes(desk: Desk, tmp_path: Path) -> None:
    folder = cut_off(tmp_path / "elsewhere" / "mine")
    action = desk.window.findChild(QAction, "action_train_resume_run")
    assert action is not None
    action.trigger()
    dialog = desk.find("dialog_resume_run")
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.directory().absolutePath()) == tmp_path, "there are no runs yet"
    dialog.fileSelected.emit(str(folder))
    dialog.reject()
    assert not action.isEnabled()
    desk.until(State.FINISHED)
    assert action.isEnabled()
    assert desk.text("now_run").startswith("mine\n")
    choose = desk.window.findChild(QAction, "action_runs_folder")
    assert choose is not None
    choose.trigger()
    dialog = desk.find("dialog_runs_folder")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "elsewhere"))
    dialog.reject()
    assert desk.training.runs_folder == tmp_path / "elsewhere"
    assert desk.window.statusBar().currentMessage() == f"New runs are kept in {tmp_path / 'elsewhere'}."


def test_exporting_asks_for_a_file_and_tells_what_was_saved(desk: Desk, tmp_path: Path) -> None:
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    desk.click("button_export_pt")
    dialog = desk.find("dialog_export")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("mine.pt")
    with desk.qtbot.waitSignal(desk.training.exported):
        dialog.accept()
    assert (tmp_path / "mine.pt").exists()
    assert str(tmp_path / "mine.pt") in desk.text("now_exported")


def test_closing_during_a_run_asks_and_then_stops_with_a_checkpoint(desk: Desk) -> None:
    desk.training.change("epochs", 5000)
    desk.click("button_train_start")
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 5, timeout=20_000)
    desk.window.close()
    box = desk.find("dialog_stop_run")
    assert isinstance(box, QMessageBox)
    desk.click("button_keep_training")
    assert desk.window.isVisible()
    assert desk.training.state is State.RUNNING
    desk.qtbot.waitUntil(lambda: desk.window.findChild(QMessageBox, "dialog_stop_run") is None)
    desk.window.close()
    desk.click("button_stop_and_close")
    desk.qtbot.waitUntil(lambda: not desk.window.isVisible(), timeout=10_000)
    assert desk.training.record.step < desk.training.record.total_steps
    assert not desk.training.active
    assert desk.training.record.checkpoint is not None
    assert desk.training.record.checkpoint.step == desk.training.record.step


# Settings


def test_every_setting_has_an_editor_with_a_name_a_tooltip_and_a_place_in_the_tab_order(desk: Desk) -> None:
    for name, field in TrainConfig.fields().items():
        if name in {"image_size", "stages"}:
            continue  # the network's input says it; a row for each
        control = desk.find(f"field_run_{name}")
        assert field.label in control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_only_the_settings_that_do_something_are_shown(desk: Desk) -> None:
    assert not desk.find("field_run_momentum").isVisible()
    desk.training.change("optimizer", "sgd")
    assert desk.find("field_run_momentum").isVisible()
    assert not desk.find("field_run_gamma").isVisible()
    desk.training.change("schedule", "step")
    assert desk.find("field_run_gamma").isVisible()


@pytest.mark.parametrize("text", ["-1", "much", ""])
def test_a_wrong_value_is_marked_with_a_sentence_and_nothing_starts(desk: Desk, text: str) -> None:
    desk.type_into("field_run_lr", text or "\b")
    assert "learning rate" in desk.text("problem_run_lr").lower()
    assert desk.find("field_run_lr").property("problem") is True
    assert not desk.find("button_train_start").isEnabled()
    assert "number from 0 to 1000" in desk.text("notice_text")
    desk.type_into("field_run_lr", "1e-3")
    assert desk.text("problem_run_lr") == ""
    assert desk.training.config.lr == 0.001
    assert desk.find("button_train_start").isEnabled()


def test_a_number_beyond_its_limit_is_marked_with_a_sentence(desk: Desk) -> None:
    desk.type_into("field_run_epochs", "200000")
    assert desk.text("problem_run_epochs") == "Epochs is 200,000; it must be a whole number from 1 to 100,000."
    assert not desk.find("button_train_start").isEnabled()


def test_no_early_stop_is_off(desk: Desk) -> None:
    for name, word in (("patience", "off"), ("threads", "fastest")):
        desk.training.change(name, 0)
        spin = desk.find(f"field_run_{name}")
        assert isinstance(spin, QSpinBox)
        assert spin.text() == word
    desk.type_into("field_run_patience", "12")
    assert desk.training.config.patience == 12


def test_the_beginning_of_a_refused_rate_is_nowhere(desk: Desk) -> None:
    desk.type_into("field_run_lr", "0.5")
    QTest.keyClick(desk.find("field_run_lr"), Qt.Key.Key_Return)
    assert "at most 0.5" in desk.text("schedule_words")
    desk.type_into("field_run_lr", "1e99")
    assert "at most 0.5" in desk.text("schedule_words")
    assert desk.training.config.lr == 0.5
    desk.type_into("field_run_lr", "0.25")
    assert "at most 0.25" in desk.text("schedule_words")


def test_the_schedule_is_drawn_as_torch_will_follow_it(desk: Desk) -> None:
    from torch import nn, optim

    from explorer.gui.plots.schedule_sketch import POINTS, ScheduleSketch

    for name, value in (("schedule", "one_cycle"), ("epochs", 10)):
        desk.training.change(name, value)
    sketch = desk.find("schedule_sketch")
    assert isinstance(sketch, ScheduleSketch)
    steps = 360
    optimizer = optim.SGD([nn.Parameter()], lr=0.01)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=steps, pct_start=0.3)
    expected = []
    for _ in range(steps):
        expected.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    chosen = [expected[round(index * (steps - 1) / (POINTS - 1))] for index in range(POINTS)]
    assert sketch.rates == pytest.approx(chosen, rel=1e-6, abs=1e-12)
    assert "over 10 epochs" in desk.text("schedule_words")


def test_another_data_set_shows_its_own_pictures_and_facts(desk: Desk) -> None:
    from explorer.gui.widgets.picture_strip import PictureStrip

    strip = desk.find("picture_strip")
    assert isinstance(strip, PictureStrip)
    desk.qtbot.waitUntil(lambda: strip.count == 16)
    assert "1,000 images · 4 classes" in desk.text("data_facts")
    box = desk.find("field_dataset")
    assert isinstance(box, QComboBox)
    assert box.itemData(0) == "fashion-mnist-sample"
    box.setCurrentIndex(0)
    box.activated.emit(0)
    desk.qtbot.waitUntil(lambda: "10 classes" in desk.text("data_facts"))
    assert "MIT licence" in desk.text("data_facts")
    desk.qtbot.waitUntil(lambda: "10 classes" in desk.text("data_facts") and strip.count == 16 and strip.isVisible())
    assert "Sneaker" in strip.accessibleName()
    assert "4 classes, but Fashion-MNIST sample has 10" in desk.text("notice_text")


def test_a_folder_of_images_asks_for_the_folder(desk: Desk, tmp_path: Path) -> None:
    desk.training.data.choose("image-folder")
    assert "Choose the folder" in desk.text("notice_text")
    desk.click("button_data_folder")
    dialog = desk.find("dialog_data_folder")
    assert isinstance(dialog, QFileDialog)
    (tmp_path / "empty").mkdir()
    dialog.fileSelected.emit(str(tmp_path / "empty"))
    dialog.reject()
    assert desk.training.data.root == tmp_path / "empty"
    desk.qtbot.waitUntil(lambda: bool(desk.text("problem_dataset")))
    assert "empty" in desk.text("problem_dataset")


# Plots

STARTED = Started(
    run="/runs/1", network="LeNet-5", dataset="synthetic", step=0, epoch=1, steps_per_epoch=100, epochs=10,
    batch_size=20, train_images=2000, validation_images=200, test_images=50, parameters=44_426, device="cpu",
    device_name="x86", threads=2, precision="float32", memory_format="contiguous", resident=True, seed=0,
)  # fmt: skip


def fed(record: RunRecord, first: int, last: int) -> RunRecord:
    """A record with steps and, at each hundredth, an epoch."""
    for number in range(first, last):
        loss = 2.3 * np.exp(-number / 300) + 0.05
        record.take(Step(number, number // 100 + 1, 1, 20, float(loss), 1 - float(loss) / 2.4, 0.1, 1000.0, 1.0))
        if number % 100 == 0:
            accuracy = 1 - float(loss) / 2.3
            record.take(
                EpochFinished(
                    number // 100,
                    number,
                    float(loss),
                    accuracy,
                    float(loss) + 0.1,
                    accuracy - 0.02,
                    True,
                    0.1,
                    1e3,
                    1.0,
                )
            )
    return record


@pytest.fixture
def plots(qtbot: QtBot) -> RunPlots:
    made = RunPlots()
    qtbot.addWidget(made)
    made.resize(800, 600)
    record = RunRecord()
    record.take(STARTED)
    made.show_record(fed(record, 1, 550))
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.loss.plot.drawn_points[1] == 5)
    return made


def labels_of(axis: Axis) -> list[str]:
    return [text for _, text in axis.ticks]


def test_axes_are_labelled_with_units_and_hold_the_curves(plots: RunPlots) -> None:
    for card, words in ((plots.loss, "loss (cross-entropy, nats)"), (plots.accuracy, "accuracy (%)")):
        item = card.plot.getPlotItem()
        assert item.getAxis("left").labelText == words
        assert item.getAxis("bottom").labelText == "epoch"
    epochs, loss = plots.loss.plot.axes
    assert labels_of(epochs) == [str(number) for number in range(11)]
    assert (loss.low, loss.high) == (0.0, 2.5)
    assert labels_of(plots.accuracy.plot.axes[1])[-1] == "100 %"


def test_a_low_plot_says_what_it_shows_without_the_unit(plots: RunPlots, qtbot: QtBot) -> None:
    axis = plots.loss.plot.getPlotItem().getAxis("left")
    plots.resize(800, 330)
    qtbot.waitUntil(lambda: axis.labelText == "loss")
    label = axis.label.mapRectToParent(axis.label.boundingRect())
    assert label.height() <= axis.height()
    assert abs(label.center().y() - axis.height() / 2) < 3
    plots.resize(800, 600)
    qtbot.waitUntil(lambda: axis.labelText == "loss (cross-entropy, nats)")
    assert axis.label.mapRectToParent(axis.label.boundingRect()).height() <= axis.height()


def test_the_loss_axis_can_be_truly_logarithmic(plots: RunPlots) -> None:
    plots.set_log(True)
    _, axis = plots.loss.plot.axes
    for where, text in axis.ticks:
        assert 10**where == pytest.approx(float(text))
    drawn = plots.loss.plot._validation.getData()[1]
    np.testing.assert_allclose(10**drawn, plots._record.validation_loss.y)
    plots.set_log(False)
    assert plots.loss.plot.axes[1].low == 0.0


def test_smoothing_changes_the_strong_curve_and_not_the_raw_one(plots: RunPlots) -> None:
    raw = plots.loss.plot._raw.getData()[1].copy()
    strong = plots.loss.plot._smooth.getData()[1].copy()
    plots.set_smoothing(0.0)
    np.testing.assert_array_equal(plots.loss.plot._raw.getData()[1], raw)
    assert not np.array_equal(plots.loss.plot._smooth.getData()[1], strong)


def test_the_pointer_reads_both_curves_in_both_plots(plots: RunPlots, qtbot: QtBot) -> None:
    place = QPointF(plots.loss.plot.place_of(3.02), 60).toPoint()
    QTest.mouseMove(plots.loss.plot.viewport(), place)
    qtbot.waitUntil(lambda: bool(plots.loss.readout))
    step, epoch = plots.loss.readout.splitlines()
    assert step.startswith("step 30")
    assert line_of(plots.loss.plot) == line_of(plots.accuracy.plot) == int(step.split()[1]) / 100
    assert epoch == f"epoch 3 · validation {plots._record.validation_loss.y[2]:#.3g}"
    assert (
        plots.accuracy.readout.splitlines()[1] == f"epoch 3 · validation {plots._record.validation_accuracy.y[2]:.1f} %"
    )
    QTest.keyClick(plots.loss.plot, Qt.Key.Key_Escape)
    assert plots.loss.readout == plots.accuracy.readout == ""


def line_of(plot: CurvePlot) -> float:
    """The epoch where the line stands."""
    return float(plot._line.value())


def test_the_line_stands_where_its_value_belongs(plots: RunPlots, qtbot: QtBot) -> None:
    """Right of the newest point there is nothing to read."""
    place = QPointF(plots.loss.plot.place_of(9.0), 60).toPoint()
    QTest.mouseMove(plots.loss.plot.viewport(), place)
    qtbot.waitUntil(lambda: bool(plots.loss.readout))
    assert plots.loss.readout.startswith("step 549 ")
    assert line_of(plots.loss.plot) == 5.49
    QTest.keyClick(plots.loss.plot, Qt.Key.Key_Left)
    assert plots.loss.readout.startswith("step 539 "), "and from there it goes on"


def test_the_keyboard_goes_from_point_to_point_of_a_short_run(plots: RunPlots) -> None:
    record = RunRecord()
    record.take(STARTED)
    for number in (1, 2, 300):
        fed(record, number, number + 1)
    plots.show_record(record)
    plots.redraw_now()
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(plots.loss.plot, key)
        seen.append(plots.loss.readout.split(" ·")[0])
    assert seen == ["step 300", "step 300", "step 2", "step 1"]


def test_the_keyboard_reads_values_too(plots: RunPlots, qtbot: QtBot) -> None:
    for _ in range(10):
        QTest.keyClick(plots.accuracy.plot, Qt.Key.Key_Right)
    assert plots.loss.readout.startswith("step 100 ")
    QTest.keyClick(plots.accuracy.plot, Qt.Key.Key_Left)
    assert plots.loss.readout.startswith("step 90 ")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds on the clock of the plots, which stands unless a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("explorer.gui.plots.run_plots.time.perf_counter", lambda: now[0])
    return now


def test_however_often_something_comes_it_is_drawn_five_times_a_second(
    plots: RunPlots, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    drawn: list[int] = []
    show = plots.loss.plot.show_curves

    def count(*curves: Curve) -> None:
        drawn.append(len(curves[0].x))
        show(*curves)

    plots._timer.stop()
    for _ in range(2):  # the first one counts what painting took before the clock stood
        plots.redraw_now()
    monkeypatch.setattr(plots.loss.plot, "show_curves", count)
    for step in range(550, 600):
        fed(plots._record, step, step + 1)
        plots.redraw_soon()
        clock[0] += 0.001
    assert drawn == []
    assert plots._timer.interval() == pytest.approx(200, abs=1)
    qtbot.waitUntil(lambda: bool(drawn))
    assert drawn == [len(plots._record.loss.x)], "one redraw shows all that came"
    assert not plots._timer.isActive()
    clock[0] += 0.17
    plots.redraw_soon()
    assert plots._timer.interval() == pytest.approx(30, abs=1)


def test_a_slow_machine_redraws_less_often(plots: RunPlots, clock: list[float]) -> None:
    plots._timer.stop()
    plots._cost, plots._drawn_at = 0.02, clock[0]
    plots.redraw_soon()
    assert plots._timer.interval() == pytest.approx(1000, abs=1)


def test_what_nobody_sees_is_not_drawn(plots: RunPlots, qtbot: QtBot) -> None:
    plots._timer.stop()
    plots.hide()
    fed(plots._record, 550, 700)
    plots.redraw_soon()
    assert not plots._timer.isActive()
    plots.show()
    qtbot.waitUntil(lambda: plots.loss.plot.drawn_points[1] == 6)


def test_a_curve_of_a_hundred_thousand_points_is_two_a_pixel_at_most(plots: RunPlots) -> None:
    raw, validation = Curve(), Curve()
    for index, value in enumerate(np.random.default_rng(0).normal(1, 0.3, size=100_000).tolist()):
        raw.append(index / 10_000, value if index % 7 else None)
    smooth = SmoothedCurve(raw, 0.8, 0.05)
    smooth.follow()
    plot = plots.loss.plot
    plot.show_curves(raw, smooth, validation)
    assert plot.drawn_points[0] <= 2 * plot.width()
    assert np.isfinite(plot._raw.getData()[1]).all()


def test_the_plots_follow_the_scheme_while_they_are_open(plots: RunPlots, qtbot: QtBot, qapp: object) -> None:
    def corner() -> str:
        return str(plots.loss.plot.grab().toImage().pixelColor(3, 3).name()).upper()

    try:
        style.use(qapp, style.DARK)  # type: ignore[arg-type]
        assert corner() == style.DARK.pane
        assert plots.loss.plot._smooth.opts["pen"].color().name().upper() == style.DARK.training
    finally:
        style.use(qapp, style.LIGHT)  # type: ignore[arg-type]
    assert corner() == style.LIGHT.pane
