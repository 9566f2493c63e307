"""What LeNet-5 had as of 1998 and nobody has any more: chosen channels, trainable subsampling, radial-basis outputs.

LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, section II.B.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import Tanh
from explorer.blocks.conv import Conv2d
from explorer.blocks.pool import AvgPool2d
from explorer.blocks.scale import Scale
from explorer.core.block import (
    FLOAT,
    Backward,
    BlockError,
    Category,
    Composite,
    Layer,
    ModuleCall,
    Saved,
    register,
    require_image,
)
from explorer.core.compose import Chain
from explorer.core.fields import integer, integers
from explorer.core.receptive_field import WHOLE, ReceptiveField
from explorer.core.shape import Shape, elements

PAPER = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, {}."
AMPLITUDE, SLOPE = 1.7159, 2 / 3  # of the activation (appendix A)


@register
@dataclass(frozen=True, slots=True)
class ChannelSelect(Layer):
    """Takes some of the channels, in any order and as often as they are named."""

    slot_name: ClassVar[str] = "select"
    summary: ClassVar[str] = "Takes some of the channels, in any order and as often as they are named."
    paper: ClassVar[str] = PAPER.format("table I")
    year: ClassVar[int | None] = 1998
    indices: tuple[int, ...] = integers((0,), minimum=0, most=256, help="which channels are taken; 0 is the first")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        if max(self.indices) >= channels:
            raise BlockError(
                f"ChannelSelect takes the channel {max(self.indices)}, but the last of {channels} is {channels - 1}.",
                "Choose smaller indices.",
            )
        return len(self.indices), height, width

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.channel_select.ChannelSelect", self.indices)

    def describe(self) -> str:
        return f"{len(self.indices)} channels"


@register
@dataclass(frozen=True, slots=True)
class TrainableSubsampling(Composite):
    """The mean of each window times a learned number, plus a learned number, for each channel."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "subsampling"
    summary: ClassVar[str] = "The mean of each window times a learned number, plus another, for each channel."
    paper: ClassVar[str] = PAPER.format("section II.B, layer S2")
    year: ClassVar[int | None] = 1998
    kernel_size: int = integer(2, minimum=1, maximum=63, help="height and width of the windows", unit="pixels")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        learned = Conv2d(channels, 1, groups=channels)  # the paper sums the window, which is four times the mean
        return Chain(("mean", AvgPool2d(self.kernel_size, self.kernel_size)), ("learned", learned))

    def describe(self) -> str:
        return f"{self.kernel_size} × {self.kernel_size}"


@register
@dataclass(frozen=True, slots=True)
class ScaledTanh(Composite):
    """1.7159 tanh(2x / 3), which leaves -1 and 1 as they are."""

    category: ClassVar[Category] = "activation"
    group: ClassVar[str] = "layer"
    slot_name: ClassVar[str] = "tanh"
    summary: ClassVar[str] = "1.7159 tanh(2x / 3), which leaves −1 and 1 as they are."
    paper: ClassVar[str] = PAPER.format("appendix A")
    year: ClassVar[int | None] = 1998

    def body(self, shape: Shape) -> Chain:
        return Chain(("slope", Scale(SLOPE)), ("tanh", Tanh()), ("amplitude", Scale(AMPLITUDE)))

    def describe(self) -> str:
        return "1.7159 tanh(2x / 3)"


@register
@dataclass(frozen=True, slots=True)
class RadialBasis(Layer):
    """The squared distance, with a minus, of all values to the fixed code of each class."""

    category: ClassVar[Category] = "linear"
    slot_name: ClassVar[str] = "rbf"
    summary: ClassVar[str] = "How near all values are to the fixed code of −1 and 1 of each class."
    paper: ClassVar[str] = PAPER.format("equation 7")
    year: ClassVar[int | None] = 1998
    out_features: int = integer(10, minimum=1, help="length of the output; the number of classes in the last layer")

    def output_shape(self, shape: Shape) -> Shape:
        return (self.out_features,)

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return WHOLE

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(
            per_image=self.out_features * elements(shape) * FLOAT
        )  # the differences, for the squares' gradient

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.radial_basis.RadialBasis", elements(shape), self.out_features)

    def describe(self) -> str:
        return str(self.out_features)
