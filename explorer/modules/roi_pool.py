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
        pooled: torch.Tensor
        if regions is None:
            pooled = super().forward(x)
        else:
            from torchvision.ops import roi_pool

            pooled = roi_pool(x, regions, self.output_size, self.spatial_scale)
        return pooled

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, spatial_scale={self.spatial_scale:g}"
