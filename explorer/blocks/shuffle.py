"""Splitting and shuffling channels, and the unit that ShuffleNet V2 makes of both. Slots carry torchvision's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.inverted_residual import numbered_chain
from explorer.blocks.norm import BatchNorm2d
from explorer.core.block import Block, BlockError, Category, Composite, Layer, ModuleCall, register, require_image
from explorer.core.compose import Chain, Concat
from explorer.core.fields import integer
from explorer.core.shape import Shape

PAPER = "Ma, Zhang, Zheng, Sun: ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, 2018, {}."


@register
@dataclass(frozen=True, slots=True)
class ChannelShuffle(Layer):
    """Deals the channels of each group out to all groups, so that grouped convolutions see each other's outputs."""

    slot_name: ClassVar[str] = "shuffle"
    summary: ClassVar[str] = "Deals the channels of each group out to all groups."
    paper: ClassVar[str] = "Zhang, Zhou, Lin, Sun: ShuffleNet, 2017, figure 1."
    year: ClassVar[int | None] = 2017
    groups: int = integer(2, minimum=2, help="number of groups of channels")

    def output_shape(self, shape: Shape) -> Shape:
        channels = require_image(self, shape)[0]
        if channels % self.groups or channels == self.groups:
            raise BlockError(
                f"ChannelShuffle cannot deal {channels} channels out from {self.groups} groups of several channels.",
                "Choose a number of groups that divides the channels and is smaller.",
            )
        return shape

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.ChannelShuffle", self.groups)

    def describe(self) -> str:
        return f"{self.groups} groups"


@register
@dataclass(frozen=True, slots=True)
class ChannelSplit(Layer):
    """Takes one of several equal parts of the channels; branches that take different ones split the flow."""

    slot_name: ClassVar[str] = "split"
    summary: ClassVar[str] = "Takes one of several equal parts of the channels."
    paper: ClassVar[str] = PAPER.format("figure 3 (c)")
    year: ClassVar[int | None] = 2018
    parts: int = integer(2, minimum=1, maximum=1_024, help="in how many parts the channels are split")
    index: int = integer(0, maximum=1_023, help="which part is taken; 0 is the first")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        if channels % self.parts:
            raise BlockError(
                f"ChannelSplit cannot split {channels} channels into {self.parts} equal parts.",
                "Choose a number of parts that divides the channels.",
            )
        if self.index >= self.parts:
            raise BlockError(
                f"ChannelSplit has {self.parts} parts, of which the last has the index {self.parts - 1}, "
                f"not {self.index}.",
                "Choose a smaller index.",
            )
        return channels // self.parts, height, width

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.channel_split.ChannelSplit", self.parts, self.index)

    def describe(self) -> str:
        return f"index {self.index} of {self.parts}"


@register
@dataclass(frozen=True, slots=True)
class ShuffleUnit(Composite):
    """Half of the channels pass, half are filtered, both are shuffled; where the shape changes, all are filtered."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "unit"
    summary: ClassVar[str] = "Filters half of the channels and shuffles both halves; all where the shape changes."
    paper: ClassVar[str] = PAPER.format("figure 3 (c) and (d)")
    year: ClassVar[int | None] = 2018
    out_channels: int = integer(116, minimum=2, help="channels of the output, an even number")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the filters", unit="pixels")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        if self.out_channels % 2:
            raise BlockError(
                f"ShuffleUnit cannot split {self.out_channels} output channels into two halves.",
                "Choose an even number of output channels.",
            )
        half = self.out_channels // 2
        if self.stride == 1 and channels == self.out_channels:
            filtered = Chain(("second_half", ChannelSplit(2, 1)), ("branch2", self._filtered(half)))
            merged = Concat(Chain(("first_half", ChannelSplit(2, 0))), filtered)
        else:
            merged = Concat(("branch1", self._projected(channels, half)), ("branch2", self._filtered(half)))
        shuffle = [("shuffle", ChannelShuffle(2))] if self.out_channels > 2 else []
        return Chain(merged, *shuffle)

    def describe(self) -> str:
        return f"{self.out_channels} channels" + (f", stride {self.stride}" if self.stride != 1 else "")

    def _filtered(self, half: int) -> Chain:
        layers = [*_pointwise(half), *self._depthwise(half), *_pointwise(half)]
        return numbered_chain(layers)

    def _projected(self, channels: int, half: int) -> Chain:
        return numbered_chain([*self._depthwise(channels), *_pointwise(half)])

    def _depthwise(self, channels: int) -> list[Block]:
        return [Conv2d(channels, 3, self.stride, padding=1, groups=channels, bias=False), BatchNorm2d()]


def _pointwise(channels: int) -> list[Block]:
    return [Conv2d(channels, 1, bias=False), BatchNorm2d(), ReLU()]
