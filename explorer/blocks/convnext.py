"""The block of ConvNeXt, and the layers it needs beside those that others have too.

Liu, Mao, Wu, Feichtenhofer, Darrell, Xie: A ConvNet for the 2020s, 2022. Slots carry torchvision's names. Where
torchvision permutes the dimensions for its norms and linear layers and back, the layers here do so inside: shapes are
channels first everywhere, and a receptive field stays one of rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import Activation
from explorer.blocks.conv import Conv2d
from explorer.blocks.stochastic_depth import StochasticDepth
from explorer.core.block import (
    FLOAT,
    Backward,
    Category,
    Composite,
    Layer,
    ModuleCall,
    Saved,
    register,
    require_image,
)
from explorer.core.compose import Add, Chain, Part
from explorer.core.fields import flag, integer, real
from explorer.core.shape import MAX_CHANNELS, Shape, elements

PAPER = "Liu, Mao, Wu, Feichtenhofer, Darrell, Xie: A ConvNet for the 2020s, 2022, {}."
EPS = 1e-6  # of the norms
WIDER = 4  # times as many channels between the two linear layers


@register
@dataclass(frozen=True, slots=True)
class LayerNorm2d(Layer):
    """Normalises the channels of every pixel."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "norm"
    summary: ClassVar[str] = "Normalises the channels of every pixel."
    paper: ClassVar[str] = "Ba, Kiros, Hinton: Layer Normalization, 2016."
    year: ClassVar[int | None] = 2016
    eps: float = real(EPS, maximum=1.0, help="added to the variance, against division by zero")
    affine: bool = flag(True, help="learns a factor and an offset for every channel")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((2, shape[0]),) if self.affine else ()

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=True, per_image=2 * elements(shape[1:]) * FLOAT)  # mean and deviation of every pixel

    def module(self, shape: Shape) -> ModuleCall:
        name = "explorer.modules.layer_norm2d.LayerNorm2d"
        return ModuleCall.of(name, shape[0], eps=self.eps, elementwise_affine=self.affine)


@register
@dataclass(frozen=True, slots=True)
class PointwiseLinear(Layer):
    """Connects every channel with every channel, pixel by pixel."""

    category: ClassVar[Category] = "linear"
    slot_name: ClassVar[str] = "linear"
    summary: ClassVar[str] = "A Linear over the channels of every pixel, as a 1 × 1 convolution is."
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    bias: bool = flag(True, help="adds a learned number to every output channel")

    def output_shape(self, shape: Shape) -> Shape:
        _, height, width = require_image(self, shape)
        return self.out_channels, height, width

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        weight = (shape[0], self.out_channels)
        return (weight, (self.out_channels,)) if self.bias else (weight,)

    def macs(self, shape: Shape, output: Shape) -> int:
        return elements(shape) * self.out_channels

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        channels, height, width = shape
        if channels == 1 or height * width == 1:  # channels first is channels last
            return Saved(input=backward.trainable)
        # torch lays the channels last for it: a storage of its own, unless the layer before has left it like that
        return Saved(per_image=elements(shape) * FLOAT if backward.trainable else 0)

    def module(self, shape: Shape) -> ModuleCall:
        name = "explorer.modules.pointwise_linear.PointwiseLinear"
        return ModuleCall.of(name, shape[0], self.out_channels, bias=self.bias)

    def describe(self) -> str:
        return str(self.out_channels)


@register
@dataclass(frozen=True, slots=True)
class PointwiseGELU(Activation):
    """A GELU between two pointwise linear layers, as fast as torch has it there and with the same last bits."""

    slot_name: ClassVar[str] = "gelu"
    summary: ClassVar[str] = "x · Φ(x), faster than GELU where the channels of a pixel lie side by side in memory."
    paper: ClassVar[str] = "Hendrycks, Gimpel: Gaussian Error Linear Units, 2016."
    year: ClassVar[int | None] = 2016

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.pointwise_gelu.PointwiseGELU")


@register
@dataclass(frozen=True, slots=True)
class LayerScale(Layer):
    """A learned factor for every channel, tiny at first, so that a deep network starts near the identity."""

    slot_name: ClassVar[str] = "layer_scale"
    summary: ClassVar[str] = "A learned factor for every channel, tiny at first."
    paper: ClassVar[str] = (
        "Touvron, Cord, Sablayrolles, Synnaeve, Jégou: Going deeper with Image Transformers, 2021, section 2."
    )
    year: ClassVar[int | None] = 2021
    init: float = real(EPS, maximum=10.0, help="the factor before training")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((shape[0],),)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=backward.trainable)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.layer_scale.LayerScale", shape[0], self.init)


@register
@dataclass(frozen=True, slots=True)
class CNBlock(Composite):
    """A large filter for every channel, then two linear layers over the channels, with a shortcut around them."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = (
        "A 7 × 7 filter for every channel, then two linear layers over the channels, and a shortcut."
    )
    paper: ClassVar[str] = PAPER.format("figure 4")
    year: ClassVar[int | None] = 2022
    kernel_size: int = integer(7, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    layer_scale: float = real(1e-6, maximum=10.0, help="the learned factor of the branch before training")
    drop: float = real(0.0, help="share of the images for which only the shortcut is left, while training")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        size = self.kernel_size
        wide = min(WIDER * channels, MAX_CHANNELS + 1)  # one more than there can be is refused further on
        inside = Chain(
            ("0", Conv2d(channels, size, padding=(size - 1) // 2, groups=channels)),
            ("2", LayerNorm2d()),
            ("3", PointwiseLinear(wide)),
            ("4", PointwiseGELU()),
            ("5", PointwiseLinear(channels)),
        )
        drop: list[Part] = [("stochastic_depth", StochasticDepth(self.drop))] if self.drop > 0.0 else []
        # the branch first: its layout in memory is that of the sum, as in torchvision, and so are the last bits
        return Chain(Add(Chain(("block", inside), ("layer_scale", LayerScale(self.layer_scale)), *drop), Chain()))

    def describe(self) -> str:
        return f"{self.kernel_size} × {self.kernel_size}"
