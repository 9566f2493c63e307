"""Which rows the layer table shows, and in which order: a value, applied to the rows of an analysis.

Sorting orders the blocks of each structure among themselves. A list shows rows of all depths side by side: what a
filter finds, or else all layers, and sorts them as a whole.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.core.analysis import Row
from explorer.core.fields import Invalid
from explorer.core.shape import elements, pair
from explorer.gui.search.query import Query

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which rows there are, and in which order.

    Attributes:
        column: The column by which they are sorted, by its key; empty for the order of the network.
        descending: Whether the largest come first.
        flat: Whether all layers stand in one list.
        query: What a filter asks for; what it finds stands in one list too.
    """

    column: str = ""
    descending: bool = False
    flat: bool = False
    query: Query = field(default_factory=Query)

    @property
    def is_plain(self) -> bool:
        """Whether the rows are those of the network, as they are."""
        return not (self.column or self.is_list)

    @property
    def is_list(self) -> bool:
        """Whether rows of all depths stand side by side."""
        return self.flat or bool(self.query)

    def sorted_by(self, column: str) -> Arrangement:
        """After a click on a heading: figures from the largest, words from A; then turned round; then not sorted."""
        first = column not in _WORDS
        if self.column != column:
            return dataclasses.replace(self, column=column, descending=first)
        if self.descending == first:
            return dataclasses.replace(self, descending=not first)
        return dataclasses.replace(self, column="", descending=False)

    def inside(self, row: Row) -> Sequence[Row]:
        """The rows below a block; below the network, whose path is empty, all of a list."""
        if not self.is_list:
            return self._ordered(row.children)
        return () if row.path else self._ordered(self._listed(row))

    def _listed(self, root: Row) -> Iterable[Row]:
        for row in _all_below(root):
            if self.query.holds(row) if self.query else not opens(row):
                yield row

    def _ordered(self, rows: Iterable[Row]) -> Sequence[Row]:
        if not self.column:
            return tuple(rows)
        measure = _MEASURES[self.column]
        known = [(measure(row), row) for row in rows]
        unknown = [row for value, row in known if value is None]
        known = [(value, row) for value, row in known if value is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.descending)
        return (*(row for _, row in known), *unknown)


PLAIN = Arrangement()


def opens(row: Row) -> bool:
    """Whether there is something inside. The branches of a merge without a name stand beside it."""
    is_join = bool(row.path) and row.path[-1].startswith("#")
    return bool(row.counted.children) and not is_join


def address(row: Row) -> str:
    """The name of a block with those around it."""
    return ".".join((*row.path[:-1], row.name))


def _all_below(row: Row) -> Iterable[Row]:
    for child in row.children:
        yield child
        yield from _all_below(child)


def _natural(text: str) -> tuple[tuple[bool, Any], ...]:
    """A key by which ``layer10`` comes behind ``layer9``."""
    parts = filter(None, _DIGITS.split(text.lower()))
    return tuple((part.isdigit(), int(part) if part.isdigit() else part) for part in parts)


def _window(row: Row) -> int | None:
    kernel = getattr(row.block, "kernel_size", None)
    return None if kernel is None or isinstance(kernel, Invalid) else math.prod(pair(kernel))


def _field(row: Row) -> float | None:
    if row.field is None:
        return None
    return math.inf if row.field.size is None else math.prod(row.field.size)


def _trained(row: Row) -> float | None:
    return (row.trainable_parameters or 0) / row.parameters if row.parameters else None


_WORDS = ("name", "type")
_MEASURES: Mapping[str, Callable[[Row], Any]] = {
    "name": lambda row: _natural(address(row)),
    "type": lambda row: row.type.lower(),
    "output": lambda row: None if row.output_shape is None else elements(row.output_shape),
    "kernel": _window,
    "parameters": lambda row: row.parameters,
    "share": lambda row: row.parameters,
    "macs": lambda row: row.macs,
    "memory": lambda row: None if row.memory is None else row.memory.per_image,
    "field": _field,
    "trainable": _trained,
}
