"""RoI max pooling (Girshick: Fast R-CNN, 2015, section 2.1)."""

from __future__ import annotations

import torch
from torch import nn


class RoIPool(nn.AdaptiveMaxPool2d):
    """Maxima over a grid of cells in each of several regions, whatever their size.

    Args:
        output_size: Rows and columns of cells.
        spatial_scale: Pixels of the map for one pixel of the image, in whose pixels the regions are.
    """

    def __init__(self, output_size: int | tuple[int, int], spatial_scale: float) -> None:
        super().__init__(output_size)
        self.spatial_scale = spatial_scale

    def forward(self, x: torch.Tensor, regions: torch.Tensor | list[torch.Tensor] | None = None) -> torch.Tensor:
        """Pools the regions, K of them in all.

        Args:
            x: Maps ``(N, C, H, W)``.
            regions: ``(K, 5)``, the number of the image and the corners x1, y1, x2, y2 of each; or a list with a
                tensor ``(L, 4)`` for each image. None: all of each map, so that K is N.

        Returns:
            ``(K, C, *output_size)``.
        """
        if regions is not None:
            return self._pooled(x, regions)
        whole: torch.Tensor = super().forward(x)
        return whole

    def _pooled(self, x: torch.Tensor, regions: torch.Tensor | list[torch.Tensor]) -> torch.Tensor:
        from torchvision.ops import roi_pool

        # torchvision wants maps and regions of one type, and on the CPU no half precision: maxima lose nothing by it
        wide = x.float() if x.element_size() < 4 else x
        boxes = regions.to(wide.dtype) if isinstance(regions, torch.Tensor) else [box.to(wide.dtype) for box in regions]
        pooled: torch.Tensor = roi_pool(wide, boxes, self.output_size, self.spatial_scale)
        return pooled.to(x.dtype)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, spatial_scale={self.spatial_scale:g}"
