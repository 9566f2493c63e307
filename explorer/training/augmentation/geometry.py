"""Where pixels go: crop, flip and rotation of a batch, each image by its own amount."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def crop(images: Tensor, padding: int, down: Tensor, right: Tensor) -> Tensor:
    """Adds a black border and cuts a part of the old size out of it.

    Args:
        images: (N, C, H, W)
        padding: The border, in pixels.
        down: Where the part begins in the padded image, from 0 to twice the padding. (N,)
        right: Likewise. (N,)
    """
    count, _, height, width = images.shape
    padded = F.pad(images, [padding] * 4)
    parts = padded.unfold(2, height, 1).unfold(3, width, 1)  # (N, C, 2p+1, 2p+1, H, W), a view
    return parts[torch.arange(count, device=images.device), :, down, right]


def flip(images: Tensor, chosen: Tensor) -> Tensor:
    """Mirrors the chosen images.

    Args:
        images: (N, C, H, W)
        chosen: (N,), of booleans.
    """
    return torch.where(chosen[:, None, None, None], images.flip(3), images)


def rotate(images: Tensor, degrees: Tensor) -> Tensor:
    """Turns images counter-clockwise around their centres, bilinear, black outside.

    Args:
        images: (N, C, H, W), floats.
        degrees: (N,)
    """
    height, width = images.shape[-2:]
    angle = torch.deg2rad(degrees)
    cosine, sine, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    # the grid reaches from -1 to 1 along both axes, however long they are
    across = torch.stack([cosine, -sine * height / width, zero], 1)
    along = torch.stack([sine * width / height, cosine, zero], 1)
    grid = F.affine_grid(torch.stack([across, along], 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
