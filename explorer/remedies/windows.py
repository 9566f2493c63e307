"""Windows larger than the image: less of what makes the image small, or a smaller window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from explorer.blocks.pool import AvgPool2d, MaxPool2d
from explorer.blocks.vgg import VGGBlock
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Repeat
from explorer.core.fields import MAX_KERNEL
from explorer.core.shape import MAX_IMAGE, Shape, format_shape, pair
from explorer.core.wording import amount
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place
from explorer.remedies.sizes import one_size, said

Pooling: TypeAlias = MaxPool2d | AvgPool2d

_MOST_LOOKED_AT = 24  # blocks before the problem that could shrink the image less


@mends("empty_output")
def smaller_window(case: Case) -> Iterator[Fix | None]:
    """Padding, a smaller kernel, one pooling less, fewer copies, or a larger input."""
    is_pooling = isinstance(case.block, Pooling)
    yield _without_pooling(case, case.place) if is_pooling else _padded(case)
    yield _smaller_kernel(case)
    yield _undilated(case)
    if isinstance(case.block, VGGBlock):
        yield case.with_fields(f"Reduce the pooling: none in {case.name}", pool=False)
    yield case.first(_fewer_copies(case))
    yield case.first(_less_shrinking(case))
    large_enough = (fix for fix in _larger_inputs(case) if fix is not None and not analyse(fix.network).problems)
    yield case.first(large_enough) or case.first(_larger_inputs(case))


def _axes(case: Case) -> list[tuple[int, int, int, int]]:
    """Extent, kernel, padding and dilation of height and width."""
    block, shape = case.failing.block, case.shape
    if len(shape) != 3:
        return []
    kernel, dilation = pair(getattr(block, "kernel_size", 1)), pair(getattr(block, "dilation", 1))
    return list(zip(shape[1:], kernel, pair(getattr(block, "padding", 0)), dilation, strict=True))


def _padded(case: Case) -> Fix | None:
    axes = _axes(case)
    if "padding" not in case.block.fields() or not axes:
        return None
    needed = [
        max(padding, -(-(dilation * (kernel - 1) + 1 - extent) // 2)) for extent, kernel, padding, dilation in axes
    ]
    if max(needed) > MAX_KERNEL:
        return None
    padding = one_size([max(needed)] * 2 if needed[0] and needed[1] else needed)
    return case.with_fields(f"Use padding {said(padding)}", padding=padding)


def _smaller_kernel(case: Case) -> Fix | None:
    axes = _axes(case)
    if "kernel_size" not in case.block.fields() or not axes:
        return None
    kernels = []
    for extent, kernel, padding, dilation in axes:
        fitting = min(kernel, (extent + 2 * padding - 1) // dilation + 1)
        # convolutions have odd kernels, so that they have a middle
        kernels.append(fitting if fitting == kernel or isinstance(case.block, Pooling) else fitting - 1 + fitting % 2)
    size = one_size(kernels)
    return case.with_fields(f"Use kernel {said(size)}", kernel_size=size)


def _undilated(case: Case) -> Fix | None:
    has_gaps = "dilation" in case.block.fields() and any(dilation > 1 for *_, dilation in _axes(case))
    return case.with_fields("Use dilation 1", dilation=1) if has_gaps else None


def _fewer_copies(case: Case) -> Iterator[Fix | None]:
    """Repeats that end before the copy that fails."""
    path = case.problem.path
    for depth in range(len(case.place) - 1, 0, -1):
        place = case.place[:depth]
        block = changes.block_at(case.network, place)
        if isinstance(block, Repeat):
            kept = next((number for number, name in enumerate(block.names) if name in path), 0)
            if kept:
                yield _repeated(case, place, block, kept)


def _repeated(case: Case, place: Place, repeat: Repeat, times: int) -> Fix | None:
    label = f"Repeat {amount(times, 'time')} instead of {len(repeat.names)}"
    return case.with_block(label, Repeat(repeat.names[:times], repeat.block), place)


def _less_shrinking(case: Case) -> Iterator[Fix | None]:
    """The blocks before that make the image smaller, the nearest first, each without that."""
    before = [(place, slot.block) for place, slot in changes.places(case.network.body) if slot.enabled]
    shrinking = [(place, block) for place, block in before if place < case.place and _shrinks(block)]
    for place, block in shrinking[: -_MOST_LOOKED_AT - 1 : -1]:
        yield _without_shrinking(case, place, block)


def _shrinks(block: Block) -> bool:
    return pair(getattr(block, "stride", 1)) != (1, 1) or (isinstance(block, VGGBlock) and block.pool)


def _without_shrinking(case: Case, place: Place, block: Block) -> Fix | None:
    name = changes.title(case.network, place)
    if isinstance(block, Pooling):
        return _without_pooling(case, place)
    if isinstance(block, VGGBlock):
        label, less = f"Reduce the pooling: none in {name}", changes.with_values(block, pool=False)
    else:
        label, less = f"Use stride 1 in {name}", changes.with_values(block, stride=1)
    return case.with_block(label, less, place)


def _without_pooling(case: Case, place: Place) -> Fix | None:
    if changes.is_copy(case.network, place):  # all copies would go
        return None
    label = f"Reduce the pooling: remove {changes.title(case.network, place)}"
    return case.fix(label, lambda: changes.removed(case.network, place))


def _larger_inputs(case: Case) -> Iterator[Fix | None]:
    shape = case.network.input_shape
    if len(shape) != 3:
        return
    channels, height, width = shape
    while max(height, width) * 2 <= MAX_IMAGE:
        height, width = height * 2, width * 2
        yield _with_input(case, (channels, height, width))


def _with_input(case: Case, shape: Shape) -> Fix | None:
    network = case.network.with_input_shape(shape)
    return case.fix(f"Use an input of {format_shape(shape)}", lambda: (network, case.place))
