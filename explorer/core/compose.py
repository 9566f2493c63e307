"""Composition: chains of named slots, merges of branches, repeats, taps, recalls and outputs.

Names are the address. A chain holds slots; a path is the tuple of their names and, joined by dots, the key of a
``state_dict``. A slot without a name adds no level: what it holds is named in the scope around it, so wrapping,
folding and unpacking never change a key. Only structures may go without a name. For a person's selection an unnamed
structure is addressed by its place, such as ``#2`` or ``#2.0`` (slot 0 of the structure in slot 2).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeAlias

from explorer.core.block import Block, Category, register
from explorer.core.fields import choice, flag, integer, real, text
from explorer.core.names import LONGEST_NAME, place_name
from explorer.core.wording import amount
from explorer.errors import EditError

if TYPE_CHECKING:
    from explorer.core.outline import Outline

Path: TypeAlias = tuple[str, ...]
MAIN_OUTPUT = "output"  # the name of the output of a network's chain beside those of its Output blocks
TAP = "tap"  # what the name in a recall refers to: a tap in sight, or a further input of the network


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place for a block.

    Attributes:
        name: Unique in its scope; empty only for structures, which then add no level.
        block: What stands there.
        enabled: A disabled block is skipped in shapes, training and export.
        note: A person's remark; it never changes a number.
    """

    name: str
    block: Block
    enabled: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not isinstance(self.block, Block):
            raise EditError(f"A slot holds a block by a name, not {self.block!r} by {self.name!r}.")
        if self.is_kept:
            for field, empty in (("name", ""), ("enabled", True), ("note", "")):
                object.__setattr__(self, field, empty)

    @property
    def is_kept(self) -> bool:
        """Whether the file has no slot here: its text is saved back as it was, without room for anything else."""
        return isinstance(self.block, Unknown) and self.block.as_slot

    def holding(self, block: Block) -> Slot:
        """The same place with another block."""
        return self if block is self.block else dataclasses.replace(self, block=block)


Part: TypeAlias = Slot | tuple[str, Block] | Block


def _slot(part: Part) -> Slot:
    if isinstance(part, Slot):
        return part
    return Slot(*part) if isinstance(part, tuple) else Slot("", part)


class Container(Block):
    """A structure whose slots a person can edit."""

    __slots__ = ("_outline",)

    category: ClassVar[Category] = "merge"
    group: ClassVar[str] = "structure"
    slots: tuple[Slot, ...]
    _outline: Outline  # made when first asked for, dies with the structure

    def with_slots(self, slots: tuple[Slot, ...]) -> Self:
        """The same structure with other slots."""
        raise NotImplementedError


class _Parts(Container):
    """A container that is made of parts: slots, ``(name, block)`` pairs or unnamed blocks."""

    __slots__ = ()

    def __init__(self, *parts: Part, slots: tuple[Slot, ...] = ()) -> None:
        object.__setattr__(self, "slots", (*map(_slot, parts), *slots))

    def with_slots(self, slots: tuple[Slot, ...]) -> Self:
        return type(self)(*slots)

    def describe(self) -> str:
        return amount(len(self.slots), "branch", "branches")


@register
@dataclass(frozen=True, slots=True, init=False)
class Chain(_Parts):
    """Blocks one after the other; an empty chain is the identity."""

    category: ClassVar[Category] = "other"
    slot_name: ClassVar[str] = "chain"
    noun: ClassVar[str] = "chain"
    summary: ClassVar[str] = "Blocks one after the other, folded into one card."
    slots: tuple[Slot, ...] = ()

    def describe(self) -> str:
        copies = [len(slot.block.names) if isinstance(slot.block, Repeat) else 1 for slot in self.slots]
        blocks = [slot.block.block if isinstance(slot.block, Repeat) else slot.block for slot in self.slots]
        kinds = {block.type_name() for block in blocks}
        return f"{sum(copies)} × {kinds.pop()}" if len(kinds) == 1 and sum(copies) > 1 else amount(sum(copies), "block")


@register
@dataclass(frozen=True, slots=True, init=False)
class Add(_Parts):
    """The sum of its branches, which must give one shape; an empty branch is the identity."""

    slot_name: ClassVar[str] = "add"
    noun: ClassVar[str] = "sum"
    summary: ClassVar[str] = "Adds the outputs of its branches: the heart of a residual connection."
    slots: tuple[Slot, ...] = ()


@register
@dataclass(frozen=True, slots=True, init=False)
class Multiply(_Parts):
    """The product of its branches; extents of 1 are stretched, so a branch can be a gate."""

    slot_name: ClassVar[str] = "multiply"
    noun: ClassVar[str] = "product"
    summary: ClassVar[str] = "Multiplies the outputs of its branches; a 1 × 1 branch is a gate."
    slots: tuple[Slot, ...] = ()


@register
@dataclass(frozen=True, slots=True, init=False)
class Concat(_Parts):
    """The outputs of its branches one behind the other along ``dim`` (0 is the batch, as in torch)."""

    slot_name: ClassVar[str] = "concat"
    noun: ClassVar[str] = "concatenation"
    summary: ClassVar[str] = "Puts the channels of its branches one behind the other."
    slots: tuple[Slot, ...] = ()
    dim: int = integer(1, minimum=1, maximum=4, help="dimension along which the branches are joined; 1: channels")

    def __init__(self, *parts: Part, dim: int = 1, slots: tuple[Slot, ...] = ()) -> None:
        _Parts.__init__(self, *parts, slots=slots)
        object.__setattr__(self, "dim", dim)
        self.__post_init__()

    def with_slots(self, slots: tuple[Slot, ...]) -> Self:
        return type(self)(*slots, dim=self.dim)


@register
@dataclass(frozen=True, slots=True)
class Repeat(Container):
    """Copies of one block, each with weights of its own and with the shape that reaches it.

    Attributes:
        names: The names of the copies in the scope around the repeat.
        block: What is copied.
    """

    category: ClassVar[Category] = "other"
    slot_name: ClassVar[str] = "repeat"
    noun: ClassVar[str] = "repeat"
    summary: ClassVar[str] = "The same block several times, each copy with weights of its own."
    names: tuple[str, ...]
    block: Block

    @property
    def slots(self) -> tuple[Slot, ...]:  # type: ignore[override]
        """One slot a copy."""
        return tuple(Slot(name, self.block) for name in self.names)

    def with_slots(self, slots: tuple[Slot, ...]) -> Self:
        """Copies by those names; an edit of one copy is an edit of all.

        Raises:
            EditError: If the copies would differ.
        """
        others = [slot.block for slot in slots if slot.block is not self.block]
        block = others[0] if len(others) == 1 and len(slots) == len(self.names) else self.block
        alike = all(other is block or other == block for other in others)
        if not alike or not all(slot.enabled and slot.name and not slot.note for slot in slots):
            raise EditError("The copies of a repeat are all alike; unpack the repeat first, then edit one of them.")
        return type(self)(tuple(slot.name for slot in slots), block)

    def describe(self) -> str:
        return f"{len(self.names)} × {self.block.type_name()}"


def numbered(names: range | int, block: Block) -> Repeat:
    """A repeat whose copies are called by their numbers, as torch names the entries of a Sequential."""
    numbers = range(names) if isinstance(names, int) else names
    return Repeat(tuple(str(number) for number in numbers), block)


@register
@dataclass(frozen=True, slots=True)
class Tap(Block):
    """Names the flow at this place, so that a recall further on can use it.

    Visible to all that follows in its chain, at any depth, and never outside its composite. Of several taps of one
    name the nearest before a recall counts: one further on in the same chain takes the name over, one in an inner chain
    hides the outer one to the end of that chain. So a part can be copied with its tap and its recall and still fits.
    """

    group: ClassVar[str] = "structure"
    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "tap"
    summary: ClassVar[str] = "Remembers the flow here under a name; a Recall further on uses it."
    name: str = text("skip", label="tap name", help="what a Recall names; it finds the nearest tap before it")

    def describe(self) -> str:
        return f"as {self.name}"


@register
@dataclass(frozen=True, slots=True)
class Recall(Block):
    """Brings back what a tap remembered: in place of the flow, or merged with it.

    With ``concat`` the channels of the flow come first, then those of the tap.
    """

    group: ClassVar[str] = "structure"
    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "recall"
    summary: ClassVar[str] = "Brings back what a Tap remembered and merges it with the flow."
    name: str = text("skip", refers_to=TAP, label="tap name", help="the name of the tap")
    merge: str = choice("concat", ("replace", "add", "concat", "multiply"), help="how the flow meets the tap")

    def describe(self) -> str:
        return f"{self.name}, {self.merge}"


@register
@dataclass(frozen=True, slots=True)
class Output(Container):
    """Passes its input on and sends ``body`` of it to a further output of the network.

    Attributes:
        name: The name of that output.
        body: The blocks in front of it, such as an auxiliary classifier.
        training_only: Whether the output exists in training mode alone.
        weight: How much its loss counts beside that of the main output, which counts once. GoogLeNet's auxiliary
            classifiers count 0.3 (Szegedy et al.: Going Deeper with Convolutions, 2014, section 5).
    """

    slot_name: ClassVar[str] = "output"
    noun: ClassVar[str] = "output"
    summary: ClassVar[str] = "A further output of the network, such as an auxiliary classifier."
    name: str = text("auxiliary", label="output name", help="the name of the output")
    body: Chain = Chain()
    training_only: bool = flag(False, help="exists only while training")
    weight: float = real(0.3, maximum=100.0, help="how much its loss counts; that of the main output counts 1")

    @property
    def slots(self) -> tuple[Slot, ...]:  # type: ignore[override]
        """The slots of the body, named in the scope of this block."""
        return self.body.slots

    def with_slots(self, slots: tuple[Slot, ...]) -> Self:
        return dataclasses.replace(self, body=Chain(*slots))

    def describe(self) -> str:
        weight = f", weight {self.weight:g}" if isinstance(self.weight, float) else ""
        return f"{self.name}{weight}{', while training' if self.training_only else ''}"


@dataclass(frozen=True, slots=True)
class Unknown(Block):
    """JSON that could not be read as a block (or a slot), kept as it is.

    Attributes:
        json: The text, which is saved back unchanged.
        reason: What is wrong with it, as a sentence.
        as_slot: Whether the text stands for a whole slot.
    """

    group: ClassVar[str] = ""
    slot_name: ClassVar[str] = "unknown"
    noun: ClassVar[str] = "unreadable part"
    json: str
    reason: str
    as_slot: bool = False


def is_unnamed_structure(slot: Slot) -> bool:
    """Whether the slot adds no level, so that what it holds is named in the scope around it."""
    return not slot.name and isinstance(slot.block, Container)


def address(slot: Slot, route: tuple[int, ...]) -> str:
    """What a slot is called in a path: its name, or its place where it has none that could be one."""
    named = slot.name and not slot.name.startswith("#") and len(slot.name) <= LONGEST_NAME
    return slot.name if named else place_name(route)
