"""What trains and how much memory it has left, in the line at the bottom of the window."""

from __future__ import annotations

import functools

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from explorer.core.wording import amount
from explorer.gui import figures
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.training.training_session import TrainingSession
from explorer.training.config import TrainConfig

INTERVAL = 3_000  # milliseconds between two looks at the memory


class DeviceLine(QLabel):
    """The device of the run that goes on; empty where none does.

    Args:
        engine: Whose thread knows the memory.
        training: Whose run.
    """

    def __init__(self, engine: EngineThread, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("status_device")
        self._engine, self._training = engine, training
        self._free: int | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._ask)
        training.state_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        active = self._training.active and self._training.record.started is not None
        if active and not self._timer.isActive():
            self._timer.start()
            self._ask()
        elif not active:
            self._timer.stop()
        self._show()

    def _ask(self) -> None:
        started = self._training.record.started
        if started is None:
            return
        from explorer.training.device import free_memory_for

        own = TrainConfig(device=started.device)  # the settings of now are those of the next run
        self._engine.submit(functools.partial(free_memory_for, own), self._take, lambda _: None)

    def _take(self, free: int | None) -> None:
        self._free = free
        self._show()

    def _show(self) -> None:
        started = self._training.record.started
        if started is None or not self._training.active:
            self.setText("")
            return
        device = f"CPU, {amount(started.threads, 'thread')}" if started.device == "cpu" else started.device_name
        self.setText(device if self._free is None else f"{device} · {figures.data(self._free)} free")
