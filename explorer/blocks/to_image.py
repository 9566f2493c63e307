"""The opposite of Flatten: values as an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import BlockError, Layer, ModuleCall, register
from explorer.core.fields import size
from explorer.core.receptive_field import WHOLE, ReceptiveField
from explorer.core.shape import MAX_IMAGE, Shape, Size, elements, pair


@register
@dataclass(frozen=True, slots=True)
class ToImage(Layer):
    """Lays all values out as an image of the given size; the channels follow from how many there are."""

    slot_name: ClassVar[str] = "to_image"
    summary: ClassVar[str] = "Lays all values out as an image of the given size: the opposite of Flatten."
    paper: ClassVar[str] = (
        "Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
        "Networks, 2015, figure 1."
    )
    year: ClassVar[int | None] = 2015
    size: Size = size(4, maximum=MAX_IMAGE, help="rows and columns of the image", unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        height, width = pair(self.size)
        channels, rest = divmod(elements(shape), height * width)
        if rest:
            raise BlockError(
                f"{elements(shape):,} values do not fill images of {height} × {width} pixels.",
                f"Have a multiple of {height * width:,} values arrive.",
            )
        return channels, height, width

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return WHOLE

    def shares_storage(self) -> bool:
        return True

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.to_image.ToImage", *pair(self.size))

    def describe(self) -> str:
        return "to {} × {}".format(*pair(self.size))
