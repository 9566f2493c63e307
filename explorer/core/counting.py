"""Counting: shapes, parameters, MACs and receptive fields, the local part of the analysis.

The result for a block depends on the block, the shape that arrives and the shapes of the taps in scope, on nothing
else. So it is kept on the block itself, and after an edit only the blocks on the way to the edit are counted again.
Results are relative (paths and receptive fields start at the block); parents compose them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from explorer.core.block import Block, BlockError, Composite, Layer, ProblemKind, parameter_count
from explorer.core.compose import (
    Add,
    Chain,
    Concat,
    Container,
    Multiply,
    Output,
    Path,
    Recall,
    Repeat,
    Slot,
    Tap,
    Unknown,
    address,
)
from explorer.core.fields import shortened
from explorer.core.merging import end_to_end, merged_shape, recalled_shape, ungated
from explorer.core.names import name_problem
from explorer.core.outline import names_brought, outline
from explorer.core.receptive_field import FLOW, IDENTITY, STATISTICS, Reach, reach_after, reach_union
from explorer.core.shape import MAX_CHANNELS, MAX_FEATURES, MAX_IMAGE, Shape, elements, format_shape
from explorer.core.wording import spoken

MAX_BLOCKS = 20_000
MAX_DEPTH = 32
MAX_PARAMETERS = 2_000_000_000
MAX_PROBLEMS = 250  # told of one network; nobody reads more before mending the first
MAX_NAMES_TOLD = 6  # of the taps that a recall could use
MAX_KEPT = 64  # results kept with one block; a person who drags the input size passes through thousands

TapShapes: TypeAlias = Mapping[str, Shape]
IDENTITY_REACH: Reach = {FLOW: IDENTITY}
STATISTICS_REACH: Reach = {FLOW: STATISTICS}


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


def join(outer: Path, inner: Path) -> Path:
    """``inner`` seen from ``outer``; an unnamed structure around a name adds no level."""
    if outer and inner and outer[-1].startswith("#"):
        if inner[0].startswith("#"):
            return (*outer[:-1], f"{outer[-1]}.{inner[0][1:]}", *inner[1:])
        return (*outer[:-1], *inner)
    return outer + inner


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


_NO_TAPS: TapShapes = {}


def count(block: Block, shape: Shape | None, taps: TapShapes = _NO_TAPS, depth: int = 0) -> Counted:
    """Counts a block for the shape that arrives.

    Args:
        block: Any block.
        shape: The shape that arrives; None behind a problem, where only the fields can be checked.
        taps: Shapes of the taps in scope, by name.
        depth: Levels above the block.
    """
    key = (shape, tuple(taps.items())) if taps and isinstance(block, Container | Recall) else shape
    kept: dict[object, Counted] | None = getattr(block, "_counts", None)
    if kept is None:
        kept = {}
        object.__setattr__(block, "_counts", kept)
    known = kept.get(key)
    if known is not None and depth + known.height <= MAX_DEPTH + 1:
        return known
    if depth > MAX_DEPTH:
        return _failed(
            Counted(block, shape), f"Blocks are nested more than {MAX_DEPTH} deep.", "Unpack some of them.", "too_deep"
        )
    result = _count(block, shape, taps, depth)
    if depth + result.height <= MAX_DEPTH + 1:  # a result cut off by the depth is no property of the block
        if len(kept) >= MAX_KEPT:
            kept.clear()
        kept[key] = result
    return result


def _failed(counted: Counted, message: str, remedy: str, kind: ProblemKind, field_name: str = "") -> Counted:
    counted.output_shape = None
    counted.problems += (Problem((), message, remedy, field_name, kind, counted.block.called()),)
    return counted


def _count(block: Block, shape: Shape | None, taps: TapShapes, depth: int) -> Counted:
    counted = Counted(block, shape)
    if isinstance(block, Unknown):
        return _failed(counted, block.reason, "Remove it or put a known block in its place.", "unknown")
    for name, message in block.field_problems():
        _failed(counted, f"{block.type_name()}: {message}", "Set it within its limits.", "value", name)
    if counted.problems:
        return counted
    try:
        _counter(type(block))(counted, taps, depth)
    except BlockError as error:
        return _failed(counted, error.message, error.remedy, error.kind)
    if counted.output_shape is not None:
        _check_limits(counted)
    return counted


def _check_limits(counted: Counted) -> None:
    shape = counted.output_shape or ()
    too_wide = len(shape) == 3 and (shape[0] > MAX_CHANNELS or shape[1] > MAX_IMAGE or shape[2] > MAX_IMAGE)
    if counted.parameters > MAX_PARAMETERS:
        _failed(
            counted,
            f"{counted.block.type_name()} has {counted.parameters:,} parameters, more than {MAX_PARAMETERS:,}.",
            "Use fewer channels or features.",
            "parameters",
        )
    elif too_wide or elements(shape) > MAX_FEATURES:
        _failed(
            counted,
            f"The output {format_shape(shape)} is larger than {MAX_CHANNELS:,} channels of "
            f"{MAX_IMAGE:,} × {MAX_IMAGE:,} pixels or {MAX_FEATURES:,} values.",
            "Use fewer channels or a larger stride.",
            "output_size",
        )


def _count_layer(counted: Counted, taps: TapShapes, depth: int) -> None:  # noqa: ARG001 - one signature for all kinds
    layer, shape = counted.block, counted.input_shape
    if shape is None or not isinstance(layer, Layer):
        return
    output = layer.output_shape(shape)
    if len(shape) == 3 == len(output) and min(output) < 1:
        raise BlockError(
            f"Nothing would be left of {format_shape(shape)}: the output of {layer.type_name()} would be empty.",
            "Use a smaller kernel, more padding or a larger image.",
            "empty_output",
        )
    counted.output_shape = output
    counted.parameters = parameter_count(layer.parameter_terms(shape))
    counted.macs = layer.macs(shape, output)
    reach = layer.receptive_field(shape, output)
    if reach is not IDENTITY:
        counted.reach = {FLOW: reach.leaving_aside() if layer.statistics else reach}
    elif layer.statistics:
        counted.reach = STATISTICS_REACH


def _count_composite(counted: Counted, taps: TapShapes, depth: int) -> None:  # noqa: ARG001 - taps end at a composite
    if counted.input_shape is None or not isinstance(counted.block, Composite):
        return
    body = counted.block.expanded(counted.input_shape)
    inner = count(body, counted.input_shape, _NO_TAPS, depth)  # the body stands for the block: no level of its own
    _take_over(counted, inner)


def _take_over(counted: Counted, inner: Counted) -> None:
    counted.output_shape = inner.output_shape
    counted.parameters, counted.macs = inner.parameters, inner.macs
    counted.blocks, counted.height = inner.blocks, inner.height
    counted.reach, counted.children = inner.reach, inner.children
    counted.problems, counted.outputs = inner.problems, inner.outputs


def _count_output(counted: Counted, taps: TapShapes, depth: int) -> None:
    output = counted.block
    if not isinstance(output, Output):
        return
    inner = count(output.body, counted.input_shape, taps, depth)
    _take_over(counted, inner)
    counted.output_shape, counted.reach = counted.input_shape, IDENTITY_REACH
    if inner.output_shape is None:
        counted.output_shape = None
    else:
        counted.outputs += (OutputShape((), output.name, inner.output_shape, output.training_only, output.weight),)


def _count_chain(counted: Counted, taps: TapShapes, depth: int) -> None:
    chain = counted.block
    if isinstance(chain, Container):
        _check_names(counted, chain)
        _run(counted, chain.slots, taps, depth)


def _run(counted: Counted, slots: tuple[Slot, ...], taps: TapShapes, depth: int) -> None:
    """Runs slots one after the other, as chains and repeats do."""
    shape, reach = counted.input_shape, IDENTITY_REACH
    local: dict[str, Reach] = {}  # what the taps of this chain depend on
    children = []
    for index, slot in enumerate(slots):
        if counted.blocks > MAX_BLOCKS:
            _too_many(counted)
            shape = None
            break
        block = slot.block
        if not slot.enabled:
            children.append((slot, Counted(block, shape, shape), reach))
            continue
        child = count(block, shape, taps, depth + 1)
        children.append((slot, child, reach))
        _gather(counted, slot, index, child)
        if isinstance(block, Tap) and child.output_shape is not None:
            taps, local = {**taps, block.name: child.output_shape}, {**local, block.name: reach}
        elif child.reach is not IDENTITY_REACH:
            reach = reach_after(child.reach, {FLOW: reach, **local}, positions(child.output_shape))
        shape = child.output_shape
    counted.children, counted.reach, counted.output_shape = tuple(children), reach, shape


def _gather(counted: Counted, slot: Slot, index: int, child: Counted) -> None:
    counted.parameters += child.parameters
    counted.macs += child.macs
    counted.blocks += child.blocks
    counted.height = max(counted.height, child.height + 1)
    if child.outputs:
        at = slot_path(slot, index)
        counted.outputs += tuple(output.under(at) for output in child.outputs)
    room = MAX_PROBLEMS - len(counted.problems)
    if child.problems and room > 0:
        at = slot_path(slot, index)
        counted.problems += tuple(problem.under(at) for problem in child.problems[:room])


def slot_path(slot: Slot, index: int) -> Path:
    """The path of a slot from the structure it stands in."""
    return (address(slot, (index,)),)


def _too_many(counted: Counted) -> None:
    _failed(counted, f"There are more than {MAX_BLOCKS:,} blocks.", "Remove some, or repeat fewer times.", "too_many")


def _check_names(counted: Counted, container: Container) -> None:
    """Names that are bad or taken, in the slots of this structure and, for duplicates, in the scope it shares."""
    if outline(container).is_sound:
        return
    seen: set[str] = set()
    for index, slot in enumerate(container.slots):
        problem = name_problem(slot.name) if slot.name or not isinstance(slot.block, Container | Unknown) else None
        if problem is not None:
            at = slot_path(slot, index)
            counted.problems += (Problem(at, problem, "Rename the block.", kind="name", noun=slot.block.called()),)
        names = names_brought(slot)
        if not seen.isdisjoint(names):
            name = min(seen & names)
            message = f"The name {shortened(name)!r} is used twice in one place."
            counted.problems += (Problem((name,), message, "Rename one of the blocks.", kind="name_taken"),)
        seen |= names


def _count_repeat(counted: Counted, taps: TapShapes, depth: int) -> None:
    repeat = counted.block
    if not isinstance(repeat, Repeat):
        return
    if not repeat.names:
        raise BlockError("The repeat has no copies.", "Give it at least one copy, or remove it.", "no_copies")
    if len(repeat.names) > MAX_BLOCKS:
        _too_many(counted)
    else:
        _count_chain(counted, taps, depth)


def _count_tap(counted: Counted, taps: TapShapes, depth: int) -> None:  # noqa: ARG001 - one signature for all kinds
    counted.output_shape = counted.input_shape


def _count_recall(counted: Counted, taps: TapShapes, depth: int) -> None:  # noqa: ARG001 - one signature for all kinds
    recall, shape = counted.block, counted.input_shape
    if shape is None or not isinstance(recall, Recall):
        return
    tapped = taps.get(recall.name)
    if tapped is None:
        what = f"Nothing is called {shortened(recall.name)!r} here"
        why = "no Tap of that name comes before this Recall in its chain."
        _failed(counted, f"{what}: {why}", _tap_remedy(taps), "no_tap", "name")
        return
    shapes = [shape, tapped]
    if recall.merge == "replace":
        counted.output_shape, counted.reach = tapped, {recall.name: IDENTITY}
        return
    counted.output_shape = recalled_shape(recall, shape, tapped)
    reaches: list[Reach] = [IDENTITY_REACH, {recall.name: IDENTITY}]
    if recall.merge == "multiply":
        reaches = ungated(shapes, reaches, counted.output_shape)
    counted.reach = reach_union(reaches, positions(counted.output_shape))


def _tap_remedy(taps: TapShapes) -> str:
    names = ", ".join(repr(shortened(name)) for name in list(taps)[-MAX_NAMES_TOLD:])
    put = "ut a Tap of that name before it, in its own chain or in one around it."
    return f"Choose one that is seen here ({names}), or p{put}" if names else f"P{put}"


def _count_merge(counted: Counted, taps: TapShapes, depth: int) -> None:
    merge = counted.block
    if not isinstance(merge, Add | Concat | Multiply):
        return
    _check_names(counted, merge)
    children = []
    for index, slot in enumerate(merge.slots):
        child = count(slot.block, counted.input_shape, taps, depth + 1) if slot.enabled else _left_out(counted, slot)
        children.append((slot, child, IDENTITY_REACH))
        if slot.enabled:
            _gather(counted, slot, index, child)
        if counted.blocks > MAX_BLOCKS:
            break
    counted.children = tuple(children)
    branches = [child for slot, child, _ in children if slot.enabled]
    if counted.blocks > MAX_BLOCKS:
        _too_many(counted)
        return
    if not branches:
        raise BlockError(f"{merge.type_name()} has no branches.", "Add a branch, or remove it.", "no_branches")
    shapes = [child.output_shape for child in branches if child.output_shape is not None]
    if len(shapes) == len(branches):
        _merge_branches(counted, merge, branches, shapes)


def _left_out(counted: Counted, slot: Slot) -> Counted:
    return Counted(slot.block, counted.input_shape, None)


def _merge_branches(
    counted: Counted, merge: Add | Concat | Multiply, branches: list[Counted], shapes: list[Shape]
) -> None:
    dim = merge.dim if isinstance(merge, Concat) else 1
    counted.output_shape = merged_shape(merge.type_name().lower(), shapes, dim)
    reaches = [branch.reach for branch in branches]
    if isinstance(merge, Multiply):
        reaches = ungated(shapes, reaches, counted.output_shape)
    elif dim > 1:
        reaches = end_to_end(shapes, reaches, dim - 1)
    if not all(reach is IDENTITY_REACH for reach in reaches):
        counted.reach = reach_union(reaches, positions(counted.output_shape))


def positions(shape: Shape | None) -> tuple[int, int]:
    """Height and width of an image; one position for all else."""
    return (shape[1], shape[2]) if shape is not None and len(shape) == 3 else (1, 1)


_Counter: TypeAlias = Callable[[Counted, TapShapes, int], None]
_COUNTERS: dict[type[Block], _Counter] = {
    Layer: _count_layer,
    Composite: _count_composite,
    Chain: _count_chain,
    Repeat: _count_repeat,
    Output: _count_output,
    Tap: _count_tap,
    Recall: _count_recall,
    Add: _count_merge,
    Concat: _count_merge,
    Multiply: _count_merge,
}


def _counter(cls: type[Block]) -> _Counter:
    if cls not in _COUNTERS:
        _COUNTERS[cls] = next(_COUNTERS[base] for base in cls.__mro__ if base in _COUNTERS)
    return _COUNTERS[cls]
