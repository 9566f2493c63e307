"""The numbers of all boxes as rows (Liu et al.: SSD: Single Shot MultiBox Detector, 2015)."""

from __future__ import annotations

import torch
from torch import nn


class BoxRows(nn.Module):
    """Takes a map that has the numbers of several boxes at each position to one row for each box.

    Args:
        values: Numbers of one box.
    """

    def __init__(self, values: int) -> None:
        super().__init__()
        self.values = values

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        last = x.permute(0, 2, 3, 1).clone(memory_format=torch.contiguous_format)  # (N, H, W, C)
        return last.reshape(len(x), -1, self.values)  # (N, boxes, values)

    def extra_repr(self) -> str:
        return f"values={self.values}"
