"""SSD's boxes as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import BlockError, Layer, ModuleCall, register, require_image
from explorer.core.fields import integer
from explorer.core.receptive_field import WHOLE, ReceptiveField
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class BoxRows(Layer):
    """Takes a map that has the numbers of several boxes at each position to one row for each box."""

    slot_name: ClassVar[str] = "rows"
    summary: ClassVar[str] = "One row for each box of a map that has several at each position."
    paper: ClassVar[str] = "Liu et al.: SSD: Single Shot MultiBox Detector, 2015, section 2.1."
    year: ClassVar[int | None] = 2015
    values: int = integer(4, minimum=1, help="numbers of one box")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        if channels % self.values:
            raise BlockError(
                f"BoxRows cannot make boxes of {self.values} numbers of {channels} channels.",
                f"Have a multiple of {self.values} channels arrive.",
            )
        return channels // self.values * height * width, self.values

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return WHOLE

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.box_rows.BoxRows", self.values)

    def describe(self) -> str:
        return f"{self.values} numbers each"
