"""The five modules of Inception v3 (Szegedy et al.: Rethinking the Inception Architecture, 2015, section 6).

Large filters become two or more small ones, of 3x3 or one row and one column. Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.inception import inception_conv, two_numbers
from explorer.blocks.pool import AvgPool2d, MaxPool2d
from explorer.core.block import Category, Composite, register
from explorer.core.compose import Chain, Concat, Part
from explorer.core.fields import integer, integers
from explorer.core.shape import Shape, Size

PAPER = "Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015, {}."
ROW, COLUMN = (1, 7), (7, 1)
REDUCED_3X3 = "channels of the reduction and of the two 3 × 3 convolutions behind it"


def _convolutions(name: str, *layers: tuple[int, Size], stride: int = 1) -> list[Part]:
    """Convolutions of one branch; the last has the stride, and no padding with one."""
    parts: list[Part] = []
    for number, (out_channels, kernel) in enumerate(layers, start=1):
        reduces = stride > 1 and number == len(layers)
        convolution = inception_conv(out_channels, kernel, stride if reduces else 1, padded=not reduces)
        parts.append((f"{name}_{number}", convolution))
    return parts


def _pooled(out_channels: int) -> Chain:
    """The branch with a mean over 3x3 and a projection."""
    mean = AvgPool2d(3, stride=1, padding=1)
    return Chain(("pool", mean), ("branch_pool", inception_conv(out_channels, 1)))


class _Module(Composite):
    __slots__ = ()

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "mixed"
    year: ClassVar[int | None] = 2015

    def describe(self) -> str:
        widths = (getattr(self, name) for name in self.fields())
        return ", ".join("–".join(map(str, width)) if isinstance(width, tuple) else str(width) for width in widths)


@register
@dataclass(frozen=True, slots=True)
class InceptionA(_Module):
    """Filters of 1x1, 5x5 and twice 3x3 side by side, and a mean."""

    summary: ClassVar[str] = "Filters of 1 × 1, 5 × 5 and twice 3 × 3 side by side, and a mean."
    paper: ClassVar[str] = PAPER.format("figure 5")
    pool_features: int = integer(32, minimum=1, help="channels of the 1 × 1 convolution behind the mean")
    branch1x1: int = integer(64, minimum=1, help="channels of the 1 × 1 convolution")
    branch5x5: tuple[int, ...] = integers(
        (48, 64), most=2, help="channels of the reduction and of the 5 × 5 convolution"
    )
    branch3x3dbl: tuple[int, ...] = integers((64, 96), most=2, help=REDUCED_3X3)

    def body(self, shape: Shape) -> Chain:
        reduced5, wide5 = two_numbers(self, "branch5x5")
        reduced3, wide3 = two_numbers(self, "branch3x3dbl")
        return Chain(
            Concat(
                ("branch1x1", inception_conv(self.branch1x1, 1)),
                Chain(*_convolutions("branch5x5", (reduced5, 1), (wide5, 5))),
                Chain(*_convolutions("branch3x3dbl", (reduced3, 1), (wide3, 3), (wide3, 3))),
                _pooled(self.pool_features),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionB(_Module):
    """Halves the image by 3x3 filters, a pair of them and a pooling side by side."""

    summary: ClassVar[str] = "Halves the image by 3 × 3 filters, two in a row and a pooling side by side."
    paper: ClassVar[str] = PAPER.format("figure 10")
    branch3x3: int = integer(384, minimum=1, help="channels of the single 3 × 3 convolution")
    branch3x3dbl: tuple[int, ...] = integers((64, 96), most=2, help=REDUCED_3X3)

    def body(self, shape: Shape) -> Chain:
        reduced, wide = two_numbers(self, "branch3x3dbl")
        return Chain(
            Concat(
                ("branch3x3", inception_conv(self.branch3x3, 3, stride=2, padded=False)),
                Chain(*_convolutions("branch3x3dbl", (reduced, 1), (wide, 3), (wide, 3), stride=2)),
                Chain(("pool", MaxPool2d(3, stride=2))),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionC(_Module):
    """7x7 filters as rows and columns, once and twice, beside 1x1 filters and a mean."""

    summary: ClassVar[str] = "7 × 7 filters as rows and columns, once and twice, beside 1 × 1 filters and a mean."
    paper: ClassVar[str] = PAPER.format("figure 6")
    channels_7x7: int = integer(128, minimum=1, help="channels between the rows and columns")
    branch_channels: int = integer(192, minimum=1, help="channels that each of the four branches gives")

    def body(self, shape: Shape) -> Chain:
        inner, outer = self.channels_7x7, self.branch_channels
        once = ((inner, 1), (inner, ROW), (outer, COLUMN))
        twice = ((inner, 1), (inner, COLUMN), (inner, ROW), (inner, COLUMN), (outer, ROW))
        return Chain(
            Concat(
                ("branch1x1", inception_conv(outer, 1)),
                Chain(*_convolutions("branch7x7", *once)),
                Chain(*_convolutions("branch7x7dbl", *twice)),
                _pooled(outer),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionD(_Module):
    """Halves the image by 3x3 filters, 7x7 ones before others of 3x3, and a pooling side by side."""

    summary: ClassVar[str] = "Halves the image by 3 × 3 filters, 7 × 7 before 3 × 3, and a pooling side by side."
    paper: ClassVar[str] = PAPER.format("figure 10")
    branch3x3: tuple[int, ...] = integers(
        (192, 320), most=2, help="channels of the reduction and of the 3 × 3 convolution"
    )
    branch7x7x3: int = integer(192, minimum=1, help="channels of the branch with 7 × 7 before 3 × 3")

    def body(self, shape: Shape) -> Chain:
        reduced, wide = two_numbers(self, "branch3x3")
        width = self.branch7x7x3
        return Chain(
            Concat(
                Chain(*_convolutions("branch3x3", (reduced, 1), (wide, 3), stride=2)),
                Chain(*_convolutions("branch7x7x3", (width, 1), (width, ROW), (width, COLUMN), (width, 3), stride=2)),
                Chain(("pool", MaxPool2d(3, stride=2))),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionE(_Module):
    """3x3 filters as a row beside a column, behind 1x1 and behind 3x3, beside 1x1 filters and a mean."""

    summary: ClassVar[str] = "3 × 3 filters as a row beside a column, behind 1 × 1 and 3 × 3, 1 × 1 filters and a mean."
    paper: ClassVar[str] = PAPER.format("figure 7")
    branch1x1: int = integer(320, minimum=1, help="channels of the 1 × 1 convolution")
    branch3x3: int = integer(384, minimum=1, help="channels of the rows, of the columns and of what comes before them")
    reduced: int = integer(448, minimum=1, help="channels of the reduction before the 3 × 3 convolution")
    pool_features: int = integer(192, minimum=1, help="channels of the 1 × 1 convolution behind the mean")

    def body(self, shape: Shape) -> Chain:
        width = self.branch3x3
        twice = _convolutions("branch3x3dbl", (self.reduced, 1), (width, 3))
        return Chain(
            Concat(
                ("branch1x1", inception_conv(self.branch1x1, 1)),
                Chain(*_convolutions("branch3x3", (width, 1)), _row_beside_column("branch3x3_2", width)),
                Chain(*twice, _row_beside_column("branch3x3dbl_3", width)),
                _pooled(self.pool_features),
            )
        )


def _row_beside_column(name: str, channels: int) -> Concat:
    return Concat((f"{name}a", inception_conv(channels, (1, 3))), (f"{name}b", inception_conv(channels, (3, 1))))
