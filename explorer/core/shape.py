"""Shapes without the batch dimension, and the arithmetic of sliding windows.

A shape is a tuple of positive integers: ``(channels, height, width)`` for images, ``(features,)`` for vectors.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]
Pair: TypeAlias = tuple[int, int]
Size: TypeAlias = int | tuple[int, int]  # one number for both axes, or (height, width)

MAX_CHANNELS = 65_536
MAX_IMAGE = 4_096  # pixels along one axis
MAX_FEATURES = 1 << 31  # a flattened image of the largest size still fits


def pair(size: Size) -> Pair:
    """``(height, width)`` of a size that may be given as one number."""
    return size if isinstance(size, tuple) else (size, size)


def elements(shape: Shape) -> int:
    """How many numbers one image of that shape holds."""
    product = 1
    for extent in shape:
        product *= extent
    return product


def format_shape(shape: Shape | None) -> str:
    """The shape as a person reads it, such as ``64 × 56 × 56``; an em dash where it is not known."""
    return "—" if shape is None else " × ".join(str(extent) for extent in shape)


def parse_shape(text: str) -> Shape:
    """A shape from ``3,224,224``, ``3x224x224`` or ``3 × 224 × 224``.

    Raises:
        ValueError: If the text is not one to four positive numbers.
    """
    parts = re.split(r"\s*[,x×\s]\s*", text.strip().strip("()[]"))
    if not 1 <= len(parts) <= 4 or not all(part.isascii() and part.isdigit() and 0 < len(part) <= 10 for part in parts):
        raise ValueError(f"{text!r} is not a shape; write it as 3,224,224.")
    shape = tuple(int(part) for part in parts)
    if 0 in shape:
        raise ValueError(f"{text!r} has an empty dimension; every number of a shape is at least 1.")
    return shape


def window_output(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """Positions a window takes along one axis (torch's rule, ``ceil`` being its ``ceil_mode``).

    Returns:
        The number of positions; zero or less when the window is larger than the padded input.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    positions = -(-room // stride) + 1
    # torch drops a last window that would start in the right-hand padding
    return positions - 1 if (positions - 1) * stride >= size + padding else positions
