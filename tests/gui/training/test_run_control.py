"""What a person does with a run: end it with its epoch, go on for longer, from elsewhere or more gently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox

from explorer.gui.training.further_dialog import FurtherDialog, consequence, point_words
from explorer.gui.training.run_further import Further
from explorer.gui.training.run_state import State
from explorer.gui.widgets.spin import Spin
from explorer.runs.checkpoint import load
from explorer.runs.rotation import LAST
from explorer.runs.run import Run
from explorer.runs.starting_points import starting_points
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.stages import Stage
from explorer.training.trainer import train
from tests.gui.desk import Desk, small_network

SHIFT = Qt.KeyboardModifier.ShiftModifier


def weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(str(checkpoints.pointed(LAST)))).model)


def assert_like_at_a_stretch(desk: Desk, folder: Path, tmp_path: Path) -> None:
    """The weights are those of a run that had these settings from the start, without a window."""
    config = TrainConfig.from_json(Run.open(folder).config)
    dataset = desk.training.data.dataset
    list(train(small_network(), TrainingData.load(dataset), config, tmp_path / "at-a-stretch"))
    expected, found = weights(tmp_path / "at-a-stretch"), weights(folder)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def folder_of(desk: Desk) -> Path:
    folder = desk.training.record.folder
    assert folder is not None
    return folder


def train_to_the_end(desk: Desk) -> Path:
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    return folder_of(desk)


def dialog(desk: Desk) -> FurtherDialog:
    found = desk.find("dialog_further")
    assert isinstance(found, FurtherDialog)
    return found


def test_a_run_ends_with_its_epoch_and_goes_on_exactly(desk: Desk, tmp_path: Path) -> None:
    desk.training.change("epochs", 60)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
    QTest.keyClick(desk.window, Qt.Key.Key_F8, SHIFT)
    assert desk.training.ends_with_epoch
    assert "stop_after_epoch" not in desk.buttons(), "asking once is enough"
    assert "stop" in desk.buttons(), "but it can still end at once"
    assert desk.text("progress_line").startswith("ends with this epoch · ")
    desk.until(State.FINISHED)
    finished = desk.training.record.finished
    assert finished is not None
    assert finished.message == "Stopped after the epoch; the run can be continued."
    assert finished.step == finished.epoch * desk.training.record.steps_per_epoch
    assert finished.epoch < 60
    desk.click("button_train_continue")
    desk.until(State.FINISHED)
    assert_like_at_a_stretch(desk, folder_of(desk), tmp_path)


def test_a_finished_run_goes_on_for_more_epochs(desk: Desk, tmp_path: Path) -> None:
    folder = train_to_the_end(desk)
    assert desk.buttons() == ["start", "further"]
    QTest.keyClick(desk.window, Qt.Key.Key_F7, SHIFT)
    more = desk.find("spin_more_epochs")
    assert isinstance(more, Spin)
    assert more.value() == 5, "nothing is left of what was planned"
    more.setValue(2)
    assert desk.text("further_consequence") == "The run goes on where it stands and ends with epoch 5."
    desk.click("button_go_further")
    desk.qtbot.waitUntil(lambda: desk.training.active)
    desk.until(State.FINISHED)
    assert folder_of(desk) == folder
    assert desk.training.record.validation_accuracy.x.tolist() == [1, 2, 3, 4, 5]
    assert_like_at_a_stretch(desk, folder, tmp_path)


def test_a_copy_goes_on_from_an_earlier_checkpoint(desk: Desk, tmp_path: Path) -> None:
    desk.training.change("keep_every", 1)
    folder = train_to_the_end(desk)
    before = weights(folder)
    desk.click("button_train_further")
    choice = desk.find("choice_starting_point")
    assert isinstance(choice, QComboBox)
    first = next(row for row in range(choice.count()) if "epoch 1 complete" in choice.itemText(row))
    choice.setCurrentIndex(first)
    assert "begins with a copy" in desk.text("further_consequence")
    desk.click("button_go_further")
    desk.qtbot.waitUntil(lambda: desk.training.active)
    desk.until(State.FINISHED)
    copy = folder_of(desk)
    assert copy != folder
    assert copy.parent == folder.parent
    assert desk.training.record.validation_accuracy.x.tolist() == [1, 2, 3], "the first epoch is the other run's"
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(copy).items())
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(folder).items())


def test_cancelling_changes_nothing(desk: Desk) -> None:
    folder = train_to_the_end(desk)
    config = Run.open(folder).config
    desk.click("button_train_further")
    QTest.keyClick(dialog(desk), Qt.Key.Key_Escape)
    assert not desk.training.active
    assert Run.open(folder).config == config


def test_after_a_divergence_the_page_says_where_and_offers_a_tenth_of_the_rate(desk: Desk) -> None:
    desk.training.change("optimizer", "sgd")
    desk.training.change("lr", 1000.0)
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    folder = folder_of(desk)
    assert "first in the layer conv" in desk.text("offer_text") or "first in the layer fc" in desk.text("offer_text")
    assert "stopped being a finite number at step" in desk.text("offer_text")
    desk.click("button_train_further")
    gentler = desk.find("check_gentler")
    assert isinstance(gentler, QCheckBox)
    assert gentler.isChecked(), "it is proposed here too"
    assert gentler.text() == "At a tenth of the learning rate: 100"
    dialog(desk).reject()
    desk.click("offer_remedy")
    desk.qtbot.waitUntil(lambda: desk.training.active)
    desk.until(State.FINISHED)
    assert folder_of(desk) != folder
    assert Run.open(folder_of(desk)).config["lr"] == 100.0
    assert Run.open(folder).config["lr"] == 1000.0


def test_a_checkpoint_and_what_comes_of_it_in_words(desk: Desk) -> None:
    folder = train_to_the_end(desk)
    point = starting_points(Run.open(folder))[0]
    assert point_words(point).startswith("last")
    assert ": step 108, epoch 3 complete, " in point_words(point)
    config = TrainConfig(epochs=3, schedule="one_cycle")
    assert consequence(Further(folder, 2), point, config) == (
        "The run goes on where it stands and ends with epoch 5. "
        "Its one-cycle schedule becomes that of a run of 5 epochs."
    )


def test_fewer_epochs_than_the_stages_need_cannot_be_chosen(desk: Desk) -> None:
    desk.training.set_config(replace(desk.training.config, epochs=4, stages=(Stage("head", 1.0, 3), Stage("all"))))
    desk.training.change("keep_every", 1)
    train_to_the_end(desk)
    desk.click("button_train_further")
    more, choice = desk.find("spin_more_epochs"), desk.find("choice_starting_point")
    assert isinstance(more, Spin)
    assert isinstance(choice, QComboBox)
    assert more.minimum() == 1, "the last stage has begun"
    choice.setCurrentIndex(next(row for row in range(choice.count()) if "epoch 1 complete" in choice.itemText(row)))
    more.setValue(1)
    assert more.value() == 3
    assert desk.text("further_consequence").endswith("ends with epoch 4; this one stays as it is. "
                                                     "Fewer epochs would leave its last stage none.")  # fmt: skip


def test_a_run_without_a_checkpoint_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    said: list[str] = []
    desk.training.message.connect(said.append)
    desk.training.further_asked.emit(tmp_path)
    assert "is not the folder of a run" in said[-1]


@pytest.mark.parametrize("key", ["train_further", "train_stop_after_epoch"])
def test_the_menu_has_it_too(desk: Desk, key: str) -> None:
    from PySide6.QtGui import QAction

    action = desk.window.findChild(QAction, f"action_{key}")
    assert action is not None
    assert action.statusTip()
    assert not action.isEnabled()
