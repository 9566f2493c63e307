"""What a block's field is: its kind, limits and words. At once constructor, inspector form, JSON and validation.

A field never refuses a value when a block is made: a wrong type becomes :class:`Invalid`, which keeps the original for
the file, and a number outside its limits stays. Both are located problems of the analysis, so that a document saved in
the middle of an edit always opens again.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from explorer.core.shape import MAX_CHANNELS

T = TypeVar("T")

MAX_KERNEL = 63
_KEY = "explorer"  # under which a dataclass field carries its specification
_EXACT = 1 << 53  # a float would round larger whole numbers, so that they were not saved back as they came
_COUNTABLE = 1 << 64  # whole numbers from here on are no count of anything
# JSON has no such numbers. They are kept as what no field takes, a text field neither, and said as a person says them.
_NOT_FINITE = {json.dumps({"type": "float", "value": word}): word for word in ("nan", "inf", "-inf")}


def shortened(text: str) -> str:
    """The beginning of a text that may be as long as a file, for a sentence."""
    return text if len(text) <= 40 else f"{text[:39]}…"


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value of the wrong kind, kept as JSON text; ``None`` stands for a value that is missing."""

    text: str | None

    @classmethod
    def keep(cls, value: object) -> Invalid:
        """Wraps a value of the wrong kind; of one that JSON cannot hold only its word or its type is kept."""
        if isinstance(value, float) and not math.isfinite(value):
            return cls(json.dumps({"type": "float", "value": str(value)}))
        try:
            return cls(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            return cls(json.dumps({"type": type(value).__name__}))

    def value(self) -> Any:
        """The JSON value that was kept."""
        return None if self.text is None else json.loads(self.text)

    def __str__(self) -> str:
        if self.text is None:
            return "missing"
        return _NOT_FINITE.get(self.text, shortened(self.text))


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
        if isinstance(value, Invalid):
            return value
        normal = self._normal(value)
        return Invalid.keep(value) if normal is None else normal

    def problem(self, value: Any) -> str | None:
        """What is wrong with a normalised value, as the end of a sentence that starts with the field's name."""
        if not isinstance(value, Invalid):
            return self._outside(value)
        return f"is {value}; it must be {self.expects}"

    @property
    def expects(self) -> str:
        """The values it takes, in words."""
        return "a value"

    def _normal(self, value: Any) -> Any:
        """The one form of a value; None where it is of the wrong kind."""
        return value

    def _outside(self, value: Any) -> str | None:
        """What is wrong with a value of the right kind; kinds without limits find nothing."""
        return None


def _whole(value: object) -> int | None:
    """The integer a value stands for; ``True`` is no number of pixels, but ``3.0`` is three."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_COUNTABLE < value < _COUNTABLE:
        return None
    return int(value) if value == int(value) else None


@dataclass(frozen=True, slots=True)
class IntField(Field):
    """A whole number within limits.

    Attributes:
        minimum: The least.
        maximum: The greatest.
        zero: What 0 means, in a word, where it is no number of anything, such as "off".
    """

    kind: ClassVar[str] = "int"
    minimum: int = 0
    maximum: int = MAX_CHANNELS
    zero: str = ""

    @property
    def expects(self) -> str:
        return f"a whole number from {self.minimum:,} to {self.maximum:,}"

    def _normal(self, value: Any) -> Any:
        return _whole(value)

    def _outside(self, value: Any) -> str | None:
        return None if self.minimum <= value <= self.maximum else f"is {value:,}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class SizeField(IntField):
    """One whole number for both axes, or a pair ``(height, width)``; equal pairs collapse to one number."""

    kind: ClassVar[str] = "size"

    @property
    def expects(self) -> str:
        return f"a whole number from {self.minimum:,} to {self.maximum:,}, or a pair of them (height, width)"

    def _normal(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return _whole(value)
        numbers = tuple(map(_whole, value)) if len(value) == 2 else (None,)
        if None in numbers:
            return None
        return numbers[0] if numbers[0] == numbers[1] else numbers

    def _outside(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return IntField._outside(self, value)
        return IntField._outside(self, value[0]) or IntField._outside(self, value[1])


@dataclass(frozen=True, slots=True)
class IntsField(IntField):
    """A short list of whole numbers.

    Attributes:
        most: The most that there may be.
        empty: Whether there may be none.
    """

    kind: ClassVar[str] = "ints"
    most: int = 16
    empty: bool = False

    @property
    def expects(self) -> str:
        count = f"{'at most' if self.empty else 'one to'} {self.most}"
        return f"{count} whole numbers from {self.minimum:,} to {self.maximum:,}"

    def _normal(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return None
        numbers = tuple(map(_whole, value))
        return None if None in numbers else numbers

    def _outside(self, value: Any) -> str | None:
        if not (value or self.empty) or len(value) > self.most:
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

    def _normal(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        limit = _EXACT if isinstance(value, int) else 1e300
        return float(value) if abs(value) <= limit else None  # what is not a number is in no order

    def _outside(self, value: Any) -> str | None:
        return None if self.minimum <= value <= self.maximum else f"is {value:g}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class BoolField(Field):
    """Yes or no."""

    kind: ClassVar[str] = "bool"

    @property
    def expects(self) -> str:
        return "true or false"

    def _normal(self, value: Any) -> Any:
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class ChoiceField(Field):
    """One of a few words."""

    kind: ClassVar[str] = "choice"
    choices: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def _normal(self, value: Any) -> Any:
        return value if isinstance(value, str) else None

    def _outside(self, value: Any) -> str | None:
        return None if value in self.choices else f"is {shortened(value)!r}; it must be {self.expects}"


@dataclass(frozen=True, slots=True)
class TextField(Field):
    """A short name.

    Attributes:
        longest: The most characters it may have.
        refers_to: What it names, such as "tap"; a form then offers the names that are there. Empty for a name of its
            own.
    """

    kind: ClassVar[str] = "text"
    longest: int = 100
    refers_to: str = ""

    @property
    def expects(self) -> str:
        return f"a name of 1 to {self.longest} characters"

    def _normal(self, value: Any) -> Any:
        return value if isinstance(value, str) else None

    def _outside(self, value: Any) -> str | None:
        return None if 1 <= len(value) <= self.longest else f"has {len(value)} characters; it must be {self.expects}"


def for_kind(field: Field, table: Sequence[tuple[type[Field], T]]) -> T | None:
    """What a table has for the kind of a field: the first entry that fits, since a size is an integer too."""
    return next((entry for kind, entry in table if isinstance(field, kind)), None)


def integer(default: int, *, minimum: int = 0, maximum: int = MAX_CHANNELS, **words: str) -> Any:
    """A dataclass field that holds a whole number."""
    return declare(default, IntField(minimum=minimum, maximum=maximum, **words))


def size(default: int | tuple[int, int], *, minimum: int = 1, maximum: int = MAX_KERNEL, **words: str) -> Any:
    """A dataclass field that holds one number for both axes or a pair ``(height, width)``."""
    return declare(default, SizeField(minimum=minimum, maximum=maximum, **words))


def integers(
    default: tuple[int, ...],
    *,
    minimum: int = 1,
    maximum: int = MAX_CHANNELS,
    most: int = 16,
    empty: bool = False,
    **words: str,
) -> Any:
    """A dataclass field that holds a short list of whole numbers."""
    return declare(default, IntsField(minimum=minimum, maximum=maximum, most=most, empty=empty, **words))


def real(default: float, *, minimum: float = 0.0, maximum: float = 1.0, **words: str) -> Any:
    """A dataclass field that holds a finite number."""
    return declare(default, FloatField(minimum=minimum, maximum=maximum, **words))


def flag(default: bool, **words: str) -> Any:
    """A dataclass field that holds yes or no."""
    return declare(default, BoolField(**words))


def choice(default: str, choices: tuple[str, ...], **words: str) -> Any:
    """A dataclass field that holds one of a few words."""
    return declare(default, ChoiceField(choices=choices, **words))


def text(default: str, *, longest: int = 100, refers_to: str = "", **words: str) -> Any:
    """A dataclass field that holds a short name, or refers to one."""
    return declare(default, TextField(longest=longest, refers_to=refers_to, **words))


def declare(default: object, spec: Field) -> Any:
    """A dataclass field of that kind."""
    return dataclasses.field(default=default, metadata={_KEY: spec})


_specifications: dict[type, dict[str, Field]] = {}


def specifications(cls: type) -> dict[str, Field]:
    """The fields of a block class by name, in the order of its constructor."""
    if cls not in _specifications:
        _specifications[cls] = {
            field.name: dataclasses.replace(field.metadata[_KEY], label=field.metadata[_KEY].label or field.name)
            for field in dataclasses.fields(cls)
            if _KEY in field.metadata
        }
    return _specifications[cls]
