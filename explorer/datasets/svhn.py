"""Street View House Numbers: cropped digits from photographs of houses (format 2, without the extra set).

Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Y. Ng, "Reading digits in natural images with unsupervised feature
learning", NIPS workshop on deep learning and unsupervised feature learning, 2011.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.datasets.base import DATASETS
from explorer.datasets.download import Digest, download
from explorer.datasets.images import ArraySplit, Images
from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.datasets.stored import StoredDataset
from explorer.errors import DataError

_FILES = {"train": "train_32x32.mat", "test": "test_32x32.mat"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SvhnDataset(StoredDataset):
    """SVHN as two MATLAB files, decoded by torchvision with scipy."""

    def _check_ready(self) -> None:
        if importlib.util.find_spec("scipy") is None:
            raise DataError(
                "SVHN is stored in MATLAB files, which need scipy to be read; "
                "install it with: pip install 'architecture-explorer[svhn]'."
            )

    def _found_in(self, base: Path) -> Path | None:
        for folder in (base, base / self.torchvision_name, base / self.key):
            if all((folder / name).is_file() for name in _FILES.values()):
                return folder
        return None

    def _files_in(self, folder: Path) -> tuple[Path, ...]:
        return tuple(folder / name for name in _FILES.values())

    def _fetch(self, base: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Path:
        folder = base / self.torchvision_name
        for part in _FILES:
            url, name, md5 = self._torchvision().split_list[part]
            download([url], folder / name, digest=Digest("md5", md5), progress=progress, cancelled=cancelled)
        return folder

    def _read(self, folder: Path, progress: Progress | None, cancelled: CancelCheck | None) -> Images:
        splits = []
        for part in _FILES:
            stop_if(cancelled, f"Reading {self.title}")
            splits.append(self._decoded(self._torchvision(), folder, part))
            if progress is not None:
                progress(f"Reading {self.title}", len(splits), len(_FILES))
        return Images(*splits)

    def _decoded(self, published: Any, folder: Path, part: str) -> ArraySplit:
        _, name, md5 = published.split_list[part]
        if not Digest("md5", md5).fits(folder / name):
            raise DataError(
                f"The file {name} in {folder} is damaged; delete it and load {self.title} again, "
                "or point at another folder (--data-dir)."
            )
        decoded = published(str(folder), split=part, download=False)  # its label 10, the digit 0, becomes 0
        return ArraySplit(np.ascontiguousarray(decoded.data), decoded.labels.astype(np.int64))


DATASETS.add(
    "svhn",
    SvhnDataset(
        key="svhn",
        title="SVHN",
        shape=(3, 32, 32),
        classes=tuple("0123456789"),
        mean=(0.4377, 0.4438, 0.4728),
        std=(0.1980, 0.2010, 0.1970),
        licence="For non-commercial use only.",
        source="Netzer et al., Reading digits in natural images with unsupervised feature learning, 2011.",
        train_images=73_257,
        test_images=26_032,
        download_bytes=246_316_178,
        torchvision_name="SVHN",
    ),
)
