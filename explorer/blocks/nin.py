"""The mlpconv layer of Network in Network: a small perceptron slides over the image in place of a linear filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.core.block import Category, Composite, describe_window, register
from explorer.core.compose import Chain, Part
from explorer.core.fields import integer, integers, size
from explorer.core.shape import Shape, Size


@register
@dataclass(frozen=True, slots=True)
class NiNBlock(Composite):
    """A convolution and 1x1 convolutions behind it, each with a ReLU: a perceptron at every position."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "mlpconv"
    summary: ClassVar[str] = "A convolution and 1 × 1 convolutions behind it: a perceptron at every position."
    paper: ClassVar[str] = "Lin, Chen, Yan: Network In Network, 2013, section 3.1."
    year: ClassVar[int | None] = 2013
    out_channels: int = integer(192, minimum=1, help="filters of the first convolution")
    mlp: tuple[int, ...] = integers(
        (160, 96), most=8, help="channels of the 1 × 1 convolutions; the last are the output's"
    )
    kernel_size: Size = size(5, help="height and width of a filter of the first convolution", unit="pixels")
    stride: Size = size(1, help="pixels from one position to the next", unit="pixels")
    padding: Size = size(2, minimum=0, help="zeros added on every side", unit="pixels")

    def body(self, shape: Shape) -> Chain:
        first = Conv2d(self.out_channels, self.kernel_size, stride=self.stride, padding=self.padding)
        parts: list[Part] = []
        for number, convolution in enumerate([first, *(Conv2d(width, 1) for width in self.mlp)], start=1):
            parts += [(f"conv{number}", convolution), (f"relu{number}", ReLU())]
        return Chain(*parts)

    def describe(self) -> str:
        return describe_window(self, ", ".join(map(str, (self.out_channels, *self.mlp))))
