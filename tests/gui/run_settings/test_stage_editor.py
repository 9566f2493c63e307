"""The rows of stages in the window: by mouse and by keyboard, right and wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QSpinBox

from explorer.core.fields import Invalid
from explorer.core.network import Network
from explorer.gui.run_settings.name_completer import NameCompleter
from explorer.training.presets import preset
from explorer.training.stages import Stage
from tests.gui.desk import Desk, two_layer_network
from tests.gui.hands import Keyboard, Mouse


@pytest.fixture
def desk_network() -> Network:
    return two_layer_network()


def line(desk: Desk, number: int, key: str) -> QLineEdit:
    found = desk.find(f"field_stage_{number}_{key}")
    assert isinstance(found, QLineEdit)
    return found


def click(desk: Desk, name: str) -> None:
    """Clicks where the pointer finds it, which may be further down."""
    column = desk.find("panel_train_settings")
    assert isinstance(column, QScrollArea)
    column.ensureWidgetVisible(desk.find(name))
    Mouse().click(desk.find(name))


def stages(desk: Desk) -> tuple[Stage, ...]:
    return desk.training.config.stages


def words(desk: Desk, count: int) -> list[str]:
    return [desk.text(f"stage_{number}_words") for number in range(1, count + 1)]


def test_the_mouse_makes_changes_and_removes_stages(desk: Desk) -> None:
    for _ in range(3):
        desk.click("button_stages_add")
    usual = preset("fine-tune-3").config().stages
    assert stages(desk) == usual
    assert words(desk, 3) == [
        "epoch 1: the head, 132 parameters, learning rate 0.01",
        "epoch 2: the last 2 blocks, 428 parameters, learning rate 0.001",
        "epoch 3: the last 3 blocks, 468 parameters, learning rate 0.001",
    ]
    assert not desk.find("field_stage_3_epochs").isVisible(), "the last has the rest of the run"
    box = desk.find("field_stage_3_trains")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findText("all"))
    box.textActivated.emit("all")
    click(desk, "button_stage_1_remove")
    assert stages(desk) == (Stage("last-2", 0.1, 1), Stage("all", 0.1))
    assert desk.find("button_stage_1_remove").hasFocus()
    click(desk, "button_stage_2_remove")
    assert stages(desk) == (Stage("last-2", 0.1),), "the last one left has all of the run"
    desk.click("button_stages_none")
    assert stages(desk) == ()
    assert desk.find("button_stages_three").hasFocus()


def test_the_keyboard_does_all_of_it(desk: Desk) -> None:
    keys = Keyboard(desk.window)
    desk.find("button_stages_add").setFocus()
    keys.press("Space")
    assert keys.place == "field_stage_1_trains"
    keys.type("fc")
    keys.press("Tab")
    assert keys.place == "field_stage_1_rate"
    keys.type("0.5")
    keys.press("Tab", "Tab")
    assert keys.place == "button_stages_add"
    keys.press("Space")
    assert stages(desk) == (Stage("fc", 0.5, 1), Stage("all", 0.5))
    keys.press("Shift+Tab", "Shift+Tab")
    assert keys.place == "field_stage_1_epochs"
    keys.press("Up")
    assert stages(desk)[0] == Stage("fc", 0.5, 2)
    keys.press("Tab")
    assert keys.place == "button_stage_1_remove"
    keys.press("Space", "Space")
    assert stages(desk) == ()
    assert keys.place == "button_stages_add"


def test_what_is_wrong_stands_at_its_row_and_is_not_lost(desk: Desk) -> None:
    desk.click("button_stages_three")
    before = desk.training.config
    line(desk, 2, "rate").setFocus()
    line(desk, 2, "rate").selectAll()
    QTest.keyClicks(line(desk, 2, "rate"), "slow")
    assert desk.text("stage_2_words") == "The rate is slow; it must be a number from 1e-06 to 1000."
    assert line(desk, 2, "rate").property("problem")
    assert isinstance(desk.training.draft.value("stages"), Invalid)
    assert not desk.find("button_train_start").isEnabled()
    assert desk.text("notice_text").startswith("A stage of the run is not right yet")
    assert desk.text("problem_run_stages") == "", "its row says it"
    assert desk.text("stage_1_words").startswith("epoch 1: the head")
    desk.type_into("field_run_lr", "0.02")  # all settings are shown again
    desk.type_into("field_stage_1_trains_line", "nowhere")
    assert line(desk, 2, "rate").text() == "slow"
    assert "has no block called nowhere" in desk.text("stage_1_words")
    assert stages(desk) == before.stages
    desk.type_into("field_stage_1_trains_line", "conv2+fc")
    desk.type_into("field_stage_2_rate", "0.2")
    assert stages(desk) == (Stage("conv2+fc", 1.0, 1), Stage("last-2", 0.2, 1), Stage("last-3", 0.1))
    assert desk.training.config.lr == 0.02
    assert desk.find("button_train_start").isEnabled()


def test_epochs_that_leave_none_for_the_last_are_told_at_it(desk: Desk) -> None:
    desk.click("button_stages_three")
    spin = desk.find("field_stage_1_epochs")
    assert isinstance(spin, QSpinBox)
    spin.setValue(9)
    assert "all of its 3 epochs" in desk.text("stage_2_words")
    assert "epochs 1 to 3" in desk.text("stage_1_words")
    assert stages(desk)[0].epochs == 1
    spin.setValue(1)
    desk.type_into("field_run_epochs", "2")
    assert "all of its 2 epochs" in desk.text("stage_3_words")
    assert desk.text("problem_run_epochs")


def test_it_follows_what_else_sets_stages(desk: Desk) -> None:
    desk.training.change("stages", (Stage("head", 1.0, 1), Stage("all", 0.25)))
    assert [line(desk, number, "rate").text() for number in (1, 2)] == ["1", "0.25"]
    desk.training.changes.replace("x", preset("fine-tune-3").config())
    assert [line(desk, number, "trains_line").text() for number in (1, 2, 3)] == ["head", "last-2", "last-3"]
    desk.click("button_as_before")
    assert desk.text("stage_2_words").startswith("epochs 2 to 3: everything, 468 parameters")
    assert desk.window.findChild(QLineEdit, "field_stage_3_rate") is None


def test_names_are_completed_behind_a_plus(desk: Desk) -> None:
    desk.click("button_stages_add")
    desk.type_into("field_stage_1_trains_line", "fc+CONV2")
    completer = line(desk, 1, "trains_line").completer()
    assert isinstance(completer, NameCompleter)
    popup = completer.popup()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert line(desk, 1, "trains_line").text() == "fc+conv2"
    assert stages(desk) == (Stage("fc+conv2"),)


def test_a_row_fits_into_the_narrow_column(desk: Desk) -> None:
    width = desk.find("dock_train_settings").width()
    for _ in range(3):
        desk.click("button_stages_add")
        QTest.qWait(20)
    assert desk.find("dock_train_settings").width() == width
    editor = desk.find("stage_editor")
    for number in (1, 2, 3):
        row = desk.find(f"stage_{number}")
        assert editor.rect().contains(row.geometry())
        assert row.width() >= row.minimumSizeHint().width()
    desk.click("button_stages_none")
    QTest.qWait(20)
    assert desk.find("dock_train_settings").width() == width
