"""The Train workspace: what a person sees and can do in each state of a run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTreeWidget,
)

import explorer
from explorer.datasets.base import DATASETS
from explorer.gui.editing import edits
from explorer.gui.figures import UNKNOWN
from explorer.gui.training.run_state import State
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import Step
from explorer.training.trainer import train
from tests.gui.desk import SMALL, Desk, small_network

# A run, as it is seen


def test_before_the_first_run_the_page_says_what_to_press(desk: Desk) -> None:
    assert desk.buttons() == ["start"]
    assert "Press Start (F5) to train Small on Synthetic shapes." in desk.text("empty_hint")
    assert desk.text("progress_line") == ""
    assert not desk.find("progress_bar").isVisible()
    assert desk.text("now_run") == "No run yet."
    assert desk.text("now_validation") == UNKNOWN
    assert not desk.find("button_export_safetensors").isEnabled()


def test_no_keys_mean_two_things_with_the_commands_of_a_run(desk: Desk) -> None:
    """Qt follows neither of two commands with the same keys, in whatever state both are possible."""
    actions = desk.window.findChildren(QAction)
    keys = Counter(key.toString() for action in actions for key in action.shortcuts())
    assert [key for key, number in keys.items() if number > 1] == []
    assert {"F5", "F9", "F12"} <= set(keys)


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
