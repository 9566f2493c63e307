"""The dimensions of an image in another order, as a copy."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class Permute(nn.Module):
    """Puts the dimensions in another order, and the values of what leaves side by side in memory.

    Args:
        dims: Where each dimension comes from, counted behind the batch: (2, 3, 1) takes the channels last.
    """

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = tuple(dims)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, *self.dims).clone(memory_format=torch.contiguous_format)

    def extra_repr(self) -> str:
        return f"dims={self.dims}"
