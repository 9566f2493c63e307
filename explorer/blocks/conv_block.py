"""The block most networks are made of: a convolution, a normalisation and an activation.

Ioffe, Szegedy: Batch Normalization, 2015, put the normalisation between the other two.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import ClassVar

from explorer.blocks.activation import (
    GELU,
    Activation,
    Hardswish,
    LeakyReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Tanh,
)
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d, GroupNorm
from explorer.core.block import Category, Composite, Layer, describe_window, register
from explorer.core.compose import Chain
from explorer.core.fields import choice, flag, integer, real, size
from explorer.core.shape import Shape, Size

NORMS = ("batch", "group", "none")
NAMING = ("words", "numbers")
ACTIVATIONS: dict[str, type[Activation]] = {
    "relu": ReLU,
    "relu6": ReLU6,
    "leaky_relu": LeakyReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "gelu": GELU,
    "silu": SiLU,
    "hardswish": Hardswish,
}
MOST_GROUPS = 32  # of a group norm, as Wu and He (2018) have them


@register
@dataclass(frozen=True, slots=True)
class ConvBlock(Composite):
    """A convolution, a normalisation and an activation."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "A convolution, a normalisation and an activation."
    paper: ClassVar[str] = "Ioffe, Szegedy: Batch Normalization, 2015, section 3.2."
    year: ClassVar[int | None] = 2015
    out_channels: int = integer(64, minimum=1, help="number of filters, the channels of the output")
    kernel_size: Size = size(3, help="height and width of a filter", unit="pixels")
    stride: Size = size(1, help="pixels from one position to the next", unit="pixels")
    padding: Size = size(1, minimum=0, help="zeros added on every side", unit="pixels")
    dilation: Size = size(1, help="pixels between two taps of a filter", unit="pixels")
    groups: int = integer(1, minimum=1, help="groups of channels that do not see each other")
    bias: bool = flag(False, help="gives the convolution a bias, which a norm behind it makes superfluous")
    norm: str = choice("batch", NORMS, help="the normalisation behind the convolution")
    eps: float = real(1e-5, maximum=1.0, help="added to the variance by the normalisation")
    activation: str = choice("relu", (*ACTIVATIONS, "none"), help="the nonlinearity at the end")
    momentum: float = real(0.1, help="share of the newest batch in the running statistics of a batch norm")
    naming: str = choice(
        "words", NAMING, help="words: conv, bn, relu; numbers: 0, 1, 2, as in torchvision's mobile nets"
    )

    def body(self, shape: Shape) -> Chain:
        convolution = Conv2d(
            self.out_channels, self.kernel_size, self.stride, self.padding, self.dilation, self.groups, self.bias
        )
        layers: list[Layer] = [convolution]
        if self.norm == "batch":
            layers.append(BatchNorm2d(self.eps, self.momentum))
        elif self.norm == "group":
            layers.append(GroupNorm(gcd(MOST_GROUPS, self.out_channels), eps=self.eps))
        if self.activation != "none":
            layers.append(ACTIVATIONS[self.activation]())
        if self.naming == "numbers":
            return Chain(*((str(number), layer) for number, layer in enumerate(layers)))
        return Chain(*((layer.slot_name, layer) for layer in layers))

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels))
