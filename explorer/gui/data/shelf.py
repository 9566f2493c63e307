"""Which images a run or a preview sees, and the shelf that keeps what was read of them last. Without Qt.

Everything here runs on the engine's thread, and nothing imports torch before it is needed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.images import Pixels, Split
from explorer.datasets.progress import CancelCheck, Progress
from explorer.gui.data.counts import DataCounts, counted
from explorer.runs.run import Run
from explorer.training.data import TrainingData

PICTURES = 16


@dataclass(frozen=True, slots=True)
class DataChoice:
    """Which images.

    Attributes:
        key: The data set.
        root: The folder the person pointed at, if any.
        image_size: Height and width that image files are read in, in pixels; fixed sets keep their own.
        channels: Channels that image files are read in, likewise.
        leave_out: Whether the person agreed to leave image files out that cannot be read; the images are the same.
    """

    key: str
    root: Path | None
    image_size: tuple[int, int] | None = None
    channels: int | None = None
    leave_out: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class DataPreview:
    """What there is to see of a data set.

    Attributes:
        dataset: Its facts, as far as they are known.
        pictures: A few training images, one class after the other; none if they are yet to be downloaded.
        classes: The class of each.
        counts: How many images there are; None if they are yet to be downloaded.
    """

    dataset: Dataset
    pictures: Pixels  # (n, C, H, W)
    classes: tuple[str, ...]
    counts: DataCounts | None = None


class DataShelf:
    """Keeps the data set that was read last, so that the preview's images are the run's. For one thread."""

    def __init__(self) -> None:
        self._choice: DataChoice | None = None
        self._data: TrainingData | None = None

    def take(
        self, choice: DataChoice, progress: Progress | None = None, cancelled: CancelCheck | None = None
    ) -> TrainingData:
        """The images of a choice, read now or before.

        Raises:
            DataError: If they are missing or damaged.
            Cancelled: If the person asked for it.
        """
        if self._data is None or self._choice != choice:
            self._choice = self._data = None
            dataset = DATASETS[choice.key].resolve(
                choice.root,
                image_size=choice.image_size,
                channels=choice.channels,
                progress=progress,
                cancelled=cancelled,
            )
            self._data = TrainingData.load(dataset, choice.root, progress=progress, cancelled=cancelled)
            self._choice = choice
        return replace(self._data, leave_out=True) if choice.leave_out else self._data

    def held(self, choice: DataChoice) -> TrainingData | None:
        """The images of a choice, if they are here already."""
        return self._data if self._choice == choice else None

    def preview(self, choice: DataChoice, cancelled: CancelCheck, progress: Progress | None = None) -> DataPreview:
        """A look at a data set; nothing is downloaded for it.

        Raises:
            DataError: If it is damaged.
            Cancelled: If the person asked for it.
        """
        dataset = DATASETS[choice.key]
        if dataset.find(choice.root) is None:
            return DataPreview(dataset, np.empty((0, *dataset.shape), dtype=np.uint8), ())
        data = self.take(choice, progress, cancelled)
        chosen = one_of_each(data.images.train, PICTURES)
        labels = data.images.train.labels[chosen]
        names = tuple(data.dataset.classes[label] for label in labels)
        return DataPreview(data.dataset, data.images.train.read(chosen), names, counted(data, choice.root))


def one_of_each(split: Split, count: int) -> list[int]:
    """The indices of some images: the first of each class, then the second of each, and so on."""
    by_class = [np.flatnonzero(split.labels == label).tolist() for label in np.unique(split.labels)]
    rounds = itertools.zip_longest(*(places[:count] for places in by_class))
    return [place for places in rounds for place in places if place is not None][:count]


def choice_of(run: Run) -> DataChoice:
    """The images that a run began with.

    Raises:
        ExplorerError: If there is no such data set any more, or the run cannot be read.
    """
    facts = run.environment.data
    root = None if facts.root is None else Path(facts.root)
    channels, height, width = facts.shape
    is_fixed = not DATASETS[facts.key].needs_folder
    return DataChoice(facts.key, root) if is_fixed else DataChoice(facts.key, root, (height, width), channels)
