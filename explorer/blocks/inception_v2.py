"""The modules of Inception v2, also called BN-Inception.

Ioffe, Szegedy: Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift, 2015,
figure 5: the 5x5 filters of GoogLeNet have become two of 3x3, and some modules halve the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.inception import inception_conv, two_numbers
from explorer.blocks.pool import AvgPool2d, MaxPool2d
from explorer.core.block import Category, Composite, register
from explorer.core.compose import Chain, Concat
from explorer.core.fields import choice, integer, integers
from explorer.core.shape import Shape

PAPER = "Ioffe, Szegedy: Batch Normalization, 2015, figure 5."
DOUBLE = "channels of the reduction and of the two 3 × 3 convolutions behind it"


@register
@dataclass(frozen=True, slots=True)
class InceptionV2(Composite):
    """Filters of 1x1, 3x3 and twice 3x3 and a pooling side by side."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "inception"
    summary: ClassVar[str] = "Filters of 1 × 1, 3 × 3 and twice 3 × 3 and a pooling side by side."
    paper: ClassVar[str] = PAPER
    year: ClassVar[int | None] = 2015
    branch1: int = integer(64, minimum=1, help="channels of the 1 × 1 convolution")
    branch2: tuple[int, ...] = integers((64, 64), most=2, help="channels of the reduction and of the 3 × 3 convolution")
    branch3: tuple[int, ...] = integers((64, 96), most=2, help=DOUBLE)
    branch4: int = integer(32, minimum=1, help="channels of the 1 × 1 convolution behind the pooling")
    pool: str = choice("average", ("average", "max"), help="what is taken of every 3 × 3 pixels")

    def body(self, shape: Shape) -> Chain:
        reduced2, wide2 = two_numbers(self, "branch2")
        reduced3, wide3 = two_numbers(self, "branch3")
        pool = (MaxPool2d if self.pool == "max" else AvgPool2d)(3, stride=1, padding=1)
        return Chain(
            Concat(
                ("branch1", inception_conv(self.branch1, 1)),
                ("branch2", Chain(("0", inception_conv(reduced2, 1)), ("1", inception_conv(wide2, 3)))),
                ("branch3", _doubled(reduced3, wide3)),
                ("branch4", Chain(("0", pool), ("1", inception_conv(self.branch4, 1)))),
            )
        )

    def describe(self) -> str:
        widths = (self.branch1, self.branch2, self.branch3, self.branch4)
        return ", ".join("–".join(map(str, width)) if isinstance(width, tuple) else str(width) for width in widths)


@register
@dataclass(frozen=True, slots=True)
class InceptionV2Reduction(Composite):
    """Halves the image by filters of 3x3 and twice 3x3 and by a max pooling that passes all channels on."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "inception"
    summary: ClassVar[str] = "Halves the image by 3 × 3 filters, two in a row and a max pooling side by side."
    paper: ClassVar[str] = PAPER
    year: ClassVar[int | None] = 2015
    branch2: tuple[int, ...] = integers(
        (128, 160), most=2, help="channels of the reduction and of the 3 × 3 convolution"
    )
    branch3: tuple[int, ...] = integers((64, 96), most=2, help=DOUBLE)

    def body(self, shape: Shape) -> Chain:
        reduced2, wide2 = two_numbers(self, "branch2")
        reduced3, wide3 = two_numbers(self, "branch3")
        single = Chain(("0", inception_conv(reduced2, 1)), ("1", inception_conv(wide2, 3, stride=2)))
        pool = Chain(("pool", MaxPool2d(3, stride=2, padding=1)))
        return Chain(Concat(("branch2", single), ("branch3", _doubled(reduced3, wide3, stride=2)), pool))

    def describe(self) -> str:
        return ", ".join("–".join(map(str, width)) for width in (self.branch2, self.branch3))


def _doubled(reduced: int, wide: int, stride: int = 1) -> Chain:
    return Chain(
        ("0", inception_conv(reduced, 1)),
        ("1", inception_conv(wide, 3)),
        ("2", inception_conv(wide, 3, stride=stride)),
    )
