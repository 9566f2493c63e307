"""Squeeze and excitation: a gate for every channel, from the means of all. Slots carry torchvision's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import Activation, Hardsigmoid, ReLU, Sigmoid, SiLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Chain, Multiply
from explorer.core.fields import choice, integer
from explorer.core.shape import Shape

ACTIVATIONS: dict[str, type[Activation]] = {"relu": ReLU, "silu": SiLU}
GATES: dict[str, type[Activation]] = {"sigmoid": Sigmoid, "hardsigmoid": Hardsigmoid}


@register
@dataclass(frozen=True, slots=True)
class SqueezeExcite(Composite):
    """Multiplies every channel by a gate that two small layers compute from the means of all channels."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "se"
    summary: ClassVar[str] = "Multiplies every channel by a gate computed from the means of all channels."
    paper: ClassVar[str] = "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017, figure 1."
    year: ClassVar[int | None] = 2017
    squeeze_channels: int = integer(16, minimum=1, help="numbers between the two layers of the gate")
    activation: str = choice("relu", tuple(ACTIVATIONS), help="the nonlinearity between the two layers")
    gate: str = choice("sigmoid", tuple(GATES), help="what makes a gate from 0 to 1 of a number")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        gate = Chain(
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("fc1", Conv2d(self.squeeze_channels, 1)),
            ("activation", ACTIVATIONS[self.activation]()),
            ("fc2", Conv2d(channels, 1)),
            ("scale_activation", GATES[self.gate]()),
        )
        return Chain(Multiply(gate, Chain()))

    def describe(self) -> str:
        return f"through {self.squeeze_channels}"
