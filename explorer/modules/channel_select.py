"""Some of the channels, in any order and as often as named (LeCun, Bottou, Bengio, Haffner, 1998, table 1)."""

from __future__ import annotations

import torch
from torch import nn


class ChannelSelect(nn.Module):
    """Takes the named channels.

    Args:
        indices: Which ones, from 0, in the order in which they leave.
    """

    def __init__(self, indices: tuple[int, ...]) -> None:
        super().__init__()
        self.indices = tuple(indices)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x.narrow(1, index, 1) for index in self.indices], dim=1)  # (N, indices, H, W)

    def extra_repr(self) -> str:
        return f"indices={self.indices}"
