"""What is counted of a data set that has been read: images of each class and part, and bytes on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from explorer.datasets.split import validated_counts
from explorer.training.data import TrainingData

Counts = npt.NDArray[np.intp]  # (classes,)


@dataclass(frozen=True, slots=True, eq=False)
class DataCounts:
    """Numbers of images, and where they lie.

    Attributes:
        train: Images of each class that came to train on.
        validation: How many came to validate on; None if they are taken from those to train on.
        test: How many came to test on.
        files: How many files hold them; 0 where they are made.
        disk_bytes: The size of these files.
    """

    train: Counts
    validation: int | None
    test: int
    files: int
    disk_bytes: int

    def divided(self, fraction: float) -> tuple[int, int]:
        """How many images train and how many validate.

        Args:
            fraction: The share that is held back where the data set has no images of its own to validate on.
        """
        images = int(self.train.sum())
        if self.validation is not None:
            return images, self.validation
        held_back = int(validated_counts(self.train, fraction).sum())
        return images - held_back, held_back


def counted(data: TrainingData, root: Path | None) -> DataCounts:
    """Counts a data set.

    Args:
        data: The data set.
        root: The folder the person pointed at for it, if any.
    """
    images, files = data.images, data.dataset.files(root)
    return DataCounts(
        train=np.bincount(images.train.labels, minlength=len(data.dataset.classes)),
        validation=None if images.validation is None else len(images.validation),
        test=len(images.test),
        files=len(files),
        disk_bytes=sum(file.stat().st_size for file in files if file.is_file()),
    )
