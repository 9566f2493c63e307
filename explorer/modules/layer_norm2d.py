"""Layer normalisation over the channels of every pixel, as ConvNeXt has it."""

from __future__ import annotations

import torch
from torch import nn


class LayerNorm2d(nn.LayerNorm):
    """Normalises the channels of every pixel; ``normalized_shape`` is their number."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed: torch.Tensor = super().forward(x.permute(0, 2, 3, 1))  # (N, H, W, C)
        return normed.permute(0, 3, 1, 2)
