"""A fixed factor, such as that of residual branches (Szegedy et al.: Inception-v4, 2016, section 3.3)."""

from __future__ import annotations

import torch
from torch import nn


class Scale(nn.Module):
    """Multiplies all values by one fixed number.

    Args:
        factor: That number.
    """

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor

    def extra_repr(self) -> str:
        return f"factor={self.factor}"
