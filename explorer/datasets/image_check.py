"""Looks at every image file of a folder before training: which cannot be read, and how bright the others are.

A damaged file found here is a line in a report; found in the tenth epoch it would end the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from explorer.datasets.image_file import read_image
from explorer.datasets.images import Pixels
from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.errors import DataError

T = TypeVar("T")

_AT_A_TIME = 64  # files between two looks at `cancelled`


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """An image file that is left out, and the sentence that says why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Brightness:
    """Sums over the pixels of images, scaled to 0..1, from which mean and deviation follow."""

    pixels: int  # a channel
    total: tuple[float, ...]  # (C,)
    squares: tuple[float, ...]  # (C,)

    def __add__(self, other: Brightness) -> Brightness:
        return Brightness(
            self.pixels + other.pixels,
            tuple(a + b for a, b in zip(self.total, other.total, strict=True)),
            tuple(a + b for a, b in zip(self.squares, other.squares, strict=True)),
        )

    @property
    def mean(self) -> tuple[float, ...]:
        """Of each channel, to four decimals."""
        return tuple(round(total / self.pixels, 4) for total in self.total)

    @property
    def std(self) -> tuple[float, ...]:
        """Of each channel, over all its pixels, to four decimals; a channel of one brightness gets 1, to divide by."""
        means = (total / self.pixels for total in self.total)
        spread = (squares / self.pixels - mean**2 for squares, mean in zip(self.squares, means, strict=True))
        return tuple(round(max(variance, 0.0) ** 0.5, 4) or 1.0 for variance in spread)


def check_images(
    paths: Sequence[Path],
    image_size: tuple[int, int],
    channels: int,
    *,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> list[Brightness | UnreadableFile]:
    """Decodes every file once; one entry a file, in their order.

    Args:
        paths: The image files.
        image_size: The height and width they are read in.
        channels: 1 for grey, 3 for RGB.
        progress: Told the files looked at.
        cancelled: Asked every few dozen files.

    Raises:
        Cancelled: If the person asked for it.
    """

    def check(path: Path) -> Brightness | UnreadableFile:
        try:
            return _brightness(read_image(path, image_size, channels))
        except DataError as error:
            return UnreadableFile(path, str(error))

    return list(map_files(check, paths, "Checking images", progress, cancelled))


def map_files(
    function: Callable[[Path], T],
    paths: Sequence[Path],
    doing: str,
    progress: Progress | None,
    cancelled: CancelCheck | None,
) -> Iterator[T]:
    """Applies a function to each file on all cores, in order; decoding an image releases the interpreter lock."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for start in range(0, len(paths), _AT_A_TIME):
            stop_if(cancelled, doing)
            some = paths[start : start + _AT_A_TIME]
            yield from pool.map(function, some)
            if progress is not None:
                progress(doing, start + len(some), len(paths))


def _brightness(image: Pixels) -> Brightness:
    levels = np.arange(256) / 255
    counts = [np.bincount(channel.ravel(), minlength=256) for channel in image]
    total = tuple(float(count @ levels) for count in counts)
    return Brightness(image[0].size, total, tuple(float(count @ levels**2) for count in counts))
