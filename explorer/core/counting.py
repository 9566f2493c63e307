"""Counting: shapes, parameters, MACs and receptive fields, the local part of the analysis.

The result for a block depends on the block, the shape that arrives and the shapes of the taps in scope, on nothing
else. So it is kept on the block itself, and after an edit only the blocks on the way to the edit are counted again.
Results are relative (paths and receptive fields start at the block); parents compose them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from explorer.core.block import Block, BlockError, Composite, Layer, parameter_count
from explorer.core.compose import Add, Chain, Concat, Container, Multiply, Output, Recall, Repeat, Slot, Tap, Unknown
from explorer.core.counted import IDENTITY_REACH, Counted, OutputShape, positions
from explorer.core.merging import end_to_end, merged_shape, recalled_shape, ungated
from explorer.core.receptive_field import FLOW, IDENTITY, STATISTICS, Reach, reach_after, reach_union
from explorer.core.refusals import (
    MAX_BLOCKS,
    MAX_DEPTH,
    check_limits,
    check_names,
    refuse_many,
    refuse_recall,
    refused_depth,
)
from explorer.core.shape import Shape, format_shape

MAX_KEPT = 64  # results kept with one block; a person who drags the input size passes through thousands

TapShapes: TypeAlias = Mapping[str, Shape]
STATISTICS_REACH: Reach = {FLOW: STATISTICS}
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
        return refused_depth(block, shape)
    result = _count(block, shape, taps, depth)
    if depth + result.height <= MAX_DEPTH + 1:  # a result cut off by the depth is no property of the block
        if len(kept) >= MAX_KEPT:
            kept.clear()
        kept[key] = result
    return result


def _count(block: Block, shape: Shape | None, taps: TapShapes, depth: int) -> Counted:
    counted = Counted(block, shape)
    if isinstance(block, Unknown):
        counted.refuse(block.reason, "Remove it or put a known block in its place.", "unknown")
        return counted
    for name, message in block.field_problems():
        counted.refuse(f"{block.type_name()}: {message}", "Set it within its limits.", "value", name)
    if counted.problems:
        return counted
    try:
        _counter(type(block))(counted, taps, depth)
    except BlockError as error:
        counted.refuse(error.message, error.remedy, error.kind)
    if counted.output_shape is not None:
        check_limits(counted)
    return counted


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
    counted.take_over(inner)


def _count_output(counted: Counted, taps: TapShapes, depth: int) -> None:
    output = counted.block
    if not isinstance(output, Output):
        return
    inner = count(output.body, counted.input_shape, taps, depth)
    counted.take_over(inner)
    counted.output_shape, counted.reach = counted.input_shape, IDENTITY_REACH
    if inner.output_shape is None:
        counted.output_shape = None
    else:
        counted.outputs += (OutputShape((), output.name, inner.output_shape, output.training_only, output.weight),)


def _count_chain(counted: Counted, taps: TapShapes, depth: int) -> None:
    chain = counted.block
    if isinstance(chain, Container):
        check_names(counted, chain)
        _run(counted, chain.slots, taps, depth)


def _run(counted: Counted, slots: tuple[Slot, ...], taps: TapShapes, depth: int) -> None:
    """Runs slots one after the other, as chains and repeats do."""
    shape, reach = counted.input_shape, IDENTITY_REACH
    local: dict[str, Reach] = {}  # what the taps of this chain depend on
    children = []
    for index, slot in enumerate(slots):
        if counted.blocks > MAX_BLOCKS:
            refuse_many(counted)
            shape = None
            break
        block = slot.block
        if not slot.enabled:
            children.append((slot, Counted(block, shape, shape), reach))
            continue
        child = count(block, shape, taps, depth + 1)
        children.append((slot, child, reach))
        counted.gather(slot, index, child)
        if isinstance(block, Tap) and child.output_shape is not None:
            taps, local = {**taps, block.name: child.output_shape}, {**local, block.name: reach}
        elif child.reach is not IDENTITY_REACH:
            reach = reach_after(child.reach, {FLOW: reach, **local}, positions(child.output_shape))
        shape = child.output_shape
    counted.children, counted.reach, counted.output_shape = tuple(children), reach, shape


def _count_repeat(counted: Counted, taps: TapShapes, depth: int) -> None:
    repeat = counted.block
    if not isinstance(repeat, Repeat):
        return
    if not repeat.names:
        raise BlockError("The repeat has no copies.", "Give it at least one copy, or remove it.", "no_copies")
    if len(repeat.names) > MAX_BLOCKS:
        refuse_many(counted)
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
        refuse_recall(counted, recall.name, taps)
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


def _count_merge(counted: Counted, taps: TapShapes, depth: int) -> None:
    merge = counted.block
    if not isinstance(merge, Add | Concat | Multiply):
        return
    check_names(counted, merge)
    children = []
    for index, slot in enumerate(merge.slots):
        if slot.enabled:
            child = count(slot.block, counted.input_shape, taps, depth + 1)
            counted.gather(slot, index, child)
        else:
            child = Counted(slot.block, counted.input_shape)
        children.append((slot, child, IDENTITY_REACH))
        if counted.blocks > MAX_BLOCKS:
            break
    counted.children = tuple(children)
    branches = [child for slot, child, _ in children if slot.enabled]
    if counted.blocks > MAX_BLOCKS:
        refuse_many(counted)
        return
    if not branches:
        raise BlockError(f"{merge.type_name()} has no branches.", "Add a branch, or remove it.", "no_branches")
    shapes = [child.output_shape for child in branches if child.output_shape is not None]
    if len(shapes) == len(branches):
        _merge_branches(counted, merge, branches, shapes)


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
