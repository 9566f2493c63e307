"""CIFAR-10 and CIFAR-100: one archive each, unpacked beside itself and decoded by torchvision."""

from __future__ import annotations

import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.datasets.download import Digest, download
from explorer.datasets.images import ArraySplit, Images
from explorer.datasets.locations import data_folder
from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.datasets.stored import StoredDataset
from explorer.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class CifarDataset(StoredDataset):
    """A data set in the Python layout of the CIFAR family.

    Attributes:
        archive: The name of the archive.
        batches: The name of the folder in it.
    """

    archive: str
    batches: str

    def _found_in(self, base: Path) -> Path | None:
        if (base / self.batches).is_dir() or (base / self.archive).is_file():
            return base
        return base.parent if base.name == self.batches and base.is_dir() else None

    def _files_in(self, folder: Path) -> tuple[Path, ...]:
        unpacked = folder / self.batches
        return tuple(unpacked.iterdir()) if unpacked.is_dir() else (folder / self.archive,)

    def _fetch(self, base: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Path:
        published = self._torchvision()
        digest = Digest("md5", published.tgz_md5)
        download([published.url], base / self.archive, digest=digest, progress=progress, cancelled=cancelled)
        return base

    def _read(self, folder: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Images:
        published = self._torchvision()
        if not (folder / self.batches).is_dir():
            folder = self._unpacked(folder / self.archive, published, cancelled)
        self._check_files(folder / self.batches, published)
        splits = []
        for train in (True, False):
            stop_if(cancelled, f"Reading {self.title}")
            splits.append(_decoded(published, folder, train=train))
            if progress is not None:
                progress(f"Reading {self.title}", len(splits), 2)
        return Images(*splits)

    def _unpacked(self, archive: Path, published: Any, cancelled: CancelCheck | None) -> Path:
        """Unpacks the files known by name, and no others; the folder gets its name when all are there."""
        if not Digest("md5", published.tgz_md5).fits(archive):
            raise DataError(f"The archive {archive} is damaged; delete it and load {self.title} again.")
        base = archive.parent if os.access(archive.parent, os.W_OK) else data_folder()
        unfinished = base / f"{self.batches}.part"
        try:
            shutil.rmtree(unfinished, ignore_errors=True)  # what an earlier attempt left
            unfinished.mkdir(parents=True)
            with tarfile.open(archive) as opened:
                for name, _ in _members(published):
                    stop_if(cancelled, f"Unpacking {self.title}")
                    _unpack(opened, f"{self.batches}/{name}", unfinished / name)
            unfinished.rename(base / self.batches)
        except OSError as error:
            raise DataError(
                f"{archive} cannot be unpacked in {base} ({error.strerror}); make room or choose another folder."
            ) from error
        return base

    def _check_files(self, folder: Path, published: Any) -> None:
        """Lets none but the published files through: torchvision unpickles them."""
        for name, md5 in _members(published):
            path = folder / name
            if not path.is_file() or not Digest("md5", md5).fits(path):
                raise DataError(
                    f"The file {name} in {folder} is {'damaged' if path.is_file() else 'missing'}; delete that folder "
                    f"and load {self.title} again, or point at another one (--data-dir)."
                )


def _members(published: Any) -> list[tuple[str, str]]:
    meta = (published.meta["filename"], published.meta["md5"])
    return [(name, md5) for name, md5 in (*published.train_list, *published.test_list, meta)]


def _unpack(archive: tarfile.TarFile, member: str, target: Path) -> None:
    content = archive.extractfile(member)
    if content is None:
        raise DataError(f"{member} in the archive is not a file; delete the archive and load the data set again.")
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _decoded(published: Any, folder: Path, *, train: bool) -> ArraySplit:
    decoded = published(str(folder), train=train, download=False)
    images = np.ascontiguousarray(decoded.data.transpose(0, 3, 1, 2))  # (N, H, W, C) to (N, C, H, W)
    return ArraySplit(images, np.asarray(decoded.targets, dtype=np.int64))
