"""The images of a data set, as values: resident in one array, or listed files that are read when needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.datasets.image_file import read_image
from explorer.errors import DataError

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
Chosen: TypeAlias = Sequence[int] | npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class ArraySplit:
    """Images that are resident in memory.

    Raises:
        DataError: If the arrays have other types or shapes than said here.
    """

    images: Pixels  # (N, C, H, W)
    labels: Labels  # (N,)

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 4:
            raise DataError(
                "Resident images must be bytes of shape (images, channels, height, width), "
                f"not {self.images.dtype} of shape {self.images.shape}."
            )
        _check_labels(self.labels, len(self.images))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def read(self, indices: Chosen) -> Pixels:
        """A copy of the chosen images, of shape (n, C, H, W)."""
        return self.images[np.asarray(indices, dtype=np.intp)]

    def take(self, indices: Chosen) -> ArraySplit:
        """The split of the chosen images, in that order."""
        chosen = np.asarray(indices, dtype=np.intp)
        return ArraySplit(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class FileSplit:
    """Image files that are read when needed; the value travels to loader processes.

    Raises:
        DataError: If there is not one label a path.
    """

    paths: tuple[Path, ...]
    labels: Labels  # (N,)
    image_size: tuple[int, int]  # height, width
    channels: int

    def __post_init__(self) -> None:
        _check_labels(self.labels, len(self.paths))

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image once it is read."""
        return self.channels, *self.image_size

    def read(self, indices: Chosen) -> Pixels:
        """The chosen images, read from their files, of shape (n, C, H, W).

        Raises:
            DataError: If a file cannot be read any more.
        """
        chosen = np.asarray(indices, dtype=np.intp)
        images = np.empty((len(chosen), *self.shape), dtype=np.uint8)
        for row, index in enumerate(chosen):
            images[row] = read_image(self.paths[index], self.image_size, self.channels)
        return images

    def take(self, indices: Chosen) -> FileSplit:
        """The split of the chosen files, in that order."""
        chosen = np.asarray(indices, dtype=np.intp)
        paths = tuple(self.paths[index] for index in chosen)
        return FileSplit(paths, self.labels[chosen], self.image_size, self.channels)


Split: TypeAlias = ArraySplit | FileSplit


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """What a data set loads.

    ``validation`` is there only where the data come with one (a folder with train, val and test); otherwise whoever
    trains takes a stratified share of ``train``.
    """

    train: Split
    test: Split
    validation: Split | None = None


def _check_labels(labels: Labels, images: int) -> None:
    if labels.dtype != np.int64 or labels.shape != (images,):
        raise DataError(
            f"{images} images need {images} labels of type int64, not {labels.dtype} of shape {labels.shape}."
        )
