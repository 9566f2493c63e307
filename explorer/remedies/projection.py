"""Projections, which only pick pixels and mix channels: new ones, and those of a branch that lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.blocks.conv import Conv2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.core.block import Block
from explorer.core.compose import Chain, Slot
from explorer.core.fields import MAX_KERNEL
from explorer.core.shape import Shape, Size
from explorer.remedies import changes
from explorer.remedies.changes import Place

_KEEPS_SHAPES = ("normalisation", "activation")  # categories of what may stand beside the projection of a branch


def project(shape: Shape, target: Shape) -> Block | None:
    """A new projection from one shape to another; None where that cannot be."""
    if len(shape) == 1 == len(target):
        return Linear(target[0])
    stride = _stride(shape, target)
    if stride is None:
        return None
    return Chain(("0", Conv2d(target[0], 1, stride=stride, bias=False)), ("1", BatchNorm2d()))


def mended_projection(place: Place, branch: Slot, shape: Shape, target: Shape) -> tuple[Place, Block | None]:
    """The projection that a branch consists of, leading to another shape, and where it stands.

    Args:
        place: The place of the branch.
        branch: Its slot.
        shape: What arrives at the branch.
        target: What is to leave it.

    Returns:
        The place and the block; None for the block where the branch does more than that, or no projection leads there.
    """
    layers = list(_layers(place, branch))
    found = [(there, block) for there, block in layers if block.category not in _KEEPS_SHAPES]
    if len(found) != 1:
        return place, None
    there, block = found[0]
    return there, _leading_to(block, shape, target)


def _layers(place: Place, slot: Slot) -> Iterator[tuple[Place, Block]]:
    """The blocks of a branch that run, from chains of chains."""
    if not slot.enabled:
        return
    if isinstance(slot.block, Chain):
        for index, inner in enumerate(slot.block.slots):
            yield from _layers((*place, index), inner)
    else:
        yield place, slot.block


def _leading_to(block: Block, shape: Shape, target: Shape) -> Block | None:
    if isinstance(block, Linear) and len(target) == 1:
        return changes.with_values(block, out_features=target[0])
    is_projection = isinstance(block, Conv2d | ConvBlock) and (block.kernel_size, block.padding) == (1, 0)
    stride = _stride(shape, target) if is_projection else None
    return None if stride is None else changes.with_values(block, out_channels=target[0], stride=stride)


def _stride(shape: Shape, target: Shape) -> Size | None:
    """The stride with which a window of one pixel leads from one image size to another; None where none does."""
    if len(shape) != 3 or len(target) != 3:
        return None
    height, width = (_steps(size, wanted) for size, wanted in zip(shape[1:], target[1:], strict=True))
    if height is None or width is None:
        return None
    return height if height == width else (height, width)


def _steps(size: int, wanted: int) -> int | None:
    return next((stride for stride in range(1, MAX_KERNEL + 1) if -(-size // stride) == wanted), None)
