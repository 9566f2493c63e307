"""What covers pixels: a wiped rectangle, or another image of the batch, which brings its class along.

- Random erasing: Zhong et al., "Random Erasing Data Augmentation", 2017.
- mixup: Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018.
- CutMix: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers", 2019.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_TABLE = 4096  # points of an inverse distribution function


def rectangle(shape: tuple[int, int], top: Tensor, left: Tensor, height: Tensor, width: Tensor) -> Tensor:
    """Where rectangles lie, one an image; what lies outside the image is cut off.

    Args:
        shape: Height and width of the images.
        top: The first row of each. (N,)
        left: The first column. (N,)
        height: Its rows. (N,)
        width: Its columns. (N,)

    Returns:
        Booleans. (N, 1, H, W)
    """

    def within(length: int, first: Tensor, count: Tensor) -> Tensor:
        places = torch.arange(length, device=first.device)
        return (places >= first[:, None]) & (places < (first + count)[:, None])

    return (within(shape[0], top, height)[:, :, None] & within(shape[1], left, width)[:, None, :])[:, None]


def mixup(images: Tensor, others: Tensor, share: Tensor) -> Tensor:
    """The weighted mean of pairs of images.

    Args:
        images: (N, C, H, W)
        others: (N, C, H, W)
        share: That of the first, from 0 to 1. (N,)
    """
    return torch.lerp(others, images, share[:, None, None, None])


def mixed_targets(labels: Tensor, others: Tensor, share: Tensor, classes: int) -> Tensor:
    """How much of each class is in an image that was mixed of two.

    Args:
        labels: The class of the first. (N,)
        others: That of the second. (N,)
        share: That of the first, from 0 to 1. (N,)
        classes: How many classes there are.

    Returns:
        Shares that add up to 1. (N, classes)
    """
    one, other = F.one_hot(labels, classes).to(share.dtype), F.one_hot(others, classes).to(share.dtype)
    return torch.lerp(other, one, share[:, None])


class SymmetricBeta:
    """Makes uniform numbers such of a Beta(a, a) distribution, by a table of its inverse distribution function.

    The table has the half below 1/2, which the other mirrors, over t = x^p. With p = a below 1 the density has no pole
    there: it is x^(a - p) (1 - x)^(a - 1), to a factor.

    Args:
        a: Above 0.
        device: Where the numbers lie.
    """

    def __init__(self, a: float, device: torch.device) -> None:
        self._power = power = min(a, 1.0)
        t = torch.linspace(0.0, 0.5**power, _TABLE, dtype=torch.float64)
        x = t ** (1 / power)
        density = x ** (a - power) * (1 - x) ** (a - 1)
        area = F.pad(torch.cumulative_trapezoid(density, t), (1, 0))
        self._cumulated = (area / area[-1] / 2).float().to(device)
        self._t = t.float().to(device)

    def __call__(self, uniform: Tensor) -> Tensor:
        """Numbers from 0 to 1 so distributed.

        Args:
            uniform: Numbers from 0 to 1. (N,)
        """
        mirrored = torch.minimum(uniform, 1 - uniform)
        upper = torch.searchsorted(self._cumulated, mirrored, right=True).clamp(1, _TABLE - 1)
        low, high = self._cumulated[upper - 1], self._cumulated[upper]
        t = torch.lerp(self._t[upper - 1], self._t[upper], (mirrored - low) / (high - low))
        half = t ** (1 / self._power)
        return torch.where(uniform <= 0.5, half, 1 - half)
