"""The settings of the next run while a person edits them: some may be wrong for a while. Plain Python, without Qt."""

from __future__ import annotations

import dataclasses
from typing import Any

from explorer.core.fields import Field
from explorer.errors import TrainingError
from explorer.training.config import TrainConfig

# The field itself speaks of how stages are written on a command line; their rows say what is wrong with each.
_STAGES = "A stage of the run is not right yet; the sentence below it in the settings says why."


class ConfigDraft:
    """Settings that are being edited.

    Args:
        config: The settings to begin with.

    Attributes:
        config: The last settings that were right; while a field is wrong, it has the value from before the typing.
        problems: What is wrong now: a sentence for each field that has to be changed.
    """

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.problems: dict[str, str] = {}
        self._typed, self._before = "", config  # the field that is being typed, and the settings before that
        self._values: dict[str, Any] = {name: getattr(config, name) for name in TrainConfig.fields()}

    def value(self, name: str) -> Any:
        """The value of a field as it was set, right or wrong."""
        return self._values[name]

    def set(self, name: str, value: Any) -> None:
        """Sets a field.

        Args:
            name: The field.
            value: Its value; one of the wrong kind or outside the limits is kept and becomes a problem.
        """
        if name != self._typed:
            self._typed, self._before = name, self.config
        field = TrainConfig.fields()[name]
        self._values[name] = field.normalise(value)
        self.problems = {other: words for other in self._values if (words := self._problem_of(other))}
        if not self.problems:
            self._check_together(name)
        if self.problems:  # of a number typed by and by, nobody has meant the beginning
            self.config = self._before

    def settle(self) -> None:
        """Ends the typing of a field."""
        self._typed = ""

    def _problem_of(self, name: str) -> str:
        field = TrainConfig.fields()[name]
        problem = field.problem(self._values[name])
        if problem and name == "stages":
            return _STAGES
        return f"{capitalised(field)} {problem}." if problem else ""

    def _check_together(self, changed: str) -> None:
        try:
            self.config = dataclasses.replace(self.config, **self._values)
        except TrainingError as error:
            self.problems = {changed: str(error)}


def capitalised(field: Field) -> str:
    """The label of a field at the start of a sentence."""
    return field.label[:1].upper() + field.label[1:]
