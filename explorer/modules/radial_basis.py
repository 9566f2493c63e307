"""The outputs of LeNet-5: how far the features are from the fixed code of each class (LeCun et al., 1998, eq. 7)."""

from __future__ import annotations

import torch
from torch import nn


class RadialBasis(nn.Module):
    """The squared distance of all values to a code of -1 and 1 for each class, with a minus so that near is large.

    The paper draws its codes as small pictures of the characters; these are Walsh functions, which lie as far from one
    another as codes can. None of them is trained.

    Args:
        in_features: Values that arrive.
        out_features: Codes.
    """

    codes: torch.Tensor

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.register_buffer("codes", _walsh(in_features, out_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return -(x.flatten(1).unsqueeze(1) - self.codes).square().sum(2)  # (N, out_features)

    def extra_repr(self) -> str:
        return f"in_features={self.codes.shape[1]}, out_features={self.codes.shape[0]}"


def _walsh(columns: int, rows: int) -> torch.Tensor:
    """Each is -1 where row and column have an odd number of ones in common in the binary system."""
    common = torch.arange(1, rows + 1)[:, None] & torch.arange(columns)
    odd = torch.zeros_like(common)
    for bit in range(max(rows, columns).bit_length()):
        odd ^= common >> bit & 1
    return 1.0 - 2.0 * odd  # (rows, columns)
