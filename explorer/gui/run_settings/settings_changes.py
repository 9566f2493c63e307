"""Changes of several settings at once: presets, remedies and what a trial found; the last one can be taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from explorer.errors import TrainingError
from explorer.gui.run_settings.config_change import ConfigChange
from explorer.training.config import TrainConfig

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession


class SettingsChanges(QObject):
    """Changes the settings of the next run, and remembers the last change.

    Args:
        training: Whose settings.
    """

    changed = Signal()
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, training: TrainingSession) -> None:
        super().__init__(training)
        self._training = training
        self._last: ConfigChange | None = None

    @property
    def last(self) -> ConfigChange | None:
        """The last change that was not taken back."""
        return self._last

    def set(self, title: str, values: Mapping[str, Any]) -> None:
        """Changes some settings; what is wrong with them is a sentence in the status bar.

        Args:
            title: What makes the change.
            values: The settings, by name.
        """
        try:
            self.replace(title, dataclasses.replace(self._training.config, **values))
        except TrainingError as error:
            self.message.emit(str(error))

    def replace(self, title: str, config: TrainConfig) -> None:
        """Puts other settings in the place of all there are.

        Args:
            title: What makes the change.
            config: The settings.
        """
        change = ConfigChange(title, self._training.config, config)
        self._training.set_config(config)  # which also takes away what was typed wrong
        if not change.names:
            self.message.emit(f"{title}: the settings are so already.")
            return
        self._become(change)
        count = len(change.names)
        self.message.emit(f"{title}: {count} setting{'s' if count > 1 else ''} changed.")

    def take_back(self) -> None:
        """Puts what the last change has set back to what it was; whatever else was set since stays."""
        if self._last is None:
            return
        try:
            self._training.set_config(self._last.taken_back(self._training.config))
        except TrainingError as error:
            self.message.emit(str(error))
            return
        title = self._last.title
        self._become(None)
        self.message.emit(f"{title}: taken back.")

    def _become(self, change: ConfigChange | None) -> None:
        self._last = change
        self.changed.emit()
