"""From the moment Start is pressed: the data set is found and read, a folder is chosen, then it trains.

Everything here runs on the engine's thread, and nothing imports torch before it is needed.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.images import Pixels, Split
from explorer.datasets.progress import CancelCheck, Progress
from explorer.errors import Cancelled
from explorer.gui.data.counts import DataCounts, counted
from explorer.gui.record.events import Loading, Recorded
from explorer.gui.training.run_folder_name import new_folder
from explorer.gui.training.run_further import Further
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Event, told_by

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


def begin(
    network: Network,
    choice: DataChoice,
    config: TrainConfig,
    runs: Path,
    control: Control,
    shelf: DataShelf,
    report: Callable[[Event], None],
    start: Path | None = None,
) -> Iterator[Event]:
    """The events of a new run.

    Args:
        network: What to train.
        choice: On which images.
        config: How.
        runs: Where its folder will lie.
        control: Pauses and stops it.
        shelf: Keeps the images.
        report: Gets what happens while the images are read.
        start: The folder of a run or a file, whose weights it starts from.

    Raises:
        ExplorerError: If it cannot start.
    """
    if control.stopping:
        raise Cancelled("The run")
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.starting import open_weights
    from explorer.training.trainer import train

    weights = None if start is None else open_weights(start)
    yield from train(network, data, config, new_folder(runs, network.name), control, start=weights)


def go_on(
    folder: Path, control: Control, choice: DataChoice, shelf: DataShelf, report: Callable[[Event], None]
) -> Iterator[Event]:
    """The events of a run that was stopped and goes on.

    Raises:
        ExplorerError: If it cannot go on; it is unchanged then.
    """
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.trainer import resume

    yield from resume(folder, control, data=data)


def take_up(
    further: Further,
    runs: Path,
    control: Control,
    choice: DataChoice,
    shelf: DataShelf,
    report: Callable[[Event], None],
) -> Iterator[Event]:
    """The events of a run that goes on, behind all that happened to it before.

    Args:
        further: Which run, from where and for how long.
        runs: Where a copy would lie, if it is one that goes on.
        control: Pauses and stops it.
        choice: Its images.
        shelf: Keeps them.
        report: Gets what happens while they are read.

    Raises:
        ExplorerError: If it cannot go on; it is unchanged then.
    """
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.trainer import resume

    folder = further.prepare(data, runs)
    events = resume(folder, control, data=data, more=further.more)
    first = next(events)  # with it, what was recorded behind the last checkpoint is gone
    yield recorded(Run.open(folder))
    yield first
    yield from events


def recorded(run: Run) -> Recorded:
    """What happened to a run so far."""
    last = run.checkpoints.newest_first()[:1]
    saved_at = run.checkpoints.path(last[0]).stat().st_mtime if last else time.time()
    return Recorded(told_by(run.metrics(), run.folder), max(time.time() - saved_at, 0.0))


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
