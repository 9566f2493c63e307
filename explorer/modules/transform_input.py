"""The normalisation of images that weights from TensorFlow expect, from that of ImageNet's mean and deviation."""

from __future__ import annotations

import torch
from torch import nn

MEANS = (0.485, 0.456, 0.406)
DEVIATIONS = (0.229, 0.224, 0.225)


class TransformInput(nn.Module):
    """Takes images with ImageNet's mean and deviation of each colour to those with a mean and deviation of one half.

    Images that have not three colours are taken by the average of the three.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[1] != len(MEANS):
            return _transform(x, sum(MEANS) / len(MEANS), sum(DEVIATIONS) / len(DEVIATIONS))
        colours = x.chunk(len(MEANS), dim=1)
        return torch.cat(list(map(_transform, colours, MEANS, DEVIATIONS)), dim=1)  # (N, 3, H, W)


def _transform(x: torch.Tensor, mean: float, deviation: float) -> torch.Tensor:
    return x * (deviation / 0.5) + (mean - 0.5) / 0.5
