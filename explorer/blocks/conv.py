"""Convolutions: Conv2d and ConvTranspose2d, with torch's arguments."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import (
    Backward,
    BlockError,
    Category,
    Layer,
    ModuleCall,
    Saved,
    describe_window,
    register,
    require_image,
)
from explorer.core.fields import flag, integer, size
from explorer.core.receptive_field import AxisMap, ReceptiveField, gapped, window
from explorer.core.shape import Shape, Size, format_shape, pair, window_output


def _check_groups(block: Conv2d | ConvTranspose2d, channels: int) -> None:
    for what, number in (("input", channels), ("output", block.out_channels)):
        if number % block.groups:
            raise BlockError(
                f"{block.type_name()} cannot split {number} {what} channels into {block.groups} equal groups.",
                "Choose a number of groups that divides both channel counts.",
                "groups",
            )


# the input is kept even where only its own gradient is asked for: one node computes that and the weights'
INPUT_SAVED = Saved(input=True)


@register
@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """A two-dimensional convolution."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "conv"
    summary: ClassVar[str] = "Slides learned filters over the image."
    out_channels: int = integer(64, minimum=1, help="number of filters, the channels of the output")
    kernel_size: Size = size(3, help="height and width of a filter", unit="pixels")
    stride: Size = size(1, help="pixels from one position to the next", unit="pixels")
    padding: Size = size(0, minimum=0, help="zeros added on every side", unit="pixels")
    dilation: Size = size(1, help="pixels between two taps of a filter", unit="pixels")
    groups: int = integer(1, minimum=1, help="groups of channels that do not see each other")
    bias: bool = flag(True, help="adds a learned number to every output channel")

    def output_shape(self, shape: Shape) -> Shape:
        channels, *extents = require_image(self, shape)
        _check_groups(self, channels)
        windows = zip(
            extents, pair(self.kernel_size), pair(self.stride), pair(self.padding), pair(self.dilation), strict=True
        )
        height, width = (window_output(*axis) for axis in windows)
        return self.out_channels, height, width

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        height, width = pair(self.kernel_size)
        weight = (height, width, shape[0] // self.groups, self.out_channels)
        return (weight, (self.out_channels,)) if self.bias else (weight,)

    def macs(self, shape: Shape, output: Shape) -> int:
        height, width = pair(self.kernel_size)
        return output[0] * output[1] * output[2] * height * width * (shape[0] // self.groups)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        axes = zip(pair(self.kernel_size), pair(self.stride), pair(self.padding), pair(self.dilation), strict=True)
        rows, columns = (window(*axis) for axis in axes)
        return ReceptiveField(rows, columns)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return INPUT_SAVED

    def module(self, shape: Shape) -> ModuleCall:
        keywords = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        keywords |= {"dilation": self.dilation, "groups": self.groups, "bias": self.bias}
        return ModuleCall.of("torch.nn.Conv2d", shape[0], self.out_channels, **keywords)

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels))


@register
@dataclass(frozen=True, slots=True)
class ConvTranspose2d(Layer):
    """A transposed convolution: the gradient of a convolution used as a layer that enlarges."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "up"
    summary: ClassVar[str] = "Enlarges the image with learned filters."
    paper: ClassVar[str] = "Dumoulin, Visin: A guide to convolution arithmetic for deep learning, 2016."
    year: ClassVar[int | None] = 2016
    out_channels: int = integer(64, minimum=1, help="number of filters, the channels of the output")
    # 64: FCN-32s enlarges 32 times, by filters that overlap by half
    kernel_size: Size = size(2, maximum=64, help="height and width of a filter", unit="pixels")
    stride: Size = size(2, help="output pixels per input pixel", unit="pixels")
    padding: Size = size(0, minimum=0, help="pixels cut off on every side", unit="pixels")
    output_padding: Size = size(0, minimum=0, help="rows and columns added on one side", unit="pixels")
    dilation: Size = size(1, help="pixels between two taps of a filter", unit="pixels")
    groups: int = integer(1, minimum=1, help="groups of channels that do not see each other")
    bias: bool = flag(True, help="adds a learned number to every output channel")

    def output_shape(self, shape: Shape) -> Shape:
        channels, *extents = require_image(self, shape)
        _check_groups(self, channels)
        result = []
        for extent, (kernel, stride, padding, dilation, extra) in zip(extents, self._axes(), strict=True):
            if extra >= max(stride, dilation):
                raise BlockError(
                    f"The output padding {extra} is not smaller than the stride {stride} or the dilation {dilation}.",
                    "Use a smaller output_padding.",
                    "output_padding",
                )
            result.append((extent - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1)
        if min(result) < 1:
            raise BlockError(
                f"The padding cuts all of the enlarged {format_shape(shape)} off.", "Use a smaller padding.", "cut_off"
            )
        return self.out_channels, result[0], result[1]

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        height, width = pair(self.kernel_size)
        weight = (height, width, shape[0], self.out_channels // self.groups)
        return (weight, (self.out_channels,)) if self.bias else (weight,)

    def macs(self, shape: Shape, output: Shape) -> int:
        height, width = pair(self.kernel_size)
        return shape[0] * shape[1] * shape[2] * height * width * (self.out_channels // self.groups)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        rows, columns = (_spread(*axis) for *axis, _ in self._axes())
        return ReceptiveField(rows, columns)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return INPUT_SAVED

    def module(self, shape: Shape) -> ModuleCall:
        keywords = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        keywords |= {"output_padding": self.output_padding, "groups": self.groups, "bias": self.bias}
        return ModuleCall.of(
            "torch.nn.ConvTranspose2d", shape[0], self.out_channels, **keywords, dilation=self.dilation
        )

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels))

    def _axes(self) -> zip[tuple[int, int, int, int, int]]:
        sizes = (self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding)
        return zip(*map(pair, sizes), strict=True)


@functools.lru_cache(maxsize=1024)
def _spread(kernel: int, stride: int, padding: int, dilation: int) -> AxisMap:
    """Output position o takes input position i where ``o = stride * i - padding + dilation * tap``."""

    def support(position: int) -> tuple[int, int]:
        spread = (position + padding - dilation * tap for tap in range(kernel))
        inputs = [place // stride for place in spread if place % stride == 0]
        first = min(inputs, default=0)
        return first, sum(1 << place - first for place in inputs)

    return gapped(support, stride, 1)
