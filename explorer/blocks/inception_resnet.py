"""The modules of Inception-ResNet v1 and v2 (Szegedy, Ioffe, Vanhoucke, Alemi, 2016, figures 10 to 13 and 16 to 19).

Branches of few filters, joined by a linear 1x1 convolution that gives as many channels as arrive, scaled down and added
to what arrives. Where a branch has layers between its first and its last, they have the mean of both widths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.inception import inception_conv, two_numbers
from explorer.blocks.inception_v4 import PAPER, convolutions
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.scale import Scale
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Add, Chain, Concat
from explorer.core.fields import integer, integers, real
from explorer.core.shape import Shape

TWO = "channels of the first and of the last convolution of the branch"
SCALE_HELP = "factor of the branches before they are added; 0.1 to 0.3 keeps wide networks from dying"


class _Module(Composite):
    __slots__ = ()

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "inception"
    year: ClassVar[int | None] = 2016

    def describe(self) -> str:
        widths = (getattr(self, name) for name in self.fields() if name.startswith("branch"))
        return ", ".join("–".join(map(str, width)) if isinstance(width, tuple) else str(width) for width in widths)


def _added(branches: Concat, channels: int, scale: float) -> Chain:
    """What the branches give in as many channels as arrive, scaled down and added."""
    branch = Chain(branches, ("linear", Conv2d(channels, 1)), ("scale", Scale(scale)))
    return Chain(Add(Chain(), branch), ("relu", ReLU()))


@register
@dataclass(frozen=True, slots=True)
class InceptionResNetA(_Module):
    """Filters of 1x1, 3x3 and twice 3x3 side by side, with a shortcut around them."""

    summary: ClassVar[str] = "Filters of 1 × 1, 3 × 3 and twice 3 × 3 side by side, with a shortcut around them."
    paper: ClassVar[str] = PAPER.format("figures 10 and 16")
    branch1: int = integer(32, minimum=1, help="channels of the 1 × 1 convolution")
    branch2: int = integer(32, minimum=1, help="channels of the reduction and of the 3 × 3 convolution")
    branch3: tuple[int, ...] = integers((32, 64), most=2, help=TWO)
    scale: float = real(0.2, minimum=1e-3, help=SCALE_HELP)

    def body(self, shape: Shape) -> Chain:
        first, last = two_numbers(self, "branch3")
        branches = Concat(
            ("branch1", inception_conv(self.branch1, 1)),
            ("branch2", convolutions((self.branch2, 1), (self.branch2, 3))),
            ("branch3", convolutions((first, 1), ((first + last) // 2, 3), (last, 3))),
        )
        return _added(branches, require_image(self, shape)[0], self.scale)


@register
@dataclass(frozen=True, slots=True)
class InceptionResNetB(_Module):
    """Filters of 1x1 beside a row and a column, with a shortcut around them: 17x17 and, with 3, 8x8 modules."""

    summary: ClassVar[str] = "Filters of 1 × 1 beside a row and a column, with a shortcut around them."
    paper: ClassVar[str] = PAPER.format("figures 11, 13, 17 and 19")
    branch1: int = integer(192, minimum=1, help="channels of the 1 × 1 convolution")
    branch2: tuple[int, ...] = integers((128, 192), most=2, help=TWO)
    kernel_size: int = integer(7, minimum=1, maximum=63, help="length of the row and of the column", unit="pixels")
    scale: float = real(0.2, minimum=1e-3, help=SCALE_HELP)

    def body(self, shape: Shape) -> Chain:
        first, last = two_numbers(self, "branch2")
        size = self.kernel_size - 1 + self.kernel_size % 2  # an even one would change the size of the image
        row, column = (1, size), (size, 1)
        branches = Concat(
            ("branch1", inception_conv(self.branch1, 1)),
            ("branch2", convolutions((first, 1), ((first + last) // 2, row), (last, column))),
        )
        return _added(branches, require_image(self, shape)[0], self.scale)


@register
@dataclass(frozen=True, slots=True)
class InceptionResNetReduction(_Module):
    """Halves the image by a pooling and three branches that end in 3x3 filters."""

    summary: ClassVar[str] = "Halves the image by a pooling and three branches that end in 3 × 3 filters."
    paper: ClassVar[str] = PAPER.format("figures 12 and 18")
    branch2: tuple[int, ...] = integers((256, 384), most=2, help=TWO)
    branch3: tuple[int, ...] = integers((256, 288), most=2, help=TWO)
    branch4: tuple[int, ...] = integers((256, 320), most=2, help=TWO)

    def body(self, shape: Shape) -> Chain:
        first2, last2 = two_numbers(self, "branch2")
        first3, last3 = two_numbers(self, "branch3")
        first4, last4 = two_numbers(self, "branch4")
        return Chain(
            Concat(
                Chain(("pool", MaxPool2d(3, stride=2))),
                ("branch2", convolutions((first2, 1), (last2, 3), stride=2)),
                ("branch3", convolutions((first3, 1), (last3, 3), stride=2)),
                ("branch4", convolutions((first4, 1), ((first4 + last4) // 2, 3), (last4, 3), stride=2)),
            )
        )
