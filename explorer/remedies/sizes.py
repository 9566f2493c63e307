"""Sizes of windows: one number for both axes, or height and width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.core.shape import Size, pair


def one_size(sizes: Sequence[int]) -> Size:
    """Height and width as one number where they are equal."""
    height, width = sizes
    return height if height == width else (height, width)


def each(rule: Callable[[int, int], int], one: Size, other: Size) -> Size:
    """A rule for height and width, each with its own numbers."""
    return one_size([rule(*axis) for axis in zip(pair(one), pair(other), strict=True)])


def said(size: Size) -> str:
    """A size as a label says it."""
    return " × ".join(map(str, size)) if isinstance(size, tuple) else str(size)
