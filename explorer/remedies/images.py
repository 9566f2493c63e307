"""Vectors where an image is needed, and images where a vector is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool
from explorer.blocks.reshape import Flatten
from explorer.core.address import slot_at
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place


@mends("no_vector")
def flatten_first(case: Case) -> Iterator[Fix | None]:
    """The image as one vector, whole or pooled."""
    yield case.with_first("Flatten first", Flatten())
    yield case.with_first("Pool to 1 × 1 first", GlobalAvgPool())
    if len(case.shape) == 2 and isinstance(case.block, Linear):
        yield case.with_fields("Work on the last dimension", last_dim=True)


@mends("no_image")
def image_first(case: Case) -> Iterator[Fix | None]:
    """The block in front of what makes a vector of the image, or that one behind the blocks that need an image."""
    found = _vector_maker(case)
    if found is None:
        return
    maker, here = found
    name, mover = changes.title(case.network, maker), changes.title(case.network, here)
    yield case.fix(f"Move {mover} in front of {name}", lambda: changes.moved(case.network, here, maker[-1]))
    block = slot_at(case.network.body, maker).block
    if isinstance(block, GlobalAvgPool):
        kept = dataclasses.replace(block, keep_dims=True)
        kept_there = changes.replaced(case.network, maker, kept)
        yield case.fix(f"Keep channels × 1 × 1 in {name}", lambda: (kept_there, case.place))
    last = _last_before_linear(case, here)
    if last > here[-1]:
        behind = changes.title(case.network, (*here[:-1], last))
        yield case.fix(f"Move {name} behind {behind}", lambda: changes.moved(case.network, maker, last))
    if isinstance(block, Flatten):
        yield case.fix(f"Remove {name}", lambda: changes.removed(case.network, maker))


def _vector_maker(case: Case) -> tuple[Place, Place] | None:
    """The nearest block before that makes a vector of an image, and what stands behind it in the same chain."""
    counted = case.network.count()
    for depth in range(len(case.place), 0, -1):
        here = case.place[:depth]
        if not changes.in_sequence(case.network, here):
            continue
        for index in range(here[-1] - 1, -1, -1):
            before = (*here[:-1], index)
            child = changes.counted_at(counted, before)
            shapes = (child.input_shape, child.output_shape) if child is not None else (None, None)
            if shapes[0] and shapes[1] and len(shapes[0]) == 3 and len(shapes[1]) == 1:
                return before, here
    return None


def _last_before_linear(case: Case, here: Place) -> int:
    """The index of the last block of the chain before its first Linear."""
    chain = changes.holder(case.network, here)
    for index in range(here[-1] + 1, len(chain.slots)):
        if isinstance(chain.slots[index].block, Linear):
            return index - 1
    return len(chain.slots) - 1
