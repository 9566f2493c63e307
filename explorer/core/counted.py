"""What counting finds out about a block: shapes, numbers, problems and further outputs, seen from the block.

Paths and receptive fields start at the block, whatever stands around it; parents compose them by :func:`join`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from explorer.core.block import Block, ProblemKind
from explorer.core.compose import Path, Slot, address
from explorer.core.receptive_field import FLOW, IDENTITY, Reach
from explorer.core.shape import Shape
from explorer.core.wording import spoken

MAX_PROBLEMS = 250  # told of one network; nobody reads more before mending the first
IDENTITY_REACH: Reach = {FLOW: IDENTITY}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must be mended before the network can be assembled.

    Attributes:
        path: The block that has it; empty for the network itself.
        message: What is wrong, with the numbers.
        remedy: What to do about it.
        field: The field of the block to look at, if it is one.
        kind: What is wrong, for what mends it.
        noun: What the block is called where it has no name.
    """

    path: Path
    message: str
    remedy: str
    field: str = ""
    kind: ProblemKind = "other"
    noun: str = ""

    @property
    def where(self) -> str:
        """What a person calls the block; empty for the network itself."""
        return spoken(self.path, self.noun)

    def under(self, slot_path: Path) -> Problem:
        """The same problem seen from further out."""
        return Problem(join(slot_path, self.path), self.message, self.remedy, self.field, self.kind, self.noun)

    def __str__(self) -> str:
        where = f"{self.where}: " if self.path else ""
        return f"{where}{self.message} {self.remedy}"


@dataclass(frozen=True, slots=True)
class OutputShape:
    """A further output of the network.

    Attributes:
        path: The block that gives it.
        name: Its name.
        shape: Its shape, without the batch dimension.
        training_only: Whether it exists in training mode alone.
        weight: How much its loss counts beside that of the main output.
    """

    path: Path
    name: str
    shape: Shape
    training_only: bool
    weight: float

    def under(self, slot_path: Path) -> OutputShape:
        """The same output seen from further out."""
        return dataclasses.replace(self, path=join(slot_path, self.path))


@dataclass(slots=True, eq=False)
class Counted:
    """What counting found out about a block for one arriving shape.

    Attributes:
        block: The block.
        input_shape: The shape that arrives; None behind a problem.
        output_shape: The shape that leaves; None with or behind a problem.
        parameters: Parameters in the block, as far as they could be counted.
        macs: Multiply-accumulates for one image, likewise.
        blocks: Blocks in it after expansion, itself included.
        height: Levels of blocks in it, itself included.
        reach: Input positions that an output position depends on, by source.
        children: The slots in it, in the order in which they run, with what was counted for them and the reach of
            their input from the input of this block.
        problems: With paths from this block on.
        outputs: Further outputs that leave the network from inside.
    """

    block: Block
    input_shape: Shape | None
    output_shape: Shape | None = None
    parameters: int = 0
    macs: int = 0
    blocks: int = 1
    height: int = 1
    reach: Reach = field(default_factory=lambda: IDENTITY_REACH)
    children: tuple[tuple[Slot, Counted, Reach], ...] = ()
    problems: tuple[Problem, ...] = ()
    outputs: tuple[OutputShape, ...] = ()

    def refuse(self, message: str, remedy: str, kind: ProblemKind, field_name: str = "") -> None:
        """Notes a problem of the block itself, behind which no shape is known."""
        self.output_shape = None
        self.problems += (Problem((), message, remedy, field_name, kind, self.block.called()),)

    def take_over(self, inner: Counted) -> None:
        """Takes over the figures of a body that stands for the block."""
        self.output_shape = inner.output_shape
        self.parameters, self.macs = inner.parameters, inner.macs
        self.blocks, self.height = inner.blocks, inner.height
        self.reach, self.children = inner.reach, inner.children
        self.problems, self.outputs = inner.problems, inner.outputs

    def gather(self, slot: Slot, index: int, child: Counted) -> None:
        """Adds the figures of what stands in a slot, the problems as far as there is room for them."""
        self.parameters += child.parameters
        self.macs += child.macs
        self.blocks += child.blocks
        self.height = max(self.height, child.height + 1)
        if child.outputs:
            at = slot_path(slot, index)
            self.outputs += tuple(output.under(at) for output in child.outputs)
        room = MAX_PROBLEMS - len(self.problems)
        if child.problems and room > 0:
            at = slot_path(slot, index)
            self.problems += tuple(problem.under(at) for problem in child.problems[:room])


def join(outer: Path, inner: Path) -> Path:
    """``inner`` seen from ``outer``; an unnamed structure around a name adds no level."""
    if outer and inner and outer[-1].startswith("#"):
        if inner[0].startswith("#"):
            return (*outer[:-1], f"{outer[-1]}.{inner[0][1:]}", *inner[1:])
        return (*outer[:-1], *inner)
    return outer + inner


def slot_path(slot: Slot, index: int) -> Path:
    """The path of a slot from the structure it stands in."""
    return (address(slot, (index,)),)


def positions(shape: Shape | None) -> tuple[int, int]:
    """Height and width of an image; one position for all else."""
    return (shape[1], shape[2]) if shape is not None and len(shape) == 3 else (1, 1)
