"""The fractal block (Larsson, Maire, Shakhnarovich: FractalNet: Ultra-Deep Neural Networks without Residuals, 2016).

Section 3: one column is a convolution; c + 1 columns are a convolution beside two blocks of c columns in a row. Where
columns meet, their mean is taken, of all that meet there at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.scale import Scale
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Add, Chain, Part
from explorer.core.fields import integer
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class FractalBlock(Composite):
    """Columns of one, two, four and more convolutions side by side, which meet again and again."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "fractal"
    summary: ClassVar[str] = "Columns of one, two, four and more convolutions side by side, which meet again and again."
    paper: ClassVar[str] = (
        "Larsson, Maire, Shakhnarovich: FractalNet: Ultra-Deep Neural Networks without Residuals, 2016, figure 1."
    )
    year: ClassVar[int | None] = 2016
    out_channels: int = integer(64, minimum=1, help="channels of all convolutions")
    columns: int = integer(3, minimum=1, maximum=6, help="columns; the deepest path has a power of two of convolutions")

    def body(self, shape: Shape) -> Chain:
        require_image(self, shape)
        return Chain(*_mean(self.columns, ConvBlock(self.out_channels), itertools.count(1)))

    def describe(self) -> str:
        return f"{self.columns} columns, {self.out_channels} channels"


def _mean(columns: int, block: ConvBlock, numbers: Iterator[int]) -> list[Part]:
    """A block of so many columns."""
    if columns == 1:
        return [(f"conv{next(numbers)}", block)]
    return [_sum(columns, block, numbers), (f"mean{next(numbers)}", Scale(1 / columns))]


def _sum(columns: int, block: ConvBlock, numbers: Iterator[int]) -> Add:
    """The sum of all columns; those of the second inner block meet the outer one, so their mean is not taken first."""
    shortest = Chain((f"conv{next(numbers)}", block))
    first = _mean(columns - 1, block, numbers)
    second: list[Part] = [_sum(columns - 1, block, numbers)] if columns > 2 else _mean(1, block, numbers)
    return Add(shortest, Chain(*first, *second))
