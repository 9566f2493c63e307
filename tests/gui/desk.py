"""The window with the Train workspace in front, as the hands of a test find it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.gui.app import Application
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.training.transport import COMMANDS

SMALL = {"epochs": 3, "batch_size": 20, "lr": 0.01, "threads": 1, "memory_format": "contiguous"}


def small_network(classes: int = 4) -> Network:
    body = Chain(
        ("conv", Conv2d(4, 3, stride=4)),
        ("pool", AdaptiveAvgPool2d(4)),
        ("flatten", Flatten()),
        ("fc", Linear(classes)),
    )
    return Network.of("Small", (1, 28, 28), body)


def two_layer_network(classes: int = 4) -> Network:
    """One with parts to freeze."""
    return Network.of(
        "Small",
        (1, 28, 28),
        Chain(
            ("conv1", Conv2d(4, 3, stride=2)),
            ("relu", ReLU()),
            ("conv2", Conv2d(8, 3, stride=2)),
            ("pool", AdaptiveAvgPool2d(2)),
            ("flatten", Flatten()),
            ("fc", Linear(classes)),
        ),
    )


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
