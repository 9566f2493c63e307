"""One of several equal parts of the channels (Ma, Zhang, Zheng, Sun: ShuffleNet V2, 2018, figure 3)."""

from __future__ import annotations

import torch
from torch import nn


class ChannelSplit(nn.Module):
    """Takes one of ``parts`` equal groups of channels.

    Args:
        parts: In how many groups the channels are split.
        index: Which one is taken, from 0.
    """

    def __init__(self, parts: int = 2, index: int = 0) -> None:
        super().__init__()
        self.parts = parts
        self.index = index

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        width = x.shape[1] // self.parts
        # a copy: a view would keep all channels in memory for the backward pass
        return x.narrow(1, self.index * width, width).clone()

    def extra_repr(self) -> str:
        return f"parts={self.parts}, index={self.index}"
