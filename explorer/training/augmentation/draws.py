"""Random numbers that are a pure function of seed, epoch and image, the same on every device.

No generator is advanced: a run that goes on in the middle of an epoch, a preview and a process that trains on a part of
each batch all find the number of an image where it is. The numbers are SplitMix64 (Steele, Lea and Flood, "Fast
Splittable Pseudorandom Number Generators", 2014), seeded for each image by mixing in seed, epoch and index.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.datasets.split import Indices

# Each use has a place of its own, so that switching one on leaves the numbers of the others as they are. Only append.
USES = (
    "crop_down", "crop_right", "flip", "angle", "brightness", "contrast", "saturation", "hue", "erase", "erase_area",
    "erase_ratio", "erase_down", "erase_right", "mix_kind", "mix_share", "cut_down", "cut_right",
)  # fmt: skip

_STEP = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio
_WRAP = (1 << 64) - 1
Bits = npt.NDArray[np.uint64]


class Draws:
    """The numbers of one batch.

    Args:
        seed: The run's seed.
        epoch: The epoch, counted from 0.
        images: The images, by their index in the training set. (N,)
        device: Where the numbers are needed.
    """

    def __init__(self, seed: int, epoch: int, images: Indices, device: torch.device) -> None:
        # the upper 24 bits are what a float32 between 0 and 1 holds exactly
        bits = stream(_keys(seed, epoch, images), len(USES)) >> np.uint64(40)
        self._values = torch.from_numpy(bits.astype(np.float32) * np.float32(2**-24)).to(device, non_blocking=True)

    def __getitem__(self, use: str) -> Tensor:
        """For each image a number (N,) from 0 up to, but not, 1."""
        return self._values[USES.index(use)]

    def between(self, use: str, low: float, high: float) -> Tensor:
        """For each image a number (N,) between two."""
        return low + (high - low) * self[use]

    def below(self, use: str, limit: int | Tensor) -> Tensor:
        """For each image a whole number (N,) from 0 up to, but not, its limit."""
        return (self[use] * limit).long()


def stream(keys: Bits, count: int) -> Bits:
    """The first numbers of the SplitMix64 generators with these seeds.

    Args:
        keys: The seeds. (N,)
        count: How many numbers of each.

    Returns:
        (count, N)
    """
    steps = np.array([(_STEP * (number + 1)) & _WRAP for number in range(count)], dtype=np.uint64)
    return _mixed(keys[None, :] + steps[:, None])


def _keys(seed: int, epoch: int, images: Indices) -> Bits:
    outer = np.array([seed & _WRAP], dtype=np.uint64)
    outer = _mixed(outer + np.uint64(_STEP)) ^ np.uint64(epoch)
    return _mixed(_mixed(outer + np.uint64(_STEP)) ^ images.astype(np.uint64))


def _mixed(bits: Bits) -> Bits:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Bits = bits ^ (bits >> np.uint64(31))
    return mixed
