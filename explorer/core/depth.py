"""The depth of a network as papers count it: convolutions and linear layers on the longest way from input to output.

So ResNet-34 has 34, its projections beside the way aside, VGG-19 has 19 and GoogLeNet 22. A 1 x 1 gate on a larger
image (squeeze and excitation) is no way through the network and counts as its other factors do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from explorer.core.block import Layer
from explorer.core.compose import Add, Concat, Multiply, Output, Recall, Tap
from explorer.core.counted import Counted, positions

_COUNTED = ("convolution", "linear")

Depths: TypeAlias = Mapping[str, int]  # of the taps in scope


def depth(counted: Counted, start: int = 0, taps: Depths | None = None) -> int:
    """Counted layers on the longest way to the output of a block.

    Args:
        counted: The block as it was counted.
        start: Layers on the way to its input.
        taps: Layers on the way to each tap in scope.
    """
    block, taps = counted.block, taps or {}
    if isinstance(block, Layer):
        return start + (block.category in _COUNTED)
    if isinstance(block, Add | Concat | Multiply):
        return _of_merge(counted, start, taps)
    if isinstance(block, Recall):
        tapped = taps.get(block.name, 0)
        return tapped if block.merge == "replace" else max(start, tapped)
    return start if isinstance(block, Tap | Output) else _of_chain(counted, start, taps)


def _of_merge(counted: Counted, start: int, taps: Depths) -> int:
    branches = [child for slot, child, _ in counted.children if slot.enabled]
    if isinstance(counted.block, Multiply):
        whole = positions(counted.output_shape)
        branches = [child for child in branches if positions(child.output_shape) == whole]
    return max((depth(child, start, taps) for child in branches), default=start)


def _of_chain(counted: Counted, start: int, taps: Depths) -> int:
    for slot, child, _ in counted.children:
        if not slot.enabled:
            continue
        if isinstance(child.block, Tap):
            taps = {**taps, child.block.name: start}
        start = depth(child, start, taps)
    return start
