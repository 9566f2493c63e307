"""A learned factor for every channel (Touvron et al.: Going deeper with Image Transformers, 2021, section 2)."""

from __future__ import annotations

import torch
from torch import nn


class LayerScale(nn.Module):
    """Multiplies every channel by a factor of its own.

    Args:
        channels: Channels that arrive.
        init: The factor before training.
    """

    def __init__(self, channels: int, init: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1) * init)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x

    def extra_repr(self) -> str:
        return f"{len(self.weight)}"
