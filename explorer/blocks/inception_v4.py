"""The modules of Inception v4 (Szegedy, Ioffe, Vanhoucke, Alemi, 2016, figures 4 to 8).

One number says how wide a module is; the shares of its layers are those of the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.inception import inception_conv
from explorer.blocks.pool import AvgPool2d, MaxPool2d
from explorer.core.block import Block, Category, Composite, register
from explorer.core.compose import Chain, Concat
from explorer.core.fields import integer
from explorer.core.shape import Shape, Size

PAPER = (
    "Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of Residual Connections on "
    "Learning, 2016, {}."
)


def convolutions(*layers: tuple[int, Size], stride: int = 1) -> Chain:
    """Convolutions named by their numbers; with a stride the last has it, and no padding."""
    blocks: list[tuple[str, Block]] = []
    for number, (channels, kernel) in enumerate(layers):
        reduces = stride > 1 and number == len(layers) - 1
        block = inception_conv(channels, kernel, stride if reduces else 1, padded=not reduces)
        blocks.append((str(number), block))
    return Chain(*blocks)


def share(width: int, parts: int, of: int) -> int:
    """So many parts of a width, at least one channel."""
    return max(1, width * parts // of)


def _pooled(channels: int) -> Chain:
    return Chain(("0", AvgPool2d(3, stride=1, padding=1, count_include_pad=False)), ("1", inception_conv(channels, 1)))


class _Module(Composite):
    __slots__ = ()

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "inception"
    year: ClassVar[int | None] = 2016

    def describe(self) -> str:
        return ", ".join(str(getattr(self, name)) for name in self.fields())


@register
@dataclass(frozen=True, slots=True)
class InceptionV4A(_Module):
    """A mean and filters of 1x1, 3x3 and twice 3x3 side by side, all equally wide."""

    summary: ClassVar[str] = "A mean and filters of 1 × 1, 3 × 3 and twice 3 × 3 side by side, all equally wide."
    paper: ClassVar[str] = PAPER.format("figure 4")
    width: int = integer(96, minimum=1, help="channels that each of the four branches gives")

    def body(self, shape: Shape) -> Chain:
        width, reduced = self.width, share(self.width, 2, 3)
        return Chain(
            Concat(
                ("branch1", _pooled(width)),
                ("branch2", inception_conv(width, 1)),
                ("branch3", convolutions((reduced, 1), (width, 3))),
                ("branch4", convolutions((reduced, 1), (width, 3), (width, 3))),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionV4B(_Module):
    """A mean, 1x1 filters, and 7x7 filters as rows and columns, once and twice."""

    summary: ClassVar[str] = "A mean, 1 × 1 filters, and 7 × 7 filters as rows and columns, once and twice."
    paper: ClassVar[str] = PAPER.format("figure 5")
    width: int = integer(256, minimum=1, help="channels that each branch with 7 × 7 filters gives")

    def body(self, shape: Shape) -> Chain:
        row, column = (1, 7), (7, 1)
        width, wide, reduced = self.width, share(self.width, 7, 8), share(self.width, 3, 4)
        twice = ((reduced, 1), (reduced, row), (wide, column), (wide, row), (width, column))
        return Chain(
            Concat(
                ("branch1", _pooled(share(width, 1, 2))),
                ("branch2", inception_conv(share(width, 3, 2), 1)),
                ("branch3", convolutions((reduced, 1), (wide, row), (width, column))),
                ("branch4", convolutions(*twice)),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionV4C(_Module):
    """A mean, 1x1 filters, and a row beside a column, behind 1x1 filters and behind a row and a column."""

    summary: ClassVar[str] = "A mean, 1 × 1 filters, and a row beside a column behind two kinds of filters."
    paper: ClassVar[str] = PAPER.format("figure 6")
    width: int = integer(256, minimum=1, help="channels that the mean, the 1 × 1 filters, each row and column give")

    def body(self, shape: Shape) -> Chain:
        row, column, width = (1, 3), (3, 1), self.width
        reduced, wide = share(width, 3, 2), share(width, 7, 4)
        deep = Chain(*convolutions((reduced, 1), (wide, row), (2 * width, column)).slots, _split(width))
        return Chain(
            Concat(
                ("branch1", _pooled(width)),
                ("branch2", inception_conv(width, 1)),
                ("branch3", Chain(("0", inception_conv(reduced, 1)), _split(width))),
                ("branch4", deep),
            )
        )


def _split(width: int) -> Concat:
    return Concat(("row", inception_conv(width, (1, 3))), ("column", inception_conv(width, (3, 1))))


@register
@dataclass(frozen=True, slots=True)
class InceptionV4ReductionA(_Module):
    """Halves the image by a pooling, 3x3 filters, and two of 3x3 behind 1x1; table 1 gives k, l, m and n."""

    summary: ClassVar[str] = "Halves the image by a pooling, 3 × 3 filters, and twice 3 × 3 side by side."
    paper: ClassVar[str] = PAPER.format("figure 7 and table 1")
    k: int = integer(192, minimum=1, help="channels of the 1 × 1 convolution")
    l: int = integer(224, minimum=1, help="channels of the 3 × 3 convolution behind it")  # noqa: E741 - the paper's name
    m: int = integer(256, minimum=1, help="channels of the last 3 × 3 convolution of that branch")
    n: int = integer(384, minimum=1, help="channels of the single 3 × 3 convolution")

    def body(self, shape: Shape) -> Chain:
        return Chain(
            Concat(
                Chain(("pool", MaxPool2d(3, stride=2))),
                ("branch2", inception_conv(self.n, 3, stride=2, padded=False)),
                ("branch3", convolutions((self.k, 1), (self.l, 3), (self.m, 3), stride=2)),
            )
        )


@register
@dataclass(frozen=True, slots=True)
class InceptionV4ReductionB(_Module):
    """Halves the image by a pooling, 3x3 filters, and 7x7 filters before others of 3x3."""

    summary: ClassVar[str] = "Halves the image by a pooling, 3 × 3 filters, and 7 × 7 before 3 × 3 side by side."
    paper: ClassVar[str] = PAPER.format("figure 8")
    branch2: int = integer(192, minimum=1, help="channels of the branch with a single 3 × 3 convolution")
    branch3: int = integer(320, minimum=1, help="channels that the branch with 7 × 7 filters gives")

    def body(self, shape: Shape) -> Chain:
        reduced, wide = share(self.branch3, 4, 5), self.branch3
        return Chain(
            Concat(
                Chain(("pool", MaxPool2d(3, stride=2))),
                ("branch2", convolutions((self.branch2, 1), (self.branch2, 3), stride=2)),
                ("branch3", convolutions((reduced, 1), (reduced, (1, 7)), (wide, (7, 1)), (wide, 3), stride=2)),
            )
        )
