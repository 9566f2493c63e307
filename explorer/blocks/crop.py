"""Cutting rows and columns off: how a map joins a smaller one from further on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import BlockError, Layer, ModuleCall, register, require_image
from explorer.core.fields import integer
from explorer.core.receptive_field import AxisMap, ReceptiveField
from explorer.core.shape import MAX_IMAGE, Shape, format_shape


@register
@dataclass(frozen=True, slots=True)
class Crop2d(Layer):
    """Cuts rows and columns off, each side on its own."""

    slot_name: ClassVar[str] = "crop"
    summary: ClassVar[str] = "Cuts rows and columns off, each side on its own."
    paper: ClassVar[str] = (
        "Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation, 2015, figure 1."
    )
    year: ClassVar[int | None] = 2015
    left: int = integer(1, maximum=MAX_IMAGE, help="columns cut off on the left", unit="pixels")
    right: int = integer(1, maximum=MAX_IMAGE, help="columns cut off on the right", unit="pixels")
    top: int = integer(1, maximum=MAX_IMAGE, help="rows cut off at the top", unit="pixels")
    bottom: int = integer(1, maximum=MAX_IMAGE, help="rows cut off at the bottom", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        height, width = height - self.top - self.bottom, width - self.left - self.right
        if min(height, width) < 1:
            raise BlockError(f"Crop2d would leave nothing of {format_shape(shape)}.", "Cut less off.", "cut_off")
        return channels, height, width

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return ReceptiveField(_shifted(self.top), _shifted(self.left))

    def module(self, shape: Shape) -> ModuleCall:
        # negative padding, which copies what is left: a view would keep all of the image for the backward pass
        return ModuleCall.of("torch.nn.ZeroPad2d", (-self.left, -self.right, -self.top, -self.bottom))

    def describe(self) -> str:
        return f"{self.left}, {self.right}, {self.top}, {self.bottom}"


def _shifted(pixels: int) -> AxisMap:
    return AxisMap((pixels,), (pixels,), 1)
