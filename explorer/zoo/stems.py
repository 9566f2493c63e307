"""The first layer of the networks that can leave its stride out, so that images of 28 pixels do not shrink away."""

from __future__ import annotations

from explorer.zoo.base import Option

STEM = Option("imagenet", "imagenet: stride 2 first; small: stride 1, for small images", ("imagenet", "small"))


def first_stride(stem: str) -> int:
    """The stride of the first convolution."""
    return 2 if stem == "imagenet" else 1
