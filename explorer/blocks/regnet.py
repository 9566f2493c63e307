"""The block of the RegNets: a residual bottleneck as wide inside as outside, with groups of one width and a gate.

Radosavovic, Kosaraju, Girshick, He, Dollár: Designing Network Design Spaces, 2020. Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.squeeze_excite import SqueezeExcite
from explorer.core.block import BlockError, Category, Composite, register, require_image
from explorer.core.compose import Add, Chain, Part
from explorer.core.fields import integer, real
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class RegNetBlock(Composite):
    """A grouped 3x3 convolution between two of 1x1, all of one width, perhaps a gate, and the shortcut around them."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "A grouped 3 × 3 convolution between two of 1 × 1, perhaps a gate, and the shortcut."
    paper: ClassVar[str] = (
        "Radosavovic, Kosaraju, Girshick, He, Dollár: Designing Network Design Spaces, 2020, figure 4."
    )
    year: ClassVar[int | None] = 2020
    out_channels: int = integer(48, minimum=1, help="channels of all three convolutions")
    group_width: int = integer(16, minimum=1, help="channels of each group of the 3 × 3 convolution")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the 3 × 3 convolution", unit="pixels")
    squeeze_ratio: float = real(0.0, help="numbers inside the gate, as a share of the channels that arrive; 0: no gate")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        if self.out_channels % self.group_width:
            raise BlockError(
                f"RegNetBlock cannot split {self.out_channels} channels into groups of {self.group_width}.",
                "Choose a group_width that divides the channels.",
            )
        changes = self.stride != 1 or channels != self.out_channels
        projection: list[Part] = [("proj", self._conv(1, self.stride, activation="none"))] if changes else []
        return Chain(Add(Chain(*projection), Chain(("f", self._branch(channels)))), ("activation", ReLU()))

    def describe(self) -> str:
        words = [f"{self.out_channels} channels", f"groups of {self.group_width}"]
        return ", ".join(words + ([f"stride {self.stride}"] if self.stride != 1 else []))

    def _branch(self, channels: int) -> Chain:
        groups = self.out_channels // self.group_width
        squeezed = round(self.squeeze_ratio * channels)
        gate: list[Part] = [("se", SqueezeExcite(squeezed))] if squeezed else []
        return Chain(
            ("a", self._conv(1)),
            ("b", self._conv(3, self.stride, groups)),
            *gate,
            ("c", self._conv(1, activation="none")),
        )

    def _conv(self, kernel: int, stride: int = 1, groups: int = 1, activation: str = "relu") -> ConvBlock:
        return ConvBlock(
            self.out_channels,
            kernel,
            stride,
            kernel // 2,
            groups=groups,
            activation=activation,
            naming="numbers",
        )
