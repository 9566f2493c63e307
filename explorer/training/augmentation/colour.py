"""What pixels are: brightness, contrast, saturation and hue of a batch, each image by its own amount.

The arithmetic is torchvision's (``transforms.v2.functional``) on floats, here from 0 to 255. Images of one channel have
no saturation and no hue.
"""

from __future__ import annotations

import torch
from torch import Tensor

WHITE = 255.0
_GREY = (0.2989, 0.587, 0.114)  # of red, green and blue, by ITU-R BT.601


def brighten(images: Tensor, factor: Tensor) -> Tensor:
    """Multiplies all pixels.

    Args:
        images: (N, C, H, W)
        factor: (N,)
    """
    return _limited(images * _wide(factor))


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Multiplies the distance from the mean grey of each image."""
    return _blended(images, _grey(images).mean(dim=(1, 2, 3), keepdim=True), factor)


def saturate(images: Tensor, factor: Tensor) -> Tensor:
    """Multiplies the distance of each pixel from its grey."""
    return _blended(images, _grey(images), factor) if images.shape[1] == 3 else images


def turn_hue(images: Tensor, turn: Tensor) -> Tensor:
    """Moves colours around the colour circle.

    Args:
        images: (N, C, H, W)
        turn: By how much, 1 being once around. (N,)
    """
    if images.shape[1] != 3:
        return images
    value, least = images.amax(dim=1), images.amin(dim=1)
    hue = _hue(images, value, value - least) + turn[:, None, None] * 6
    channels = [_channel(value, value - least, (hue + place) % 6) for place in (5, 3, 1)]
    return torch.stack(channels, dim=1)


def _hue(images: Tensor, value: Tensor, range_: Tensor) -> Tensor:
    """The places (N, H, W) on the colour circle, which is 6 long: red at 0, green at 2, blue at 4."""
    red, green, blue = images.unbind(dim=1)
    divisor = torch.where(range_ > 0, range_, 1.0)
    from_red, from_green = (green - blue) / divisor, (blue - red) / divisor + 2
    return torch.where(value == red, from_red, torch.where(value == green, from_green, (red - green) / divisor + 4))


def _channel(value: Tensor, range_: Tensor, place: Tensor) -> Tensor:
    return value - range_ * torch.minimum(place, 4 - place).clamp(0, 1)


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] != 3:
        return images
    return sum(share * images[:, channel : channel + 1] for channel, share in enumerate(_GREY))  # type: ignore[return-value]


def _blended(images: Tensor, others: Tensor, factor: Tensor) -> Tensor:
    factor = _wide(factor)
    return _limited(factor * images + (1 - factor) * others)


def _limited(images: Tensor) -> Tensor:
    return images.clamp_(0, WHITE)


def _wide(factor: Tensor) -> Tensor:
    return factor[:, None, None, None]
