"""What SSD needs beside convolutions: a norm of the channels of each pixel, and boxes as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import (
    FLOAT,
    Backward,
    BlockError,
    Category,
    Layer,
    ModuleCall,
    Saved,
    register,
    require_image,
)
from explorer.core.fields import integer, real
from explorer.core.receptive_field import WHOLE, ReceptiveField
from explorer.core.shape import Shape, elements


@register
@dataclass(frozen=True, slots=True)
class L2Norm2d(Layer):
    """Divides the channels of every pixel by their length, and multiplies each channel by a learned factor."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "norm"
    summary: ClassVar[str] = "Scales the channels of every pixel to a learned length."
    paper: ClassVar[str] = "Liu, Rabinovich, Berg: ParseNet: Looking Wider to See Better, 2015, section 3.3."
    year: ClassVar[int | None] = 2015
    scale: float = real(20.0, maximum=1e3, help="the learned factors before training")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((shape[0],),)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        # the reciprocal length of every pixel, and for the factors what they multiply
        lengths = elements(shape[1:]) if backward.input_needs_grad else 0
        shrunk = elements(shape) if backward.trainable else 0
        return Saved(input=backward.input_needs_grad, per_image=(lengths + shrunk) * FLOAT)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.l2_norm2d.L2Norm2d", shape[0], self.scale)

    def describe(self) -> str:
        return f"to {self.scale:g}"


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
