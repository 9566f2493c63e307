"""Data sets that are published as files: found on this computer or downloaded, then read and checked.

Addresses, checksums and most decoding come from torchvision's own classes, asked for when they are needed.
"""

from __future__ import annotations

import importlib
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.core.file_name import expanded
from explorer.datasets.base import Dataset
from explorer.datasets.images import Images
from explorer.datasets.locations import data_folder, search_folders
from explorer.datasets.progress import CancelCheck, Progress
from explorer.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDataset(Dataset):
    """A data set of which torchvision has a class.

    Attributes:
        torchvision_name: The name of that class in ``torchvision.datasets``.
    """

    torchvision_name: str

    def find(self, root: Path | None = None) -> Path | None:
        """The folder that holds the complete files: under ``root``, the application's folder or the system's."""
        return next((found for base in search_folders(root) if (found := self._found_in(base)) is not None), None)

    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """See `Dataset.load`."""
        self._check_ready()
        folder = self.find(root)
        if folder is None:
            base = data_folder() if root is None else expanded(root)
            self._check_partial(base)
            if not download:
                raise self._missing(root)
            folder = self._fetch(base, progress, cancelled)
        images = self._read(folder, progress, cancelled)
        self._check_facts(images, folder)
        return images

    def files(self, root: Path | None = None) -> tuple[Path, ...]:
        """The complete files, if they are here."""
        folder = self.find(root)
        return () if folder is None else self._files_in(folder)

    @abstractmethod
    def _files_in(self, folder: Path) -> tuple[Path, ...]:
        """The files of a folder that `_found_in` returned."""

    @abstractmethod
    def _found_in(self, base: Path) -> Path | None:
        """The folder under ``base`` that holds all files, if there is one."""

    @abstractmethod
    def _fetch(self, base: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Path:
        """Downloads the files below ``base``, laid out as torchvision does; returns the folder that holds them."""

    @abstractmethod
    def _read(self, folder: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Images:
        """Reads the files of a folder that `_found_in` or `_fetch` returned."""

    def _check_ready(self) -> None:
        """Refuses, before anything is downloaded, where something to read the files with is missing."""

    def _check_partial(self, base: Path) -> None:
        """Refuses a folder in which the person has put some of the files but not all."""

    def _check_facts(self, images: Images, folder: Path) -> None:
        """Refuses files that hold something else than this data set."""
        for part, split, count in (
            ("training", images.train, self.train_images),
            ("test", images.test, self.test_images),
        ):
            if len(split) != count or split.shape != self.shape:
                raise DataError(
                    f"{folder} holds {len(split):,} {part} images of {_size(split.shape)}, but {self.title} has "
                    f"{count:,} of {_size(self.shape)}; point at the right folder (--data-dir)."
                )
            if split.labels.min() < 0 or split.labels.max() >= len(self.classes):
                raise DataError(
                    f"{folder} has labels from {split.labels.min()} to {split.labels.max()}, but {self.title} has "
                    f"{len(self.classes)} classes; point at the right folder (--data-dir)."
                )

    def _torchvision(self) -> Any:
        # Two seconds, so only when a download or torchvision's decoder is needed; Any, as torchvision has no types.
        return getattr(importlib.import_module("torchvision.datasets"), self.torchvision_name)

    def _missing(self, root: Path | None) -> DataError:
        looked = ", ".join(str(folder) for folder in search_folders(root))
        return DataError(
            f"{self.title} is not on this computer (looked in {looked}). Allow the download, point at a folder that "
            "holds it (--data-dir), or use the bundled sample (fashion-mnist-sample)."
        )


def _size(shape: tuple[int, int, int]) -> str:
    return " x ".join(str(extent) for extent in shape)
