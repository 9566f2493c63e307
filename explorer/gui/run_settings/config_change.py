"""Several settings that change at once, under one name, with what changed and the way back. Without Qt."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from explorer.gui.run_settings.setting_words import label_of, word
from explorer.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A change of settings.

    Attributes:
        title: What made it, such as a preset.
        before: The settings before.
        after: The settings behind it.
    """

    title: str
    before: TrainConfig
    after: TrainConfig

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that it changed."""
        return tuple(name for name in TrainConfig.fields() if getattr(self.before, name) != getattr(self.after, name))

    @property
    def lines(self) -> tuple[str, ...]:
        """What it changed, as a person reads it."""
        return tuple(
            f"{label_of(name)}: {word(getattr(self.before, name))} → {word(getattr(self.after, name))}"
            for name in self.names
        )

    def taken_back(self, now: TrainConfig) -> TrainConfig:
        """The settings as they are now, with what it changed as it was before.

        Raises:
            TrainingError: If the settings would not go together, because others were changed since.
        """
        return dataclasses.replace(now, **{name: getattr(self.before, name) for name in self.names})
