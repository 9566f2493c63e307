"""A block and its counterpart in another network: what differs between them, and what is inside them side by side.

A block whose receptive field or memory alone is another, because of what stands elsewhere, counts as the same.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.core.address import named_parts, recalled
from explorer.core.alignment import Aligned, align, is_number
from explorer.core.analysis import Row
from explorer.core.block import Composite
from explorer.core.compose import Add, Concat, Container, Multiply, Path, Repeat, is_unnamed_structure

Mark: TypeAlias = Literal["same", "shapes", "inside", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between a block and its counterpart.

    Attributes:
        field: A field of the block, or ``name``, ``type``, ``enabled``, ``note``, ``frozen``, ``lr_factor``,
            ``copies``, ``branches`` and ``content``; of the network, ``input``, ``task`` and ``outputs``.
        left: The value on the left.
        right: The value on the right.
    """

    field: str
    left: object
    right: object


class Pair:
    """A block and its counterpart; one of them is None where the other side has nothing.

    Attributes:
        left: The row on the left.
        right: The row on the right.
        parent: The pair around it; None for the networks themselves.
    """

    def __init__(self, left: Row | None, right: Row | None, parent: Pair | None = None) -> None:
        self.left = left
        self.right = right
        self.parent = parent

    def __repr__(self) -> str:
        return f"<Pair {self.left} {self.right}>"

    @functools.cached_property
    def mark(self) -> Mark:
        """What became of it; ``shapes``: the same with other shapes or costs; ``inside``: it holds a difference."""
        if self.left is None or self.right is None:
            return "added" if self.left is None else "removed"
        if self.changes:
            return "changed"
        if self._is_equal:
            return "same"
        marks = {child.mark for child in self.parts}
        if not marks <= {"same", "shapes"}:
            return "inside"
        return "shapes" if "shapes" in marks or _figures(self.left) != _figures(self.right) else "same"

    @functools.cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs at the block itself; nothing where one side has none."""
        if self.left is None or self.right is None or not self.left.path:
            return ()
        return tuple(self._changes(self.left, self.right))

    @functools.cached_property
    def children(self) -> tuple[Pair, ...]:
        """What is inside, side by side."""
        left, right = (row.children if row else () for row in (self.left, self.right))
        aligned: Iterator[Aligned] = zip(left, right, strict=True) if self._is_equal else align(left, right)
        return tuple(Pair(ours, theirs, self) for ours, theirs in aligned)

    @property
    def parts(self) -> tuple[Pair, ...]:
        """What is inside and can differ by itself: nothing in composites; of equal copies the first stands for all."""
        if self.left is None or self.right is None or self._is_equal or not self._holds_parts:
            return ()
        return self.children[:1] if self._is_repeat else self.children

    @property
    def trail(self) -> tuple[Pair, ...]:
        """The pairs from the outermost to this one, the networks themselves aside."""
        return (*self.parent.trail, self) if self.parent else ()

    @functools.cached_property
    def is_moved(self) -> bool:
        """Whether an equal block of the same name stands elsewhere in the scope of the other side."""
        row, is_left = (self.left, True) if self.right is None else (self.right, False)
        if row is None or self.parent is None or (self.left and self.right):
            return False
        others = (pair.right if is_left else pair.left for pair in self.parent.children if pair.mark != self.mark)
        return any(other and other.slot.name == row.slot.name and other.block == row.block for other in others)

    @functools.cached_property
    def _is_equal(self) -> bool:
        """Whether both are one block for which the same arrives, so that nothing inside can differ."""
        left, right = self.left, self.right
        if left is None or right is None or _is_join(left) != _is_join(right):
            return False
        if _marks_inside(left) != _marks_inside(right):
            return False
        if left.counted is right.counted:
            return True
        if left.block != right.block or (left.counted.input_shape, left.enabled) != (
            right.counted.input_shape,
            right.enabled,
        ):
            return False
        return _figures(left) == _figures(right) and not _looks_outside(left)

    @property
    def _holds_parts(self) -> bool:
        if self.left is None or self.right is None:
            return False
        blocks = (self.left.block, self.right.block)
        if _marks_inside(self.left) != _marks_inside(self.right):
            return True
        structures = sum(isinstance(block, Container) for block in blocks)
        return structures == 2 or (structures == 1 and any(isinstance(block, Composite) for block in blocks))

    @property
    def _is_repeat(self) -> bool:
        rows = (self.left, self.right)
        return all(row is not None and isinstance(row.block, Repeat) for row in rows)

    def _changes(self, left: Row, right: Row) -> Iterator[Change]:
        names = left.slot.name, right.slot.name
        is_copy = self.parent is not None and self.parent._is_repeat
        if names[0] != names[1] and not all(map(is_number, names)) and not is_copy:
            yield Change("name", *names)
        for key in ("enabled", "note"):
            if getattr(left.slot, key) != getattr(right.slot, key):
                yield Change(key, getattr(left.slot, key), getattr(right.slot, key))
        if _is_frozen(left) != _is_frozen(right):
            yield Change("frozen", _is_frozen(left), _is_frozen(right))
        if _rate_factor(left) != _rate_factor(right):
            yield Change("lr_factor", _rate_factor(left), _rate_factor(right))
        if left.type != right.type:
            yield Change("type", left.type, right.type)
        elif left.block is not right.block:
            yield from self._field_changes(left, right)

    def _field_changes(self, left: Row, right: Row) -> Iterator[Change]:
        fields = [
            Change(name, getattr(left.block, name), getattr(right.block, name))
            for name in left.block.fields()
            if getattr(left.block, name) != getattr(right.block, name)
        ]
        yield from fields
        if isinstance(left.block, Repeat) and isinstance(right.block, Repeat):
            yield from _copies(left.block.names, right.block.names)
        elif isinstance(left.block, Add | Concat | Multiply):
            yield from self._branches(left, right)
        has_rows = bool(left.children or right.children) or _is_join(left)
        if not fields and not has_rows and left.block != right.block:  # switched off, or not readable
            yield Change("content", left.block.describe(), right.block.describe())

    def _branches(self, left: Row, right: Row) -> Iterator[Change]:
        """What goes into a merge, added and removed blocks aside: they have marks of their own."""
        scope = self.parent if _is_join(left) else self
        if scope is None or _is_join(left) != _is_join(right):  # a name was given or taken: that is said already
            return
        numbers = [(pair.left, pair.right) for pair in scope.children if pair.left and pair.right]
        ours = _wiring(left, {row.path[-1]: number for number, (row, _) in enumerate(numbers)})
        theirs = _wiring(right, {row.path[-1]: number for number, (_, row) in enumerate(numbers)})
        if len(ours) != len(theirs):
            yield Change("branches", len(ours), len(theirs))
        elif ours != theirs:
            yield Change("branches", _routes(left), _routes(right))


def _figures(row: Row) -> tuple[object, ...]:
    return row.input_shape, row.output_shape, row.parameters, row.macs


def _is_join(row: Row) -> bool:
    """Whether it is a merge without a name, whose branches stand beside it."""
    return bool(row.path) and row.path[-1].startswith("#")


def _looks_outside(row: Row) -> bool:
    return isinstance(row.block, Container) and bool(recalled(row.block.slots))


def _is_frozen(row: Row) -> bool:
    return row.path in row.network.frozen


def _rate_factor(row: Row) -> float | None:
    return dict(row.network.lr_factors).get(row.path)


def _marks_inside(row: Row) -> frozenset[tuple[Path, float]]:
    """The frozen parts inside a block, with 0, and those that have a learning rate of their own, with its factor."""
    depth = len(row.path)
    marks = (*((path, 0.0) for path in row.network.frozen), *row.network.lr_factors)
    return frozenset((path[depth:], mark) for path, mark in marks if len(path) > depth and path[:depth] == row.path)


def _copies(left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[Change]:
    if len(left) != len(right):
        yield Change("copies", len(left), len(right))
    elif left != right and not all(map(is_number, (*left, *right))):
        yield Change("copies", ", ".join(left), ", ".join(right))


def _wiring(row: Row, numbers: Mapping[str, int]) -> list[tuple[int, ...]]:
    """The numbers of the matched blocks in each branch of a merge."""
    return [tuple(numbers[name] for name in names if name in numbers) for names in _branch_names(row)]


def _routes(row: Row) -> str:
    return " | ".join(" → ".join(names) or "identity" for names in _branch_names(row))


def _branch_names(row: Row) -> Iterator[list[str]]:
    for slot, child, _ in row.counted.children:
        if slot.enabled:
            yield [name for name, _ in named_parts(child)] if is_unnamed_structure(slot) else [slot.name]
