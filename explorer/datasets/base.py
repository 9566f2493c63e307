"""What a data set is: its facts, stated once, and how its images are loaded.

A new data set is one file in this package that ends in ``DATASETS.add(key, entry)``. Facts are readable without torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from explorer.datasets.image_check import UnreadableFile
from explorer.datasets.images import Images
from explorer.datasets.progress import CancelCheck, Progress
from explorer.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(ABC):
    """A data set for classification: its facts, and how to load it.

    Attributes:
        key: Its name on the command line and in a run's settings; it never changes.
        title: Its name as a person writes it.
        shape: Channels, height and width of an image.
        classes: The name of each class, in the order of the labels.
        mean: The mean of each channel over the training images, pixels scaled to 0..1.
        std: The standard deviation of each channel, likewise.
        licence: What may be done with the images, in a sentence.
        source: Who made them and where that is published.
        train_images: How many images to train on.
        test_images: How many to test on.
        download_bytes: About how much a download brings; 0 where nothing is downloaded.
        needs_folder: Whether the person must point at a folder, and `resolve` must learn the facts from it.
    """

    key: str
    title: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str
    source: str
    train_images: int
    test_images: int
    download_bytes: int = 0
    needs_folder: bool = False

    @abstractmethod
    def find(self, root: Path | None = None) -> Path | None:
        """Where the data lie on this computer, looking in ``root`` first; None if they would be downloaded."""

    def resolve(
        self,
        root: Path | None = None,
        *,
        image_size: tuple[int, int] | None = None,
        channels: int | None = None,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Dataset:
        """The same data set with all its facts known; those with fixed facts return themselves.

        Args:
            root: The folder the person points at.
            image_size: The height and width to read image files in; fixed sets keep their own.
            channels: 1 to read image files in grey, 3 in colour; fixed sets keep their own.
            progress: Told how far the work is.
            cancelled: Asked whether to stop.

        Raises:
            DataError: If the folder does not hold such a data set.
            Cancelled: If the person asked for it.
        """
        return self

    @abstractmethod
    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """Loads the images, and downloads them first if they are nowhere to be found.

        Args:
            root: The folder the person points at, searched first; a download goes there if it is given.
            download: Whether a download is allowed.
            progress: Told how far the work is.
            cancelled: Asked whether to stop.

        Raises:
            DataError: If the data are missing or damaged; the sentence says what to do.
            Cancelled: If the person asked for it.
        """

    def files(self, root: Path | None = None) -> tuple[Path, ...]:
        """The files that hold the images on this computer; none for images that are made or yet to be downloaded.

        Args:
            root: The folder the person points at, searched first.
        """
        return ()

    @property
    def unreadable_files(self) -> tuple[UnreadableFile, ...]:
        """Image files that cannot be read, so that a training would go without them."""
        return ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences the person should see before training, such as which image files were left out."""
        return ()


DATASETS: Registry[Dataset] = Registry("data set", "explorer.datasets")

DEFAULT = "fashion-mnist-sample"  # it comes with the application
