"""The dense block, whose layers see the outputs of all before them, and the transition between two such blocks.

Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016, section 3. Slots carry
torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AvgPool2d
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Chain, Concat, Part
from explorer.core.fields import integer, real
from explorer.core.shape import Shape

PAPER = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016, {}."


@register
@dataclass(frozen=True, slots=True)
class DenseLayer(Composite):
    """A 1x1 convolution to few channels and a 3x3 convolution to fewer, each behind a norm and an activation.

    Without the 1x1 convolution it is the layer of a DenseNet that is not called BC.
    """

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "denselayer"
    summary: ClassVar[str] = "1 × 1, then 3 × 3, each behind a norm and an activation: what a dense block adds."
    paper: ClassVar[str] = PAPER.format("section 3, DenseNet-B")
    year: ClassVar[int | None] = 2016
    growth_rate: int = integer(32, minimum=1, help="channels of the output, k in the paper")
    bottleneck: int = integer(4, maximum=64, zero="no 1 × 1", help="times as many channels between the convolutions")
    dropout: float = real(0.0, help="share of the values left out at the end while training")

    def body(self, shape: Shape) -> Chain:
        convolutions = [Conv2d(self.growth_rate, 3, padding=1, bias=False)]
        if self.bottleneck:
            convolutions.insert(0, Conv2d(self.bottleneck * self.growth_rate, 1, bias=False))
        parts: list[Part] = []
        for number, convolution in enumerate(convolutions, start=1):
            parts += [(f"norm{number}", BatchNorm2d()), (f"relu{number}", ReLU()), (f"conv{number}", convolution)]
        end: list[Part] = [("dropout", Dropout(self.dropout))] if self.dropout > 0.0 else []
        return Chain(*parts, *end)

    def describe(self) -> str:
        return f"+ {self.growth_rate} channels"


@register
@dataclass(frozen=True, slots=True)
class DenseBlock(Composite):
    """Layers that each see all channels before them and put theirs behind."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "denseblock"
    summary: ClassVar[str] = "Layers that each see all channels before them and put their own behind."
    paper: ClassVar[str] = PAPER.format("figure 1")
    year: ClassVar[int | None] = 2016
    layers: int = integer(6, minimum=1, maximum=200, help="number of layers")
    growth_rate: int = integer(32, minimum=1, help="channels that each layer adds, k in the paper")
    bottleneck: int = integer(4, maximum=64, zero="no 1 × 1", help="times as many channels inside a layer as it adds")
    dropout: float = real(0.0, help="share of the values left out behind every layer while training")

    def body(self, shape: Shape) -> Chain:
        layer = DenseLayer(self.growth_rate, self.bottleneck, self.dropout)
        return Chain(*(Concat(Chain(), (f"denselayer{number}", layer)) for number in range(1, self.layers + 1)))

    def describe(self) -> str:
        return f"{self.layers} layers, + {self.growth_rate} channels each"


@register
@dataclass(frozen=True, slots=True)
class Transition(Composite):
    """A 1x1 convolution to fewer channels and a pooling that halves the image."""

    category: ClassVar[Category] = "pooling"
    slot_name: ClassVar[str] = "transition"
    summary: ClassVar[str] = "1 × 1 to fewer channels, then a mean that halves the image."
    paper: ClassVar[str] = PAPER.format("section 3, DenseNet-C")
    year: ClassVar[int | None] = 2016
    compression: float = real(0.5, help="share of the channels that are left, θ in the paper")

    def body(self, shape: Shape) -> Chain:
        channels = max(1, int(require_image(self, shape)[0] * self.compression))
        return Chain(
            ("norm", BatchNorm2d()),
            ("relu", ReLU()),
            ("conv", Conv2d(channels, 1, bias=False)),
            ("pool", AvgPool2d(2)),
        )

    def describe(self) -> str:
        return f"θ = {self.compression:g}"
