"""The fire module of SqueezeNet: few 1x1 filters squeeze the channels before many of 1x1 and 3x3 expand them.

Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.core.block import Category, Composite, register
from explorer.core.compose import Chain, Concat
from explorer.core.fields import integer
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class Fire(Composite):
    """1x1 filters that squeeze the channels, then 1x1 and 3x3 filters side by side that expand them."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "fire"
    summary: ClassVar[str] = "Few 1 × 1 filters, then 1 × 1 and 3 × 3 filters side by side."
    paper: ClassVar[str] = (
        "Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, 2016, "
        "figure 1."
    )
    year: ClassVar[int | None] = 2016
    squeeze: int = integer(16, minimum=1, help="1 × 1 filters that squeeze the channels")
    expand1x1: int = integer(64, minimum=1, help="1 × 1 filters that expand them")
    expand3x3: int = integer(64, minimum=1, help="3 × 3 filters that expand them")

    def body(self, shape: Shape) -> Chain:
        narrow = Chain(("expand1x1", Conv2d(self.expand1x1, 1)), ("expand1x1_activation", ReLU()))
        wide = Chain(("expand3x3", Conv2d(self.expand3x3, 3, padding=1)), ("expand3x3_activation", ReLU()))
        return Chain(("squeeze", Conv2d(self.squeeze, 1)), ("squeeze_activation", ReLU()), Concat(narrow, wide))

    def describe(self) -> str:
        return f"{self.squeeze} – {self.expand1x1} + {self.expand3x3}"
