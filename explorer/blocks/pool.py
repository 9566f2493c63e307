"""Pooling: windows of fixed size, windows that adapt to the image, and the whole image."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from math import gcd
from typing import ClassVar

from explorer.blocks.reshape import Flatten
from explorer.core.block import (
    Backward,
    BlockError,
    Category,
    Composite,
    Layer,
    ModuleCall,
    Saved,
    describe_window,
    register,
    require_image,
)
from explorer.core.compose import Chain, Concat, Slot
from explorer.core.fields import choice, flag, integers, size
from explorer.core.receptive_field import WHOLE, AxisMap, ReceptiveField, gapless, window
from explorer.core.shape import Shape, Size, elements, pair, window_output

INDEX = 8  # bytes of the int64 index that max pooling keeps of every output


def _pooled(block: MaxPool2d | AvgPool2d, shape: Shape, dilation: Size) -> tuple[int, int, int]:
    channels, *extents = require_image(block, shape)
    kernels, paddings = pair(block.kernel_size), pair(block.padding)
    for kernel, padding in zip(kernels, paddings, strict=True):
        if padding > kernel // 2:
            raise BlockError(
                f"The padding {padding} is more than half of the window {kernel}, so windows could hold no pixel.",
                f"Use a padding of at most {kernel // 2}.",
                "pool_padding",
            )
    axes = zip(extents, kernels, pair(block.stride), paddings, pair(dilation), strict=True)
    height, width = (window_output(*axis, ceil=block.ceil_mode) for axis in axes)
    return channels, height, width


def _windows(block: MaxPool2d | AvgPool2d, dilation: Size) -> ReceptiveField:
    axes = zip(pair(block.kernel_size), pair(block.stride), pair(block.padding), pair(dilation), strict=True)
    rows, columns = (window(*axis) for axis in axes)
    return ReceptiveField(rows, columns)


@register
@dataclass(frozen=True, slots=True)
class MaxPool2d(Layer):
    """The largest value of each window."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "pool"
    summary: ClassVar[str] = "Takes the largest value of each window."
    kernel_size: Size = size(2, help="height and width of the window", unit="pixels")
    stride: Size = size(2, help="pixels from one window to the next", unit="pixels")
    padding: Size = size(0, minimum=0, help="border added on every side, at most half a window", unit="pixels")
    dilation: Size = size(1, help="pixels between two taps of a window", unit="pixels")
    ceil_mode: bool = flag(False, help="keeps a last window that is only partly inside")

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled(self, shape, self.dilation)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return _windows(self, self.dilation)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=True, per_image=elements(output) * INDEX)

    def module(self, shape: Shape) -> ModuleCall:
        keywords = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        return ModuleCall.of("torch.nn.MaxPool2d", **keywords, dilation=self.dilation, ceil_mode=self.ceil_mode)

    def describe(self) -> str:
        return describe_window(self)


@register
@dataclass(frozen=True, slots=True)
class AvgPool2d(Layer):
    """The mean of each window."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "pool"
    summary: ClassVar[str] = "Takes the mean of each window."
    kernel_size: Size = size(2, help="height and width of the window", unit="pixels")
    stride: Size = size(2, help="pixels from one window to the next", unit="pixels")
    padding: Size = size(0, minimum=0, help="zeros added on every side, at most half a window", unit="pixels")
    ceil_mode: bool = flag(False, help="keeps a last window that is only partly inside")
    count_include_pad: bool = flag(True, help="counts the added zeros in the mean")

    def output_shape(self, shape: Shape) -> Shape:
        return _pooled(self, shape, 1)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return _windows(self, 1)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=True)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of(
            "torch.nn.AvgPool2d",
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )

    def describe(self) -> str:
        return describe_window(self)


@functools.lru_cache(maxsize=1024)
def _adaptive_axis(extent: int, cells: int) -> AxisMap:
    """Cell i takes the pixels from floor(i * extent / cells) to before ceil((i + 1) * extent / cells)."""
    shared = gcd(extent, cells)
    return gapless(
        lambda cell: (cell * extent // cells, -(-(cell + 1) * extent // cells) - 1), cells // shared, extent // shared
    )


def _adaptive_field(shape: Shape, output: Shape) -> ReceptiveField:
    if output[1:] == (1, 1):
        return WHOLE
    return ReceptiveField(_adaptive_axis(shape[1], output[1]), _adaptive_axis(shape[2], output[2]))


@register
@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d(Layer):
    """Means over as many cells as asked for, whatever the size of the image."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "avgpool"
    summary: ClassVar[str] = "Takes means over a grid of the given size, whatever the size of the image."
    output_size: Size = size(1, maximum=4_096, help="rows and columns of the output", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        return (require_image(self, shape)[0], *pair(self.output_size))

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return _adaptive_field(shape, output)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        # torch computes the global mean as a sum, whose gradient needs no values
        return Saved(input=output[1:] != (1, 1))

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.AdaptiveAvgPool2d", self.output_size)

    def describe(self) -> str:
        return "to {} × {}".format(*pair(self.output_size))


@register
@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool2d(Layer):
    """Maxima over as many cells as asked for, whatever the size of the image."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "maxpool"
    summary: ClassVar[str] = "Takes maxima over a grid of the given size, whatever the size of the image."
    output_size: Size = size(1, maximum=4_096, help="rows and columns of the output", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        return (require_image(self, shape)[0], *pair(self.output_size))

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return _adaptive_field(shape, output)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=True, per_image=elements(output) * INDEX)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.AdaptiveMaxPool2d", self.output_size)

    def describe(self) -> str:
        return "to {} × {}".format(*pair(self.output_size))


@register
@dataclass(frozen=True, slots=True)
class GlobalAvgPool(Composite):
    """One mean per channel, as Network in Network put it in place of fully connected layers."""

    category: ClassVar[Category] = "pooling"
    group: ClassVar[str] = "layer"
    slot_name: ClassVar[str] = "avgpool"
    summary: ClassVar[str] = "Takes the mean of every channel and gives a vector."
    paper: ClassVar[str] = "Lin, Chen, Yan: Network In Network, 2013, section 3.2."
    year: ClassVar[int | None] = 2013
    keep_dims: bool = flag(False, help="gives channels × 1 × 1 instead of a vector")

    def body(self, shape: Shape) -> Chain:
        require_image(self, shape)
        mean = Slot("pool", AdaptiveAvgPool2d(1))
        return Chain(mean) if self.keep_dims else Chain(mean, ("flatten", Flatten()))


@register
@dataclass(frozen=True, slots=True)
class SpatialPyramidPool(Composite):
    """Pools the image over several grids and joins all cells to one vector, whatever the size of the image."""

    category: ClassVar[Category] = "pooling"
    group: ClassVar[str] = "layer"
    slot_name: ClassVar[str] = "pyramid"
    summary: ClassVar[str] = "Pools over several grids, so that images of any size give one vector."
    paper: ClassVar[str] = (
        "He, Zhang, Ren, Sun: Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition, 2014, "
        "figure 3."
    )
    year: ClassVar[int | None] = 2014
    levels: tuple[int, ...] = integers((4, 2, 1), maximum=64, most=8, help="cells along each side, grid by grid")
    mode: str = choice("max", ("max", "average"), help="what is taken of each cell")

    def body(self, shape: Shape) -> Chain:
        require_image(self, shape)
        pool = AdaptiveMaxPool2d if self.mode == "max" else AdaptiveAvgPool2d
        branches = (
            Slot(f"level{number}", Chain(("pool", pool(cells)), ("flatten", Flatten())))
            for number, cells in enumerate(self.levels, start=1)
        )
        return Chain(Concat(*branches))

    def describe(self) -> str:
        return ", ".join(f"{cells} × {cells}" for cells in self.levels)
