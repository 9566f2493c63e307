"""What a query asks of the blocks of an analysis. Every condition is a value; reading one is :mod:`.reading`'s work."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from explorer.core.analysis import Analysis, Row
from explorer.core.compose import Path
from explorer.core.shape import Shape

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


class Condition(Protocol):
    """One word of a query."""

    def holds(self, row: Row) -> bool:
        """Whether a block is meant."""


@dataclass(frozen=True, slots=True)
class Word:
    """Letters of a block's kind or name; with a dot in them, of its address.

    Attributes:
        text: The letters, in lower case.
    """

    text: str

    def holds(self, row: Row) -> bool:
        if self.text in row.type.lower() or self.text in row.name.lower():
            return True
        if "." not in self.text:
            return False
        # What is found must reach into the block's own name: "layer2.0" means that block, not all that is in it.
        outside = len(".".join(row.path[:-1]))
        return ".".join(row.path).lower().find(self.text, max(0, outside - len(self.text) + 2)) >= 0


@dataclass(frozen=True, slots=True)
class HasShape:
    """Extents that follow one another in the shape that leaves a block.

    Attributes:
        shape: Some or all of them.
    """

    shape: Shape

    def holds(self, row: Row) -> bool:
        return contains(row.output_shape, self.shape)


@dataclass(frozen=True, slots=True)
class Flag:
    """What a block is or is not.

    Attributes:
        key: A key of :data:`FLAGS`.
    """

    key: str

    def holds(self, row: Row) -> bool:
        return FLAGS[self.key](row)


@dataclass(frozen=True, slots=True)
class Compares:
    """A field or a figure beside a value.

    A pair or a list of numbers is what a single number says of it where one of its numbers is.

    Attributes:
        key: The field, or its first words, in lower case; or a key of :data:`FIGURES`.
        sign: A key of :data:`COMPARISONS`.
        text: What was typed, in lower case.
        value: What it means: a number, a tuple of numbers, a truth, or the text itself.
    """

    key: str
    sign: str
    text: str
    value: object

    def holds(self, row: Row) -> bool:
        figure = FIGURES.get(self.key)
        if figure is not None:
            return self._is_met(figure(row))
        fields = row.block.fields()
        return any(self._is_met(getattr(row.block, name)) for name in fields if is_meant(self.key, name))

    def _is_met(self, found: object) -> bool:
        if self.sign == "!=":
            return found is not None and not self._meets("=", found)
        return self._meets(self.sign, found)

    def _meets(self, sign: str, found: object) -> bool:
        wanted = self.value
        if isinstance(found, str):
            return sign == "=" and found.lower() == self.text
        if isinstance(wanted, bool) or isinstance(found, bool):
            return sign == "=" and found is wanted
        numbers = found if isinstance(found, tuple) else (found,)
        if isinstance(wanted, tuple):  # a kernel of 3 x 3 is kept as one 3
            return sign == "=" and (contains(numbers, wanted) or {found} == set(wanted))
        compare = COMPARISONS[sign]
        return isinstance(wanted, float) and any(_is_number(one) and compare(one, wanted) for one in numbers)


@dataclass(frozen=True, slots=True)
class SaysInNote:
    """Letters of a block's note.

    Attributes:
        text: The letters, in lower case.
    """

    text: str

    def holds(self, row: Row) -> bool:
        return self.text in row.slot.note.lower()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_meant(key: str, field: str) -> bool:
    """Whether a key means a field: by its name, or by the first words of it, such as ``kernel`` for ``kernel_size``."""
    return field == key or field.startswith(f"{key}_")


def contains(shape: Shape | None, part: Shape) -> bool:
    """Whether the numbers of ``part`` follow one another in a shape."""
    if shape is None:
        return False
    return any(shape[start : start + len(part)] == part for start in range(len(shape) - len(part) + 1))


def _is_frozen(row: Row) -> bool:
    return bool(row.parameters) and not row.trainable_parameters


FLAGS: Mapping[str, Callable[[Row], bool]] = {
    "off": lambda row: not row.enabled,
    "frozen": _is_frozen,
    "note": lambda row: bool(row.slot.note),
    "problem": lambda row: row.problem is not None,
}

FIGURES: Mapping[str, Callable[[Row], object]] = {
    "type": lambda row: row.type,
    "name": lambda row: row.name,
    "path": lambda row: ".".join(row.path),
    "input": lambda row: row.input_shape,
    "output": lambda row: row.output_shape,
    "params": lambda row: row.parameters,
    "parameters": lambda row: row.parameters,
    "macs": lambda row: row.macs,
    "flops": lambda row: None if row.macs is None else 2 * row.macs,
    "memory": lambda row: None if row.memory is None else row.memory.per_image,
    "field": lambda row: row.receptive_field,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions of which all must hold.

    Attributes:
        conditions: The conditions; without any nothing is asked for.
        problem: A sentence: why the text is no query; such a query finds nothing.
    """

    conditions: tuple[Condition, ...] = ()
    problem: str = ""

    def __bool__(self) -> bool:
        """Whether something is asked for, or was meant to be."""
        return bool(self.conditions or self.problem)

    def holds(self, row: Row) -> bool:
        """Whether a block is meant."""
        return not self.problem and all(condition.holds(row) for condition in self.conditions)


def found_rows(analysis: Analysis, query: Query) -> tuple[Row, ...]:
    """The blocks at every depth that a query means, in the order of the network; none where it asks for nothing."""
    if query.problem or not query:
        return ()
    return tuple(row for row in analysis.rows if query.holds(row))


def found_paths(analysis: Analysis, query: Query) -> tuple[Path, ...]:
    """Their paths."""
    return tuple(row.path for row in found_rows(analysis, query))
