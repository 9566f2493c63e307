"""Shapes drawn by arithmetic: made in milliseconds, the same every time, and easy to learn.

They serve tests and quick trials; what a network reaches on them says nothing about photographs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.images import ArraySplit, Images
from explorer.datasets.progress import CancelCheck, Progress
from explorer.datasets.split import shuffled
from explorer.errors import DataError

Plane = npt.NDArray[np.float32]  # (n, H, W)
Mask = npt.NDArray[np.bool_]  # (n, H, W)

# Whether a pixel belongs to the shape; x and y run from the shape's centre, in units of its half width.
FIGURES: dict[str, Callable[[Plane, Plane], Mask]] = {
    "square": lambda x, y: np.maximum(abs(x), abs(y)) < 0.85,
    "circle": lambda x, y: np.hypot(x, y) < 1,
    "triangle": lambda x, y: (abs(y) < 0.9) & (2 * abs(x) < y + 1),
    "cross": lambda x, y: (np.maximum(abs(x), abs(y)) < 1) & (np.minimum(abs(x), abs(y)) < 0.3),
    "ring": lambda x, y: abs(np.hypot(x, y) - 0.75) < 0.25,
    "diamond": lambda x, y: abs(x) + abs(y) < 1,
    "frame": lambda x, y: abs(np.maximum(abs(x), abs(y)) - 0.75) < 0.25,
    "saltire": lambda x, y: (np.maximum(abs(x), abs(y)) < 1) & (abs(abs(x) - abs(y)) < 0.35),
    "bar": lambda x, y: (abs(x) < 1) & (abs(y) < 0.3),
    "post": lambda x, y: (abs(x) < 0.3) & (abs(y) < 1),
}

_MAX_BYTES = 1 << 30
_TRAIN, _TEST = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticDataset(Dataset):
    """Generated images; make one with `synthetic`.

    Attributes:
        seed: Chooses places, sizes, brightness and noise.
    """

    seed: int = 0

    def find(self, root: Path | None = None) -> Path | None:
        """The folder in hand: nothing has to be found or downloaded."""
        return Path()

    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """Draws the images; see `Dataset.load`."""
        train = _draw(self.train_images, self.shape, self.classes, (self.seed, _TRAIN))
        return Images(train, _draw(self.test_images, self.shape, self.classes, (self.seed, _TEST)))


def synthetic(
    *,
    train_images: int = 800,
    test_images: int = 200,
    shape: tuple[int, int, int] = (1, 28, 28),
    classes: int = 4,
    seed: int = 0,
) -> SyntheticDataset:
    """A data set of generated shapes, its facts computed from its training images.

    Args:
        train_images: How many images to train on.
        test_images: How many to test on.
        shape: Channels, height and width.
        classes: How many of the ten figures, at least two.
        seed: Chooses the images, 0 or more.

    Raises:
        DataError: If a parameter is out of range or the images would fill more than a gigabyte.
    """
    if not 2 <= classes <= len(FIGURES):
        raise DataError(f"Synthetic shapes come in 2 to {len(FIGURES)} classes, not {classes}.")
    if min(train_images, test_images) < classes or min(shape) < 1 or min(shape[1:]) < 8:
        raise DataError("Synthetic shapes need an image of each class, at least one channel and 8 x 8 pixels.")
    if (train_images + test_images) * int(np.prod(shape, dtype=object)) > _MAX_BYTES:
        raise DataError("Synthetic shapes may fill a gigabyte at most; ask for fewer or smaller images.")
    names = tuple(FIGURES)[:classes]
    pixels = _draw(train_images, shape, names, (seed, _TRAIN)).images / np.float32(255)
    return SyntheticDataset(
        key="synthetic",
        title="Synthetic shapes",
        shape=shape,
        classes=names,
        mean=tuple(round(float(value), 4) for value in pixels.mean(axis=(0, 2, 3), dtype=np.float64)),
        std=tuple(round(float(value), 4) for value in pixels.std(axis=(0, 2, 3), dtype=np.float64)),
        licence="Generated here; free of rights.",
        source="Drawn by Architecture Explorer.",
        train_images=train_images,
        test_images=test_images,
        seed=seed,
    )


def _draw(count: int, shape: tuple[int, int, int], names: tuple[str, ...], seed: tuple[int, int]) -> ArraySplit:
    channels, height, width = shape
    labels = (shuffled(count, seed) % len(names)).astype(np.int64)  # classes differ by one image at most
    random = np.random.Generator(np.random.PCG64(seed))
    radius = (0.2 + 0.2 * random.random((count, 1, 1), dtype=np.float32)) * min(height, width)
    rows, columns = (_offsets(extent, radius, random) for extent in (height, width))
    x, y = np.broadcast_arrays(columns[:, np.newaxis, :], rows[:, :, np.newaxis])
    inside = np.empty((count, height, width), dtype=np.bool_)
    for label, name in enumerate(names):
        inside[labels == label] = FIGURES[name](x[labels == label], y[labels == label])
    ground = 0.3 * random.random((count, channels, 1, 1), dtype=np.float32)
    ink = 0.6 + 0.4 * random.random((count, channels, 1, 1), dtype=np.float32)
    images = np.where(inside[:, np.newaxis], ink, ground)
    images += 0.1 * (random.random(images.shape, dtype=np.float32) - 0.5)
    return ArraySplit((images.clip(0, 1) * 255).astype(np.uint8), labels)


def _offsets(extent: int, radius: Plane, random: np.random.Generator) -> Plane:
    """Each pixel's distance from a centre that leaves the whole shape in the image, in radii; (n, extent)."""
    centre = radius[:, :, 0] + (extent - 2 * radius[:, :, 0]) * random.random((len(radius), 1), dtype=np.float32)
    pixels = np.arange(extent, dtype=np.float32) + np.float32(0.5)
    offsets: Plane = (pixels - centre) / radius[:, :, 0]
    return offsets


DATASETS.add("synthetic", synthetic())
