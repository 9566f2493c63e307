"""A fully connected layer over the channels of every pixel: a 1x1 convolution with the weights of a Linear."""

from __future__ import annotations

import torch
from torch import nn


class PointwiseLinear(nn.Linear):
    """Connects every channel with every channel, pixel by pixel; arguments and weights are those of a Linear."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        connected: torch.Tensor = super().forward(x.permute(0, 2, 3, 1))  # (N, H, W, C)
        return connected.permute(0, 3, 1, 2)
