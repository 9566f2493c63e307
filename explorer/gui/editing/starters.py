"""What a new block looks like where it lands: as many channels as arrive, and something in the branches of a merge."""

from __future__ import annotations

import dataclasses

from explorer.blocks.activation import Sigmoid
from explorer.blocks.conv import Conv2d
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Multiply
from explorer.core.shape import Shape


def fitted(block: Block, shape: Shape | None) -> Block:
    """A new block for the shape that arrives.

    A residual block keeps the channels, so that its shortcut is the identity; a merge without branches gets two.
    """
    channels = shape[0] if shape is not None and len(shape) == 3 else None
    if isinstance(block, Add | Concat | Multiply) and not block.slots:
        return _with_branches(block, channels or 64)
    if channels is None or block.group != "block" or "out_channels" not in block.fields():
        return block
    changes = {"out_channels": channels}
    if "width" in block.fields():
        changes["width"] = max(1, channels // 4)
    return dataclasses.replace(block, **changes)  # type: ignore[type-var]


def _with_branches(merge: Add | Concat | Multiply, channels: int) -> Block:
    if isinstance(merge, Multiply):
        return Multiply(Chain(), Chain(("conv1", Conv2d(channels, 1)), ("sigmoid1", Sigmoid())))
    convolution = Chain(("conv1", Conv2d(channels, 3, padding=1)))
    if isinstance(merge, Add):
        return Add(convolution, Chain())
    return Concat(convolution, Chain(("conv2", Conv2d(channels, 1))))
