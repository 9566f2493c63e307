"""The parameter-free shortcut of residual networks (He et al., 2015, section 3.3, option A)."""

from __future__ import annotations

import torch
from torch import nn


class ZeroPadShortcut(nn.Module):
    """Keeps every ``stride``-th pixel and adds channels of zeros behind the others.

    Args:
        in_channels: Channels that arrive.
        out_channels: Channels that leave, at least as many.
        stride: Pixels from one kept pixel to the next.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.missing = out_channels - in_channels
        self.stride = stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = x[:, :, :: self.stride, :: self.stride]  # (N, C, ceil(H / stride), ceil(W / stride))
        return nn.functional.pad(kept, (0, 0, 0, 0, 0, self.missing))

    def extra_repr(self) -> str:
        return f"missing={self.missing}, stride={self.stride}"
