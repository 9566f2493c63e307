"""Presets in the window: one change, what it changed, where it comes from, and the way back."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox

from explorer.training.presets import PRESETS, preset
from tests.gui.desk import Desk


def choose(desk: Desk, key: str) -> None:
    box = desk.find("field_preset")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def chosen(desk: Desk) -> object:
    box = desk.find("field_preset")
    assert isinstance(box, QComboBox)
    return box.currentData()


def test_a_preset_is_one_change_that_can_be_taken_back(desk: Desk) -> None:
    before = desk.training.config
    assert chosen(desk) is None
    assert desk.text("preset_source") == ""
    choose(desk, "one-cycle")
    assert desk.training.config == preset("one-cycle").over(before)
    assert desk.training.config.threads == before.threads == 1
    assert desk.text("preset_source") == preset("one-cycle").source
    assert desk.text("change_title") == "Changed by “One-cycle quick start”"
    lines = desk.text("change_lines").splitlines()
    assert "learning rate: 0.01 → 0.1" in lines
    assert "schedule: constant → one_cycle" in lines
    assert len(lines) == 7
    assert "7 settings changed" in desk.window.statusBar().currentMessage()
    action = desk.window.findChild(QAction, "action_as_before")
    assert action is not None
    action.trigger()
    assert desk.training.config == before
    assert chosen(desk) is None
    assert not action.isEnabled()


def test_what_was_set_behind_a_preset_is_no_preset_any_more_and_stays(desk: Desk) -> None:
    choose(desk, "lenet5-adam")
    desk.training.change("label_smoothing", 0.1)
    assert chosen(desk) is None
    desk.click("button_as_before")
    assert desk.training.config.label_smoothing == 0.1
    assert desk.training.config.batch_size == 20


def test_a_preset_mends_what_was_typed_wrong(desk: Desk) -> None:
    desk.type_into("field_run_lr", "-1")
    assert desk.text("problem_run_lr")
    choose(desk, "lenet5-adam")
    assert desk.text("problem_run_lr") == ""
    assert desk.training.config.lr == 0.001
    assert desk.find("button_train_start").isEnabled()


def test_the_images_of_a_preset_are_offered_as_a_step_that_undoes(desk: Desk) -> None:
    choose(desk, "resnet18-d2l")
    assert desk.find("button_train_start").isEnabled(), "the size of images is the network's matter"
    desk.click("button_preset_size")
    assert desk.session.network.input_shape == (1, 96, 96)
    assert not desk.find("button_preset_size").isVisible()
    desk.session.undo_stack.undo()
    assert desk.session.network.input_shape == (1, 28, 28)
    assert desk.find("button_preset_size").isVisible()


def test_a_preset_that_is_in_force_changes_nothing(desk: Desk) -> None:
    choose(desk, "one-cycle")
    desk.click("button_as_before")
    choose(desk, "one-cycle")
    desk.training.changes.replace("again", desk.training.config)
    assert "are so already" in desk.window.statusBar().currentMessage()


def test_all_presets_are_there_with_their_titles(desk: Desk) -> None:
    box = desk.find("field_preset")
    assert isinstance(box, QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == [entry.title for entry in PRESETS.values()]


def test_the_schedule_of_a_preset_is_drawn_with_its_axis(desk: Desk) -> None:
    choose(desk, "resnet-cifar10-2015")
    assert "step 32,000 is never reached, the run has 1,092" in desk.text("schedule_words")
    desk.training.change("milestones", (100, 500))
    assert "0.01 from epoch 17.67, 0.001 from epoch 84.33" in desk.text("schedule_words")
