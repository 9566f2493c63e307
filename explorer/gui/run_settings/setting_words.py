"""Settings as a person reads them, those at hand and those that a run wrote down. Plain Python."""

from __future__ import annotations

from explorer.gui.figures import UNKNOWN
from explorer.training.config import TrainConfig
from explorer.training.stages import StagesField


def label_of(setting: str) -> str:
    """What a person calls a setting; one that this version does not know, as it is written."""
    field = TrainConfig.fields().get(setting)
    return field.label if field is not None else setting


def word(value: object) -> str:
    """The value of a setting; where settings have a tuple, their JSON has a list."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        stages = StagesField().normalise(value)
        value = stages if isinstance(stages, tuple) else tuple(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
