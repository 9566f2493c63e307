"""Branches that do not fit together: a projection of the short ones, or windows that keep the image's size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Container, Multiply, Slot
from explorer.core.network import Network
from explorer.core.shape import Shape, format_shape, pair
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place
from explorer.remedies.projection import mended_projection, project


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that takes part in a merge.

    Attributes:
        place: Its place.
        slot: Its slot.
        shape: What it gives.
        blocks: How many blocks it has.
    """

    place: Place
    slot: Slot
    shape: Shape
    blocks: int

    @property
    def is_identity(self) -> bool:
        """Whether nothing happens in it."""
        return isinstance(self.slot.block, Chain) and not self.slot.block.slots


@mends("sum_shapes", "product_shapes")
def project_the_shortcut(case: Case) -> Iterator[Fix | None]:
    """The branches that differ from the main one projected to its shape, by what does so already or by a new block."""
    branches = _branches(case)
    if not isinstance(case.block, Add | Multiply):
        return
    for main in sorted(branches, key=lambda branch: _rank(case, branch)):
        yield _projected(case, branches, main.shape)
    yield _same_size(case, stride=False)


def _rank(case: Case, branch: Branch) -> tuple[int, int]:
    """What makes a branch the main one: that it does more than project, and then its length."""
    does_nothing_else = mended_projection(branch.place, branch.slot, case.shape, branch.shape)[1] is not None
    return 2 if branch.is_identity else int(does_nothing_else), -branch.blocks


@mends("concat_shapes")
def one_image_size(case: Case) -> Iterator[Fix | None]:
    """Windows that keep the image's size, the images pooled to one size, or all as vectors."""
    branches = _branches(case)
    if not branches or not isinstance(case.block, Concat):
        return
    yield _same_size(case, stride=False)
    yield _same_size(case, stride=True)
    if all(len(branch.shape) == 3 for branch in branches):
        height, width = (min(branch.shape[axis] for branch in branches) for axis in (1, 2))
        larger = [branch for branch in branches if branch.shape[1:] != (height, width)]
        pool = AdaptiveAvgPool2d((height, width))
        yield _ending(case, f"Pool the branches to {height} × {width}", larger, [pool], "pool")
    else:
        images = [branch for branch in branches if len(branch.shape) > 1]
        yield _ending(case, "Flatten the branches", images, [Flatten()], "flatten")


@mends("concat_shapes", "concat_dim")
def along_the_channels(case: Case) -> Iterator[Fix | None]:
    """The branches joined along the channels."""
    if isinstance(case.block, Concat) and case.block.dim != 1:
        yield case.with_fields("Join along the channels", dim=1)


def _branches(case: Case) -> list[Branch]:
    """The branches of a merge that a person can edit."""
    block, counted = case.block, case.failing
    if case.inside_composite or not isinstance(block, Add | Concat | Multiply):
        return []
    return [
        Branch((*case.place, index), slot, child.output_shape or (), child.blocks)
        for index, (slot, child, _) in enumerate(counted.children)
        if slot.enabled
    ]


def _projected(case: Case, branches: Sequence[Branch], shape: Shape) -> Fix | None:
    """All branches projected to one shape, by the projections they have; None where a projection cannot lead there."""
    others = [branch for branch in branches if branch.shape != shape]
    network, are_mended = case.network, True
    for branch in others:
        place, mended = mended_projection(branch.place, branch.slot, case.shape, shape)
        if mended is not None:
            network = changes.replaced(network, place, mended)
            continue
        projection, are_mended = project(branch.shape, shape), False
        if projection is None:
            return None
        stem = "fc" if isinstance(projection, Linear) else "downsample"
        network = changes.followed(network, branch.place, [projection], stem)
    how = "a Linear layer" if len(shape) == 1 else "a 1 × 1 convolution"
    if are_mended:
        label = f"Set the projection to {format_shape(shape)}"
    elif all(branch.is_identity for branch in others):
        label = f"Project the shortcut with {how}"
    else:
        label = f"Project to {format_shape(shape)}"
    return case.fix(label, lambda: (network, case.place))


def _ending(case: Case, label: str, branches: Sequence[Branch], blocks: Sequence[Block], stem: str) -> Fix | None:
    """The branches with further blocks at their ends."""

    def edit() -> tuple[Network, Place]:
        network = case.network
        for branch in branches:
            network = changes.followed(network, branch.place, blocks, stem)
        return network, case.place

    return case.fix(label, edit)


def _same_size(case: Case, *, stride: bool) -> Fix | None:
    """The windows inside padded so that they keep the image's size, if asked for with stride 1."""

    def edit() -> tuple[Network, Place]:
        network, block = case.network, case.block
        for place, slot in changes.places(block, case.place) if isinstance(block, Container) else ():
            network = changes.replaced(network, place, _padded(slot.block, stride=stride))
        return network, case.place

    label = "Use stride 1 and padding that keeps the size" if stride else "Use padding that keeps the size"
    return case.fix(label, edit)


def _padded(block: Block, *, stride: bool) -> Block:
    fields = block.fields()
    if (
        not {"kernel_size", "padding", "stride"} <= fields.keys()
        or "output_padding" in fields
        or block.field_problems()
    ):
        return block
    kernels, dilations = pair(getattr(block, "kernel_size", 1)), pair(getattr(block, "dilation", 1))
    same = tuple(dilation * (kernel - 1) // 2 for kernel, dilation in zip(kernels, dilations, strict=True))
    changed = changes.with_values(block, padding=same, **({"stride": 1} if stride else {}))
    return block if changed == block else changed
