"""How much memory is free on the device that will train: torch knows, so the engine's thread is asked."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject, Signal

from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.training.training_session import TrainingSession


class DeviceMemory(QObject):
    """The free memory of the device in the settings of the next run.

    Args:
        engine: Whose thread looks.
        training: Whose settings.
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, engine: EngineThread, training: TrainingSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._training = engine, training
        self._asked_for = ""
        self.free: int | None = None  # bytes; None as long as nobody knows
        training.settings_changed.connect(self._ask)  # that torch is loaded counts as such a change
        self._ask()

    def _ask(self) -> None:
        config = self._training.config
        if not self._engine.is_ready or config.device == self._asked_for:
            return
        from explorer.training.device import free_memory_for

        self._asked_for = config.device
        self._engine.submit(functools.partial(free_memory_for, config), self._take, lambda _: self._take(None))

    def _take(self, free: int | None) -> None:
        if free != self.free:
            self.free = free
            self.changed.emit()
