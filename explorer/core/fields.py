"""What a block's field is: its kind, limits and words. At once constructor, inspector form, JSON and validation.

A field never refuses a value when a block is made: a wrong type becomes :class:`Invalid`, which keeps the original for
the file, and a number outside its limits stays. Both are located problems of the analysis, so that a document saved in
the middle of an edit always opens again.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.core.shape import MAX_CHANNELS

MAX_KERNEL = 63
_KEY = "explorer"  # under which a dataclass field carries its specification


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value of the wrong kind, kept as JSON text; ``None`` stands for a value that is missing."""

    text: str | None

    @classmethod
    def keep(cls, value: object) -> Invalid:
        """Wraps a value of the wrong kind."""
        try:
            return cls(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError):
            return cls(json.dumps(str(value)))

    def __str__(self) -> str:
        return "nothing" if self.text is None else self.text if len(self.text) <= 40 else f"{self.text[:39]}…"


MISSING = Invalid(None)


@dataclass(frozen=True, slots=True)
class Field:
    """What all kinds of field have in common.

    Attributes:
        label: The name a person reads; the field's own name where it is empty.
        help: One line that explains the field.
        unit: Such as "pixels"; empty where there is none.
    """

    kind: ClassVar[str] = "any"
    label: str = ""
    help: str = ""
    unit: str = ""

    def normalise(self, value: Any) -> Any:
        """The one form of a value, or :class:`Invalid`."""
        return value

    def problem(self, value: Any) -> str | None:
        """What is wrong with a normalised value, as the end of a sentence that starts with the field's name."""
        return f"is {value}, which is not {self.expects}" if isinstance(value, Invalid) else self._outside(value)

    @property
    def expects(self) -> str:
        """The values it takes, in words."""
        return "a value"

    def _outside(self, value: Any) -> str | None:  # noqa: ARG002 - kinds without limits ignore it
        return None


def _whole(value: object) -> int | None:
    """The integer a value stands for; ``True`` is no number of pixels, but ``3.0`` is three."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


@dataclass(frozen=True, slots=True)
class IntField(Field):
    """A whole number within limits."""

    kind: ClassVar[str] = "int"
    minimum: int = 0
    maximum: int = MAX_CHANNELS

    @property
    def expects(self) -> str:
        return f"a whole number from {self.minimum:,} to {self.maximum:,}"

    def normalise(self, value: Any) -> Any:
        number = _whole(value)
        return Invalid.keep(value) if number is None else number

    def _outside(self, value: int) -> str | None:
        return None if self.minimum <= value <= self.maximum else f"is {value:,}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class SizeField(IntField):
    """One whole number for both axes, or a pair ``(height, width)``; equal pairs collapse to one number."""

    kind: ClassVar[str] = "size"

    @property
    def expects(self) -> str:
        return f"a whole number from {self.minimum:,} to {self.maximum:,}, or a pair of them (height, width)"

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return IntField.normalise(self, value)
        numbers = tuple(_whole(item) for item in value)
        if len(numbers) != 2 or None in numbers:
            return Invalid.keep(value)
        return numbers[0] if numbers[0] == numbers[1] else numbers

    def _outside(self, value: Any) -> str | None:
        worst = [item for item in (value if isinstance(value, tuple) else (value,)) if IntField._outside(self, item)]
        return IntField._outside(self, worst[0]) if worst else None


@dataclass(frozen=True, slots=True)
class IntsField(IntField):
    """A short list of whole numbers."""

    kind: ClassVar[str] = "ints"
    most: int = 16

    @property
    def expects(self) -> str:
        return f"one to {self.most} whole numbers from {self.minimum:,} to {self.maximum:,}"

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return Invalid.keep(value)
        numbers = tuple(_whole(item) for item in value)
        return Invalid.keep(value) if None in numbers else numbers

    def _outside(self, value: tuple[int, ...]) -> str | None:
        if not 1 <= len(value) <= self.most:
            return f"has {len(value)} numbers; it must be {self.expects}"
        worst = [item for item in value if IntField._outside(self, item)]
        return f"holds {worst[0]:,}; it must be {self.expects}" if worst else None


@dataclass(frozen=True, slots=True)
class FloatField(Field):
    """A finite number within limits."""

    kind: ClassVar[str] = "float"
    minimum: float = 0.0
    maximum: float = 1.0

    @property
    def expects(self) -> str:
        return f"a number from {self.minimum:g} to {self.maximum:g}"

    def normalise(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or math.isnan(value):
            return Invalid.keep(value)
        return float(value)

    def _outside(self, value: float) -> str | None:
        return None if self.minimum <= value <= self.maximum else f"is {value:g}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class BoolField(Field):
    """Yes or no."""

    kind: ClassVar[str] = "bool"

    @property
    def expects(self) -> str:
        return "true or false"

    def normalise(self, value: Any) -> Any:
        return value if isinstance(value, bool) else Invalid.keep(value)


@dataclass(frozen=True, slots=True)
class ChoiceField(Field):
    """One of a few words."""

    kind: ClassVar[str] = "choice"
    choices: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def normalise(self, value: Any) -> Any:
        return value if isinstance(value, str) else Invalid.keep(value)

    def _outside(self, value: str) -> str | None:
        return None if value in self.choices else f"is {value!r}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class TextField(Field):
    """A short name."""

    kind: ClassVar[str] = "text"
    longest: int = 100

    @property
    def expects(self) -> str:
        return f"a name of 1 to {self.longest} characters"

    def normalise(self, value: Any) -> Any:
        return value if isinstance(value, str) else Invalid.keep(value)

    def _outside(self, value: str) -> str | None:
        return None if 1 <= len(value) <= self.longest else f"has {len(value)} characters; it must be {self.expects}"


def integer(default: int, *, minimum: int = 0, maximum: int = MAX_CHANNELS, **words: str) -> Any:
    """A dataclass field that holds a whole number."""
    return _field(default, IntField(minimum=minimum, maximum=maximum, **words))


def size(
    default: int | tuple[int, int], *, minimum: int = 1, maximum: int = MAX_KERNEL, **words: str
) -> Any:
    """A dataclass field that holds one number for both axes or a pair ``(height, width)``."""
    return _field(default, SizeField(minimum=minimum, maximum=maximum, **words))


def integers(default: tuple[int, ...], *, minimum: int = 1, maximum: int = MAX_CHANNELS, most: int = 16, **words: str) -> Any:
    """A dataclass field that holds a short list of whole numbers."""
    return _field(default, IntsField(minimum=minimum, maximum=maximum, most=most, **words))


def real(default: float, *, minimum: float = 0.0, maximum: float = 1.0, **words: str) -> Any:
    """A dataclass field that holds a finite number."""
    return _field(default, FloatField(minimum=minimum, maximum=maximum, **words))


def flag(default: bool, **words: str) -> Any:  # noqa: FBT001 - a field's default, not a switch of this function
    """A dataclass field that holds yes or no."""
    return _field(default, BoolField(**words))


def choice(default: str, choices: tuple[str, ...], **words: str) -> Any:
    """A dataclass field that holds one of a few words."""
    return _field(default, ChoiceField(choices=choices, **words))


def text(default: str, **words: str) -> Any:
    """A dataclass field that holds a short name."""
    return _field(default, TextField(**words))


def _field(default: object, spec: Field) -> Any:
    return dataclasses.field(default=default, metadata={_KEY: spec})


@functools.cache
def specifications(cls: type) -> dict[str, Field]:
    """The fields of a block class by name, in the order of its constructor."""
    return {
        field.name: dataclasses.replace(field.metadata[_KEY], label=field.metadata[_KEY].label or field.name)
        for field in dataclasses.fields(cls)
        if _KEY in field.metadata
    }
