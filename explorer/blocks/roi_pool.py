"""RoI max pooling: maxima of the same grid of cells in regions of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.pool import AdaptiveMaxPool2d
from explorer.core.block import ModuleCall, register
from explorer.core.fields import real, size
from explorer.core.shape import Size, pair


@register
@dataclass(frozen=True, slots=True)
class RoIPool(AdaptiveMaxPool2d):
    """Maxima over a grid of cells in each region of interest, so that regions of any size give equal shapes.

    The regions are an optional input of the assembled network, ``module(images, regions=boxes)``, wherever in it the
    layer stands; boxes are as ``torchvision.ops.roi_pool`` takes them, in pixels of the images, and what leaves has one
    entry a region instead of one an image. Without regions each image is one, as a whole: that is what is counted.
    """

    slot_name: ClassVar[str] = "roi_pool"
    optional_input: ClassVar[str] = "regions"
    summary: ClassVar[str] = "Takes maxima over a grid in each region that is asked for, by default the whole image."
    paper: ClassVar[str] = "Girshick: Fast R-CNN, 2015, section 2.1."
    year: ClassVar[int | None] = 2015
    output_size: Size = size(7, maximum=4_096, help="rows and columns of the output", unit="pixels")
    spatial_scale: float = real(
        1 / 16, minimum=1 / 4_096, maximum=1.0, help="pixels of the map for one pixel of the image, where regions are"
    )

    def module(self, shape: tuple[int, ...]) -> ModuleCall:
        return ModuleCall.of("explorer.modules.roi_pool.RoIPool", self.output_size, self.spatial_scale)

    def describe(self) -> str:
        return "regions to {} × {}".format(*pair(self.output_size))
