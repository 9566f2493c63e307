"""Values laid out as an image, as generators and detectors do behind their fully connected layers."""

from __future__ import annotations

import torch
from torch import nn


class ToImage(nn.Module):
    """Lays all values out as channels of one height and width.

    Args:
        height: Rows of the image.
        width: Columns of the image.
    """

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height = height
        self.width = width

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(len(x), -1, self.height, self.width)  # (N, C, H, W)

    def extra_repr(self) -> str:
        return f"height={self.height}, width={self.width}"
