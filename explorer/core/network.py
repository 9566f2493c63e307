"""The network: a frozen value. Its edits are in :mod:`explorer.core.edits`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Self

from explorer.core.address import find_counted, locate, slot_at
from explorer.core.block import Block
from explorer.core.compose import Chain, Path, Slot
from explorer.core.counted import Counted
from explorer.core.counting import count
from explorer.core.fields import IntsField, Invalid
from explorer.core.freezing import Frozen
from explorer.core.lr_factors import LrFactors
from explorer.core.shape import MAX_FEATURES, Shape
from explorer.core.structure_edits import StructureEdits
from explorer.errors import EditError

__all__ = ["CLASSIFICATION", "MAIN_INPUT", "PLACEHOLDERS", "Input", "Network", "Provenance", "find_counted"]

MAIN_INPUT = "image"
CLASSIFICATION = "classification"  # the task of a network that tells classes apart
# What stands in a network for what its file had in no readable form.
PLACEHOLDERS: dict[str, object] = {
    "name": "",
    "inputs": (),
    "body": Chain(),
    "task": "",
    "frozen": frozenset(),
    "lr_factors": frozenset(),
    "provenance": None,
    "definitions": (),
}


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the network.

    Attributes:
        name: What it is called; all but the first are recalled by this name like a tap.
        shape: Its shape without the batch dimension.
        optional: Whether the assembled module has a default for it.
    """

    name: str
    shape: Shape
    optional: bool = False

    def __post_init__(self) -> None:
        shape = IntsField(maximum=MAX_FEATURES).normalise(self.shape)
        object.__setattr__(self, "shape", () if isinstance(shape, Invalid) else shape)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a network came from: a zoo entry with its options, so that a badge can say what changed since.

    Attributes:
        network: The key in the zoo.
        options: The options it was made with, sorted by name.
    """

    network: str
    options: tuple[tuple[str, str | int | float | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Network(StructureEdits):
    """A network as a value.

    Attributes:
        name: What a person calls it.
        inputs: The inputs; the first is where the chain starts.
        body: The blocks.
        task: What is learned.
        frozen: Paths whose parameters are not trained.
        provenance: Where it came from, if from the zoo.
        unread: Keys of the file that could not be read or are not known, with their JSON (MISSING for one that was not
            there); see :attr:`still_unread`.
        definitions: Definitions of user blocks in the file from which no block here is made, with their JSON, since
            what could not be read may refer to them; saved back as they were.
        lr_factors: By how much the learning rate of blocks differs from that of the run.
    """

    name: str
    inputs: tuple[Input, ...]
    body: Chain
    task: str = CLASSIFICATION
    frozen: Frozen = frozenset()
    provenance: Provenance | None = None
    unread: tuple[tuple[str, Invalid], ...] = ()
    definitions: tuple[tuple[str, Invalid], ...] = ()
    lr_factors: LrFactors = frozenset()

    @classmethod
    def of(cls, name: str, input_shape: Shape, body: Chain, provenance: Provenance | None = None) -> Network:
        """A network with one input."""
        return cls(name, (Input(MAIN_INPUT, tuple(input_shape)),), body, provenance=provenance)

    @property
    def input_shape(self) -> Shape:
        """The shape of the first input, without the batch dimension; empty for a file in which it could not be read."""
        return self.inputs[0].shape if self.inputs else ()

    @property
    def still_unread(self) -> dict[str, Invalid]:
        """What was unread in the file and has no value yet; saved back as it was."""
        return {
            key: kept for key, kept in self.unread if key not in PLACEHOLDERS or getattr(self, key) == PLACEHOLDERS[key]
        }

    def slot(self, path: Path) -> Slot:
        """The slot at ``path``.

        Raises:
            EditError: If there is none, or it lies inside a composite.
        """
        if not path:
            raise EditError("The network itself is not in a slot; choose a block.")
        return slot_at(self.body, locate(self.body, path))

    def block(self, path: Path) -> Block:
        """The block at ``path``; the chain of the whole network for the empty path.

        Raises:
            EditError: If there is none, or it lies inside a composite.
        """
        return self.slot(path).block if path else self.body

    def count(self) -> Counted:
        """The counted chain; kept with the chain, so asking again is free."""
        taps = {entry.name: entry.shape for entry in self.inputs[1:]}
        return count(self.body, self.input_shape or None, taps)

    def with_input_shape(self, shape: Shape) -> Self:
        """The same network for another size of its first input."""
        first = self.inputs[0] if self.inputs else Input(MAIN_INPUT, ())
        return self._with("inputs", (dataclasses.replace(first, shape=tuple(shape)), *self.inputs[1:]))

    def _with(self, key: str, value: object) -> Self:
        return dataclasses.replace(self, **{key: value})  # type: ignore[arg-type]
