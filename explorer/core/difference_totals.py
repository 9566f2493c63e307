"""The totals of two networks with their differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.core.analysis import Analysis, Row
from explorer.core.depth import depth

Kind: TypeAlias = Literal["parameters", "trainable", "macs", "memory", "depth", "field", "output"]
Value: TypeAlias = int | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of both networks.

    Attributes:
        key: Which one.
        label: Its name for people.
        left: Of the left network: a number, a size or shape, or None where it is not known.
        right: Of the right one.
    """

    key: Kind
    label: str
    left: Value
    right: Value

    @property
    def difference(self) -> int | None:
        """By how much the right number is larger; None for what is no number."""
        both = isinstance(self.left, int) and isinstance(self.right, int)
        return self.right - self.left if both else None  # type: ignore[operator]

    @property
    def ratio(self) -> float | None:
        """How many times the left number the right one is; None for what is no number, and for none of it."""
        return self.right / self.left if self.difference is not None and self.left else None  # type: ignore[operator]


def totals(left: Analysis, right: Analysis) -> tuple[Total, ...]:
    """The figures of both networks as a whole."""
    return tuple(Total(key, label, figure(left), figure(right)) for key, label, figure in _FIGURES)


def _memory(analysis: Analysis) -> int | None:
    return None if analysis.partial else analysis.memory().per_image


def _depth(analysis: Analysis) -> int | None:
    return None if analysis.partial or analysis.counted is None else depth(analysis.counted)


def _field(analysis: Analysis) -> tuple[int, int] | None:
    return _last_field(analysis.root) if analysis.root and not analysis.partial else None


def _last_field(row: Row) -> tuple[int, int] | None:
    """The receptive field of the last block that does not look at the whole image: a classifier always does."""
    if row.output_shape is None:
        return None
    size = row.receptive_field
    if size is not None:
        return size
    found = (_last_field(child) for child in reversed(row.children))
    return next((size for size in found if size is not None), None)


_FIGURES: tuple[tuple[Kind, str, Callable[[Analysis], Value]], ...] = (
    ("parameters", "Parameters", lambda analysis: analysis.parameters),
    ("trainable", "Trainable", lambda analysis: analysis.trainable_parameters),
    ("macs", "MACs", lambda analysis: analysis.macs),
    ("memory", "Activation memory", _memory),
    ("depth", "Depth", _depth),
    ("field", "Receptive field", _field),
    ("output", "Output", lambda analysis: analysis.output_shape),
)
