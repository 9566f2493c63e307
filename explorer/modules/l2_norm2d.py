"""A pixel's channels scaled to a learned length (Liu, Rabinovich, Berg: ParseNet, 2015, section 3.3)."""

from __future__ import annotations

import torch
from torch import nn


class L2Norm2d(nn.Module):
    """Divides the channels of every pixel by their length and multiplies each channel by a learned factor.

    Args:
        channels: Channels that arrive.
        scale: The factors before training.
    """

    EPS = 1e-10  # of the squared length, against division by zero

    def __init__(self, channels: int, scale: float = 20.0) -> None:
        super().__init__()
        self.scale = scale
        self.weight = nn.Parameter(torch.full((channels,), scale))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shrunk = x * x.square().sum(1, keepdim=True).add(self.EPS).rsqrt()
        return shrunk * self.weight[:, None, None]  # (N, C, H, W)

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, scale={self.scale}"
