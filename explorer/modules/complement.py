"""What is left to one: the carry gate of a highway layer (Srivastava, Greff, Schmidhuber: Highway Networks, 2015)."""

from __future__ import annotations

import torch
from torch import nn


class Complement(nn.Module):
    """Takes every value from one."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 1 - x
