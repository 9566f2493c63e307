"""How bytes become what a network sees. Training, evaluation and exports share it, so their figures agree.

The arithmetic is that of torchvision's ``ToTensor``, ``Resize`` (bilinear, antialiased) and ``Normalize``, in that
order and to the bit, so that plain PyTorch repeats it in three lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.core.compose import MAIN_OUTPUT

T = TypeVar("T")


class Preprocessor:
    """Scales, resizes and normalises batches on a device.

    Args:
        mean: The mean of each channel, of pixels scaled to 0..1.
        std: The standard deviation of each channel, likewise.
        size: The height and width that leave, in pixels.
        device: Where the work is done.
        memory_format: The layout that leaves.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        size: tuple[int, int],
        device: torch.device | str = "cpu",
        memory_format: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self._mean = torch.tensor(mean, dtype=torch.float32, device=device).view(1, -1, 1, 1)
        self._std = torch.tensor(std, dtype=torch.float32, device=device).view(1, -1, 1, 1)
        self._size = size
        self._device = torch.device(device)
        self._memory_format = memory_format

    def __call__(self, images: Tensor) -> Tensor:
        """Prepares a batch of bytes, or of floats from 0 to 255 (N, C, h, w), which is left as it is.

        Returns:
            The images as the network takes them, float32. (N, C, H, W)
        """
        pixels = images.to(self._device, non_blocking=True).to(torch.float32, copy=True).div_(255)
        if pixels.shape[-2:] != self._size:
            pixels = F.interpolate(pixels, self._size, mode="bilinear", align_corners=False, antialias=True)
        return pixels.sub_(self._mean).div_(self._std).contiguous(memory_format=self._memory_format)


def main_output(outputs: T | Mapping[str, T]) -> T:
    """The main output of an assembled network, which gives a mapping where it has several."""
    return outputs[MAIN_OUTPUT] if isinstance(outputs, Mapping) else outputs
