"""The highway layer: a gate decides, value by value, how much is transformed and how much is carried on.

Srivastava, Greff, Schmidhuber: Highway Networks, 2015, and Training Very Deep Networks, 2015, equation 3. It is where
shortcuts started that let a network of any depth train.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU, Sigmoid
from explorer.blocks.conv import Conv2d
from explorer.core.block import Category, Composite, Layer, ModuleCall, describe_window, register, require_image
from explorer.core.compose import Add, Chain, Recall, Tap
from explorer.core.fields import integer
from explorer.core.shape import Shape

PAPER = "Srivastava, Greff, Schmidhuber: Training Very Deep Networks, 2015, {}."


@register
@dataclass(frozen=True, slots=True)
class Complement(Layer):
    """Takes every value from one: what a gate lets through becomes what it holds back."""

    slot_name: ClassVar[str] = "complement"
    summary: ClassVar[str] = "1 − x: what a gate holds back of what it lets through."
    paper: ClassVar[str] = PAPER.format("equation 3")
    year: ClassVar[int | None] = 2015

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.complement.Complement")


@register
@dataclass(frozen=True, slots=True)
class HighwayLayer(Composite):
    """A convolution and what arrives, mixed value by value as a learned gate has it."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "highway"
    summary: ClassVar[str] = "A convolution and what arrives, mixed value by value as a learned gate has it."
    paper: ClassVar[str] = PAPER.format("equation 3")
    year: ClassVar[int | None] = 2015
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters, an odd number")

    def body(self, shape: Shape) -> Chain:
        channels, size = require_image(self, shape)[0], self.kernel_size - 1 + self.kernel_size % 2
        convolution = Conv2d(channels, size, padding=size // 2)
        transformed = Chain(
            ("input", Recall("arriving", "replace")),
            ("conv", convolution),
            ("relu", ReLU()),
            ("gated", Recall("gate", "multiply")),
        )
        carried = Chain(("complement", Complement()), ("carried", Recall("arriving", "multiply")))
        return Chain(
            ("arriving", Tap("arriving")),
            ("gate_conv", convolution),
            ("sigmoid", Sigmoid()),
            ("gate", Tap("gate")),
            Add(transformed, carried),
        )

    def describe(self) -> str:
        return describe_window(self)
