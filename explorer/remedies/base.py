"""What a remedy is, and what a function that looks for some has in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from explorer.core.address import find_counted, locate, slot_at
from explorer.core.block import Block, ProblemKind
from explorer.core.compose import Path, Slot
from explorer.core.counted import Counted, Problem
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.errors import EditError
from explorer.registry import Registry
from explorer.remedies import changes
from explorer.remedies.changes import Place


@dataclass(frozen=True, slots=True, eq=False)
class Fix:
    """An edit that mends a problem.

    Attributes:
        label: What the button says, such as "Use padding 1".
        network: The network after it.
        select: What to look at afterwards: the mended block, or nothing for the network itself.
    """

    label: str
    network: Network
    select: tuple[Path, ...] = ()


Edit: TypeAlias = Callable[[], tuple[Network, Place]]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A network with one of its problems.

    Attributes:
        network: The network.
        problem: The problem.
        path: The block that has it, or the composite around it, whose fields decide what is inside.
        place: The place of that block; empty for the network itself.
        mends: Whether a fix does away with the problem and makes no other one before it.
    """

    network: Network
    problem: Problem
    path: Path
    place: Place
    mends: Callable[[Fix], bool]

    @property
    def slot(self) -> Slot:
        """The slot to edit; only for a problem of a block."""
        return slot_at(self.network.body, self.place)

    @property
    def block(self) -> Block:
        """The block to edit; the chain of the network where the problem is of the network itself."""
        return self.slot.block if self.place else self.network.body

    @property
    def name(self) -> str:
        """What the block to edit is called in a label; only for a problem of a block."""
        return changes.title(self.network, self.place)

    @property
    def inside_composite(self) -> bool:
        """Whether the block that fails follows from the fields of the one to edit."""
        return self.path != self.problem.path

    @property
    def failing(self) -> Counted:
        """What was counted for the block that has the problem; for the one to edit where it was not reached."""
        counted = self.network.count()
        return find_counted(counted, self.problem.path) or find_counted(counted, self.path) or counted

    @property
    def shape(self) -> Shape:
        """The shape that arrives at the block that has the problem; empty where it is not known."""
        return self.failing.input_shape or ()

    def fix(self, label: str, edit: Edit) -> Fix | None:
        """The fix an edit makes; None where the network refuses it."""
        try:
            network, place = edit()
        except EditError:
            return None
        return Fix(label, network, changes.shown_at(network, place))

    def with_block(self, label: str, block: Block, place: Place | None = None) -> Fix | None:
        """Another block in the place of the one to edit, or elsewhere."""
        there = self.place if place is None else place
        return self.fix(label, lambda: (changes.replaced(self.network, there, block), there))

    def with_fields(self, label: str, **values: object) -> Fix | None:
        """Other values in fields of the block to edit."""
        return self.with_block(label, changes.with_values(self.block, **values))

    def with_first(self, label: str, *blocks: Block) -> Fix | None:
        """New blocks in front of the one to edit."""
        return self.fix(label, lambda: changes.preceded(self.network, self.place, blocks))

    def without(self, label: str) -> Fix | None:
        """The network without the block to edit."""
        return self.fix(label, lambda: changes.removed(self.network, self.place))

    def first(self, candidates: Iterable[Fix | None]) -> Fix | None:
        """The first of several of which one will do."""
        return next((fix for fix in candidates if fix is not None and self.mends(fix)), None)


Mend: TypeAlias = Callable[[Case], Iterator[Fix | None]]


@dataclass(frozen=True, slots=True)
class Mender:
    """A function that looks for fixes, and the kinds of problem it knows."""

    kinds: tuple[ProblemKind, ...]
    mend: Mend


MENDERS: Registry[Mender] = Registry("remedy", "explorer.remedies")


def mends(*kinds: ProblemKind) -> Callable[[Mend], Mend]:
    """Registers a function that yields fixes for some kinds of problem, the best first; they are tried afterwards."""

    def registered(mend: Mend) -> Mend:
        MENDERS.add(mend.__name__, Mender(kinds, mend))
        return mend

    return registered


def place_of(network: Network, path: Path) -> tuple[Path, Place]:
    """The block at ``path``, or the innermost one around it that a person can edit, and its place."""
    while path:
        try:
            return path, locate(network.body, path)
        except EditError:
            path = path[:-1]
    return (), ()
