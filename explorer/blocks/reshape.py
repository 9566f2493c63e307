"""Layers that move or copy values without learning: Flatten, Permute, Upsample, ZeroPad2d, the zero-padded shortcut."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import ClassVar

from explorer.core.block import BlockError, Layer, ModuleCall, register, require_image
from explorer.core.fields import choice, integer, integers
from explorer.core.receptive_field import IDENTITY, WHOLE, AxisMap, ReceptiveField, gapless, window
from explorer.core.shape import MAX_IMAGE, Shape, elements, format_shape
from explorer.core.wording import amount, written


@register
@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """All values of an image as one vector."""

    slot_name: ClassVar[str] = "flatten"
    summary: ClassVar[str] = "Lays all values of the image into one vector."

    def output_shape(self, shape: Shape) -> Shape:
        return (elements(shape),)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return WHOLE

    def shares_storage(self) -> bool:
        return True

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.Flatten")


@register
@dataclass(frozen=True, slots=True)
class Permute(Layer):
    """Puts the dimensions of an image in another order, as what works on the last of them needs.

    Its module copies: torch would have layers behind a mere view copy what they need of it, each for itself.
    """

    slot_name: ClassVar[str] = "permute"
    summary: ClassVar[str] = "Puts the dimensions in another order, such as channels last."
    dims: tuple[int, ...] = integers(
        (2, 3, 1), maximum=4, most=4, help="where each dimension comes from; 1: channels, 2: rows, 3: columns"
    )

    def output_shape(self, shape: Shape) -> Shape:
        every = range(1, len(shape) + 1)
        if sorted(self.dims) != [*every]:
            raise BlockError(
                f"Permute by {written(self.dims)} is no order of {format_shape(shape)}, "
                f"which has {amount(len(shape), 'dimension')}.",
                f"Have dims name {', '.join(map(str, every))}, each once." if len(every) > 1 else "Leave it out.",
            )
        return tuple(shape[dim - 1] for dim in self.dims)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        # where rows and columns have moved, a position of the output is none of the image, but a slice through it
        return IDENTITY if [*self.dims] == sorted(self.dims) else WHOLE

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.permute.Permute", self.dims)

    def describe(self) -> str:
        return written(self.dims)


@register
@dataclass(frozen=True, slots=True)
class Upsample(Layer):
    """Enlarges the image by a whole factor, without learning."""

    slot_name: ClassVar[str] = "upsample"
    summary: ClassVar[str] = "Enlarges the image by copying or interpolating pixels."
    scale_factor: int = integer(2, minimum=1, maximum=64, help="output pixels per input pixel")
    mode: str = choice("nearest", ("nearest", "bilinear"), help="copies the nearest pixel, or interpolates")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        return channels, height * self.scale_factor, width * self.scale_factor

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        axis = _enlarged(self.scale_factor, self.mode)
        return ReceptiveField(axis, axis)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.Upsample", scale_factor=self.scale_factor, mode=self.mode)

    def describe(self) -> str:
        return f"× {self.scale_factor}, {self.mode}"


@functools.lru_cache(maxsize=256)
def _enlarged(factor: int, mode: str) -> AxisMap:
    """Output position o lies at (o + 1/2) / factor - 1/2 of the input, as torch aligns the pixels."""

    def interval(position: int) -> tuple[int, int]:
        if mode == "nearest":
            return position // factor, position // factor
        place = Fraction(2 * position + 1 - factor, 2 * factor)
        return floor(place), ceil(place)

    return gapless(interval, factor, 1)


@register
@dataclass(frozen=True, slots=True)
class ZeroPad2d(Layer):
    """Adds rows and columns of zeros."""

    slot_name: ClassVar[str] = "pad"
    summary: ClassVar[str] = "Adds rows and columns of zeros, each side on its own."
    left: int = integer(1, maximum=MAX_IMAGE, help="columns added on the left", unit="pixels")
    right: int = integer(1, maximum=MAX_IMAGE, help="columns added on the right", unit="pixels")
    top: int = integer(1, maximum=MAX_IMAGE, help="rows added at the top", unit="pixels")
    bottom: int = integer(1, maximum=MAX_IMAGE, help="rows added at the bottom", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        return channels, height + self.top + self.bottom, width + self.left + self.right

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return ReceptiveField(window(1, padding=self.top), window(1, padding=self.left))

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.ZeroPad2d", (self.left, self.right, self.top, self.bottom))

    def describe(self) -> str:
        return f"{self.left}, {self.right}, {self.top}, {self.bottom}"


@register
@dataclass(frozen=True, slots=True)
class ZeroPadShortcut(Layer):
    """The shortcut without parameters: skips pixels by the stride and adds channels of zeros behind the others."""

    slot_name: ClassVar[str] = "shortcut"
    summary: ClassVar[str] = "A shortcut without parameters: skips pixels and adds channels of zeros."
    paper: ClassVar[str] = (
        "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, section 3.3, option A."
    )
    year: ClassVar[int | None] = 2015
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    stride: int = integer(1, minimum=1, maximum=63, help="pixels from one kept pixel to the next", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        if channels > self.out_channels:
            raise BlockError(
                f"A zero-padded shortcut can only add channels, but {channels} arrive and {self.out_channels} leave.",
                "Use a projection shortcut.",
                "fewer_channels",
            )
        return self.out_channels, -(-height // self.stride), -(-width // self.stride)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return IDENTITY if self.stride == 1 else ReceptiveField(window(1, self.stride), window(1, self.stride))

    def module(self, shape: Shape) -> ModuleCall:
        name = "explorer.modules.zero_pad_shortcut.ZeroPadShortcut"
        return ModuleCall.of(name, shape[0], self.out_channels, stride=self.stride)

    def describe(self) -> str:
        return f"{self.out_channels}, stride {self.stride}"
