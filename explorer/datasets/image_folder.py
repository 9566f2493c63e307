"""A folder of one's own images, used like the built-in sets: one subfolder a class.

The entry in the registry knows no facts yet; `resolve` looks at the folder and returns the data set that does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np

from explorer.core.file_name import expanded
from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.folder_layout import Layout, Listing, read_layout
from explorer.datasets.image_check import Brightness, UnreadableFile, check_images, map_files
from explorer.datasets.image_file import check_target, read_image
from explorer.datasets.images import ArraySplit, FileSplit, Images, Split
from explorer.datasets.progress import CancelCheck, Progress
from explorer.datasets.split import stratified_split
from explorer.errors import DataError

IMAGE_SIZE = (224, 224)  # pixels; what most networks of the zoo expect
CHANNELS = 3
RESIDENT_BYTES = 1 << 30  # decoded images up to this many bytes are kept in memory

_TEST_SHARE, _TEST_SEED = 0.2, 0  # of a folder that comes without a test set; the same for every run, so runs compare
_SHOWN = 3  # unreadable files named in the remark


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedImageFolder(Dataset):
    """A folder of images that has been looked at.

    Attributes:
        folder: The folder.
        train: The files to train on.
        test: The files to test on.
        validation: The files to validate on, if the folder came with some.
        unreadable: The files that are left out.
    """

    folder: Path
    train: Listing = field(repr=False)
    test: Listing = field(repr=False)
    validation: Listing | None = field(repr=False)
    unreadable: tuple[UnreadableFile, ...]

    def find(self, root: Path | None = None) -> Path | None:
        """The folder it was resolved from, whatever the root."""
        return self.folder

    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """Reads the images into memory if they fit, else lists their files; see `Dataset.load`."""
        given = [part for part in (self.train, self.test, self.validation) if part is not None]
        size = sum(len(part.paths) for part in given) * int(np.prod(self.shape))
        splits: list[Split] = [self._files(part) for part in given]
        if size <= RESIDENT_BYTES:
            splits = [self._resident(part, progress, cancelled) for part in given]
        return Images(*splits)

    def files(self, root: Path | None = None) -> tuple[Path, ...]:
        """All image files that can be read, whatever the root."""
        return tuple(path for part in (self.train, self.validation, self.test) if part for path in part.paths)

    @property
    def unreadable_files(self) -> tuple[UnreadableFile, ...]:
        """Those that are left out."""
        return self.unreadable

    @property
    def remarks(self) -> tuple[str, ...]:
        """Which files were left out, the first few by name."""
        if not self.unreadable:
            return ()
        total = len(self.unreadable) + self.train_images + self.test_images
        total += len(self.validation.paths) if self.validation is not None else 0
        named = " ".join(file.reason for file in self.unreadable[:_SHOWN])
        rest = len(self.unreadable) - _SHOWN
        more = f" And {rest:,} more." if rest > 0 else ""
        return (f"{len(self.unreadable):,} of {total:,} image files are left out. {named}{more}",)

    def _files(self, listing: Listing) -> FileSplit:
        channels, height, width = self.shape
        return FileSplit(listing.paths, np.array(listing.labels, dtype=np.int64), (height, width), channels)

    def _resident(self, listing: Listing, progress: Progress | None, cancelled: CancelCheck | None) -> ArraySplit:
        channels, height, width = self.shape
        images = np.empty((len(listing.paths), *self.shape), dtype=np.uint8)
        read = map_files(
            lambda path: read_image(path, (height, width), channels),
            listing.paths,
            "Reading images",
            progress,
            cancelled,
        )
        for row, image in enumerate(read):
            images[row] = image
        return ArraySplit(images, np.array(listing.labels, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFolder(Dataset):
    """The registry's entry: a folder that has yet to be named."""

    def find(self, root: Path | None = None) -> Path | None:
        """The folder pointed at, if it is there."""
        return expanded(root) if root is not None and expanded(root).is_dir() else None

    def resolve(
        self,
        root: Path | None = None,
        *,
        image_size: tuple[int, int] | None = None,
        channels: int | None = None,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> ResolvedImageFolder:
        """Looks at every file of the folder; see `Dataset.resolve`."""
        if root is None:
            raise DataError(
                "A folder of images must be pointed at (--data-dir), one subfolder of images for each class."
            )
        size, depth = image_size or IMAGE_SIZE, channels or CHANNELS
        check_target(size, depth)
        folder = expanded(root).absolute()
        layout = read_layout(folder)
        files = [path for part in layout.parts for path in part.paths]
        seen = check_images(files, size, depth, progress=progress, cancelled=cancelled)
        checked = dict(zip(files, seen, strict=True))
        train, test = _with_test(_readable(layout.train, checked), layout, checked)
        _check_enough(folder, layout.classes, train, test)
        brightness = reduce(add, (found for path in train.paths if isinstance(found := checked[path], Brightness)))
        return ResolvedImageFolder(
            key=self.key,
            title=folder.name,
            shape=(depth, *size),
            classes=layout.classes,
            mean=brightness.mean,
            std=brightness.std,
            licence=self.licence,
            source=str(folder),
            train_images=len(train.paths),
            test_images=len(test.paths),
            folder=folder,
            train=train,
            test=test,
            validation=None if layout.validation is None else _readable(layout.validation, checked),
            unreadable=tuple(found for found in seen if isinstance(found, UnreadableFile)),
        )

    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """Resolves the folder with the usual image size and loads it; see `Dataset.load`."""
        return self.resolve(root, progress=progress, cancelled=cancelled).load(progress=progress, cancelled=cancelled)


def _readable(listing: Listing, checked: dict[Path, Brightness | UnreadableFile]) -> Listing:
    good = [
        pair for pair in zip(listing.paths, listing.labels, strict=True) if isinstance(checked[pair[0]], Brightness)
    ]
    return Listing(tuple(path for path, _ in good), tuple(label for _, label in good))


def _with_test(
    train: Listing, layout: Layout, checked: dict[Path, Brightness | UnreadableFile]
) -> tuple[Listing, Listing]:
    """The files to train and to test on; without a test folder, a share of each class is put aside for ever."""
    if layout.test is not None:
        return train, _readable(layout.test, checked)
    kept, aside = stratified_split(np.array(train.labels, dtype=np.int64), _TEST_SHARE, _TEST_SEED)
    parts = [
        Listing(tuple(train.paths[index] for index in chosen), tuple(train.labels[index] for index in chosen))
        for chosen in (kept, aside)
    ]
    return parts[0], parts[1]


def _check_enough(folder: Path, classes: tuple[str, ...], train: Listing, test: Listing) -> None:
    lost = sorted(set(range(len(classes))) - set(train.labels))
    if lost:
        raise DataError(
            f"No image of the class {classes[lost[0]]!r} in {folder} can be read; repair or remove the class."
        )
    if not test.paths:
        raise DataError(
            f"{folder} leaves no image to test on; add images, or a test folder beside the training folder."
        )


DATASETS.add(
    "image-folder",
    ImageFolder(
        key="image-folder",
        title="Image folder",
        shape=(CHANNELS, *IMAGE_SIZE),
        classes=(),
        mean=(0.485, 0.456, 0.406),  # ImageNet's, until the folder's own are known
        std=(0.229, 0.224, 0.225),
        licence="The licence of your own images.",
        source="A folder with one subfolder of images for each class.",
        train_images=0,
        test_images=0,
        needs_folder=True,
    ),
)
