"""The main job as a person does it: open a network, stack residual blocks, train on real images, export the weights."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

import explorer
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.datasets.split import stratified_split
from explorer.gui.app import Application, make
from explorer.gui.settings import Settings
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession

SECONDS = 240  # at most for the epoch; 25 on two idle cores

# torchvision's resnet18 has 11,689,512: conv1 sees one channel instead of three, fc ten classes instead of a thousand
PARAMETERS = 11_689_512 - 2 * 64 * 7 * 7 - 990 * (512 + 1)
BASIC_BLOCK = 2 * (128 * 128 * 3 * 3) + 2 * (2 * 128)  # two convolutions and two batch norms of 128 channels


@pytest.fixture
def application(qtbot: QtBot, tmp_path: Path) -> Iterator[Application]:
    interval = sys.getswitchinterval()
    made = make(["test"], Settings(tmp_path / "settings.ini"))
    yield made
    made.close()
    sys.setswitchinterval(interval)
    gc.unfreeze()


class Person:
    """Sits in front of the window, with a keyboard."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self.qtbot, self.window, self.session = qtbot, application.window, application.session

    def control(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.window.findChild(kind, name)
        assert isinstance(found, QWidget), f"there is no {name}"
        return found

    def text(self, name: str) -> str:
        label = self.control(QLabel, name)
        assert isinstance(label, QLabel)
        return label.text()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = self.window.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)

    def use_library(self, words: str, times: int = 1) -> None:
        """Ctrl+L, some letters, Enter."""
        self.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        search = self.control(QLineEdit, "library_search")
        self.qtbot.waitUntil(search.hasFocus)
        QTest.keyClicks(search, words)
        for _ in range(times):
            QTest.keyClick(search, Qt.Key.Key_Return)

    def type_into(self, kind: type[QLineEdit] | type[QSpinBox], name: str, value: str) -> None:
        control = self.control(kind, name)
        control.setFocus()
        assert isinstance(control, QLineEdit | QSpinBox)
        control.selectAll()
        QTest.keyClicks(control, value)
        QTest.keyClick(control, Qt.Key.Key_Return)

    def click(self, name: str) -> None:
        button = self.control(QPushButton, name)
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_main_job(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    person, training = Person(qtbot, application), application.session.training
    assert training is not None
    training.set_runs_folder(tmp_path / "runs")
    with qtbot.waitSignal(application.window.painted):
        application.window.show()
    assert training.state is State.IDLE
    application.engine.start()
    qtbot.waitActive(application.window)

    network = design(person)
    train(person, training, network)
    file = export(person, training, tmp_path)

    shown = person.text("now_validation")
    assert shown == f"{100 * accuracy_in_plain_torch(network, file):.1f} %"
    assert person.text("now_epoch") == "1"


def design(person: Person) -> Network:
    """Opens ResNet-18, fits it to the images, and stacks two residual blocks behind its second stage."""
    session = person.session
    person.use_library("resnet-18")
    assert session.network.input_shape == (3, 224, 224)
    person.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert "1,000 classes" in person.text("notice_text")
    person.click("notice_remedy")
    assert session.network.input_shape == (1, 28, 28)
    assert session.analysis.parameters == PARAMETERS

    person.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    session.select((("layer2",),))
    person.use_library("basicblock", times=2)
    network = session.network
    assert [slot.name for slot in network.body.slots][5:9] == ["layer2", "block1", "block2", "layer3"]
    assert session.analysis.parameters == PARAMETERS + 2 * BASIC_BLOCK
    assert session.analysis.output_shape == (10,)
    module = explorer.assemble(network)
    assert sum(parameter.numel() for parameter in module.parameters()) == session.analysis.parameters
    assert f"{session.analysis.parameters:,}" in " ".join(
        label.text() for label in person.window.findChildren(QLabel) if label.isVisible()
    )
    return network


def train(person: Person, training: TrainingSession, network: Network) -> None:
    """Trains an epoch with the keyboard alone, and looks at the curves."""
    from explorer.gui.plots.plot import CurvePlot

    person.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    person.type_into(QSpinBox, "field_run_epochs", "1")
    person.type_into(QSpinBox, "field_run_threads", "1")  # two wait for each other where others use the cores
    person.press(Qt.Key.Key_F5)
    assert training.active, training.error
    person.qtbot.waitUntil(lambda: not training.active, timeout=SECONDS * 1000)
    assert training.state is State.FINISHED, training.error

    record = training.record
    assert training.network is network
    assert record.finished is not None
    assert record.finished.reason == "finished"
    assert record.step == record.total_steps == 71
    assert len(record.loss) > 5
    assert np.isfinite(record.loss.y).all()
    assert record.loss.y[-5:].mean() < record.loss.y[:5].mean()
    assert record.best is not None
    assert record.best.validation_accuracy is not None
    assert record.best.validation_accuracy > 0.6
    for name in ("plot_loss", "plot_accuracy"):
        plot = person.control(QWidget, name)
        assert isinstance(plot, CurvePlot)
        training_points, validation_points = plot.drawn_points
        assert training_points > 10
        assert validation_points == 1
    assert person.text("progress_line").startswith("epoch 1 of 1 · step 71 of 71 · ")


def export(person: Person, training: TrainingSession, folder: Path) -> Path:
    """Exports the best weights with the button and its dialog."""
    file = folder / "mine.safetensors"
    person.click("button_export_safetensors")
    dialog = person.control(QFileDialog, "dialog_export")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder))
    dialog.selectFile(file.name)
    with person.qtbot.waitSignal(training.exported) as told:
        dialog.accept()
    assert told.args == [str(file)]
    return file


def accuracy_in_plain_torch(network: Network, file: Path) -> float:
    """The accuracy on the images held back, with nothing of the app but the network and the pixels."""
    module = explorer.assemble(network)
    module.load_state_dict(load_file(file), strict=True)
    module.eval()
    dataset = DATASETS["fashion-mnist-sample"]
    images = dataset.load().train
    assert isinstance(images, ArraySplit)
    _, held_back = stratified_split(images.labels, 0.1, 0)
    pixels = torch.from_numpy(images.images[held_back]).float() / 255
    pixels = (pixels - dataset.mean[0]) / dataset.std[0]
    with torch.inference_mode():
        predicted = torch.cat([module(batch).argmax(dim=1) for batch in torch.tensor_split(pixels, 8)])
    return float((predicted.numpy() == images.labels[held_back]).mean())
