"""Stochastic depth (Huang, Sun, Liu, Sedra, Weinberger: Deep Networks with Stochastic Depth, 2016)."""

from __future__ import annotations

import torch
from torch import nn


class StochasticDepth(nn.Module):
    """Sets whole images to zero at random while training and scales the others up.

    Args:
        p: Share of the images that are set to zero.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0.0:
            return x
        kept = 1.0 - self.p
        mask = x.new_empty((len(x),) + (1,) * (x.ndim - 1)).bernoulli_(kept)
        return x * (mask.div_(kept) if kept > 0.0 else mask)

    def extra_repr(self) -> str:
        return f"p={self.p:g}"
