"""The MNIST family: four IDX files, in whichever layout they were put."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.datasets.download import Digest, download
from explorer.datasets.idx import read_idx
from explorer.datasets.images import ArraySplit, Images, Pixels
from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.datasets.stored import StoredDataset
from explorer.errors import DataError

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"
TRAIN, TEST = "train", "t10k"
NAMES = tuple(f"{part}-{kind}" for part in (TRAIN, TEST) for kind in (IMAGES, LABELS))

# The family shares its file names, so a folder can hold the wrong member; their mean brightness tells them apart
# (MNIST 0.13, KMNIST 0.19, Fashion-MNIST 0.29).
_MEAN_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class IdxDataset(StoredDataset):
    """A data set of the MNIST family."""

    def _found_in(self, base: Path) -> Path | None:
        folders = (*self._layouts(base), self._download_folder(base))
        return next((folder for folder in folders if not _lacking(folder)), None)

    def _files_in(self, folder: Path) -> tuple[Path, ...]:
        return tuple(file for name in NAMES if (file := idx_file(folder, name)) is not None)

    def _layouts(self, base: Path) -> tuple[Path, ...]:
        # the files themselves; Debian's and the system's subfolders; the folder above torchvision's "raw"
        return base, base / self.key, base / "raw"

    def _download_folder(self, base: Path) -> Path:
        return base / self.torchvision_name / "raw"

    def _check_partial(self, base: Path) -> None:
        # Not the download folder: there, some files are a download that was stopped, and it goes on.
        for folder in self._layouts(base):
            lacking = _lacking(folder)
            if len(lacking) < len(NAMES):
                raise DataError(
                    f"{folder} has only some files of {self.title}: {' and '.join(lacking)} missing. "
                    "Put them there, or point at another folder (--data-dir)."
                )

    def _fetch(self, base: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Path:
        published = self._torchvision()
        folder = self._download_folder(base)
        for name, md5 in published.resources:
            urls = [f"{mirror}{name}" for mirror in published.mirrors]
            download(urls, folder / name, digest=Digest("md5", md5), progress=progress, cancelled=cancelled)
        return folder

    def _read(self, folder: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Images:
        return read_idx_images(folder, self.title, progress, cancelled)

    def _check_facts(self, images: Images, folder: Path) -> None:
        StoredDataset._check_facts(self, images, folder)  # super() fails: slots=True has built this class twice
        if isinstance(images.train, ArraySplit):
            mean = float(images.train.images.mean()) / 255
            if abs(mean - self.mean[0]) > _MEAN_TOLERANCE:
                raise DataError(
                    f"The images in {folder} are not those of {self.title}: their mean brightness is {mean:.3f} "
                    f"instead of {self.mean[0]:.3f}; point at the right folder (--data-dir)."
                )


def idx_file(folder: Path, name: str) -> Path | None:
    """The file of that name, compressed or plain, also spelt with a dot as some mirrors do."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / spelling, folder / f"{spelling}.gz"):
            if path.is_file():
                return path
    return None


def _lacking(folder: Path) -> list[str]:
    return [name for name in NAMES if idx_file(folder, name) is None]


def read_idx_images(
    folder: Path, title: str, progress: Progress | None = None, cancelled: CancelCheck | None = None
) -> Images:
    """Reads the four IDX files of a folder.

    Args:
        folder: Holds the files under the names of the originals.
        title: The data set's name, for sentences.
        progress: Told the files read.
        cancelled: Asked before each file.

    Raises:
        DataError: If a file is missing or damaged, or images and labels do not match.
        Cancelled: If the person asked for it.
    """
    arrays = []
    for done, name in enumerate(NAMES):
        stop_if(cancelled, f"Reading {title}")
        arrays.append(read_idx(idx_file(folder, name) or folder / name, 3 if name.endswith(IMAGES) else 1))
        if progress is not None:
            progress(f"Reading {title}", done + 1, len(NAMES))
    return Images(_split(folder, TRAIN, *arrays[:2]), _split(folder, TEST, *arrays[2:]))


def _split(folder: Path, part: str, images: Pixels, labels: Pixels) -> ArraySplit:
    if len(images) != len(labels):
        raise DataError(
            f"{folder} holds {len(images):,} images and {len(labels):,} labels in its {part} files; "
            "replace the files with ones that belong together."
        )
    return ArraySplit(images[:, np.newaxis], labels.astype(np.int64))
