"""The data set of a run: its facts and its images, and how a run that goes on finds the same ones again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.core.file_name import expanded
from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.images import ArraySplit, Images, Split
from explorer.datasets.progress import CancelCheck, Progress
from explorer.errors import DataError
from explorer.runs.environment import DataFacts

_SAMPLED = 64  # images that tell one set from another; reading all would take longer than the first steps


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """A data set that has been loaded.

    Attributes:
        dataset: Its facts, resolved.
        images: Its images.
        root: The folder the person pointed at, if any.
        leave_out: Whether the person agreed to leave image files out that cannot be read.
    """

    dataset: Dataset
    images: Images
    root: Path | None = None
    leave_out: bool = False

    @classmethod
    def load(
        cls,
        dataset: Dataset,
        root: Path | None = None,
        *,
        leave_out: bool = False,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> TrainingData:
        """Loads the images of a data set whose facts are resolved.

        Args:
            dataset: The data set.
            root: The folder the person pointed at, if any.
            leave_out: Whether the person agreed to leave image files out that cannot be read.
            progress: Told how far the work is.
            cancelled: Asked whether to stop.

        Raises:
            DataError: If they are missing or damaged.
            Cancelled: If the person asked for it.
        """
        return cls(dataset, dataset.load(root, progress=progress, cancelled=cancelled), root, leave_out)

    def facts(self) -> DataFacts:
        """What is recorded with a run."""
        channels, height, width = self.dataset.shape
        return DataFacts(
            key=self.dataset.key,
            title=self.dataset.title,
            root=None if self.root is None else str(expanded(self.root).resolve()),
            shape=(channels, height, width),
            classes=self.dataset.classes,
            mean=self.dataset.mean,
            std=self.dataset.std,
            train_images=len(self.images.train),
            test_images=len(self.images.test),
            fingerprint=self.fingerprint(),
            left_out=tuple(str(file.path) for file in self.dataset.unreadable_files),
        )

    def fingerprint(self) -> str:
        """A hash of all labels and some images; other images, or another order of them, have another one."""
        digest = hashlib.sha256()
        for split in (self.images.train, self.images.validation, self.images.test):
            if split is not None:
                digest.update(np.ascontiguousarray(split.labels, dtype="<i8").tobytes())
                digest.update(_sample(split))
        return digest.hexdigest()


def find_again(
    facts: DataFacts, *, progress: Progress | None = None, cancelled: CancelCheck | None = None
) -> TrainingData:
    """The data set of a run, from what was recorded with it.

    Args:
        facts: What was recorded.
        progress: Told how far the work is.
        cancelled: Asked whether to stop.

    Raises:
        DataError: If it is not there any more.
        Cancelled: If the person asked for it.
    """
    root = None if facts.root is None else Path(facts.root)
    channels, height, width = facts.shape
    dataset = DATASETS[facts.key].resolve(
        root, image_size=(height, width), channels=channels, progress=progress, cancelled=cancelled
    )
    # what the run left out was agreed to when it began; if it is other files now, `require_same` says so
    return TrainingData.load(dataset, root, leave_out=True, progress=progress, cancelled=cancelled)


def require_same_classes(dataset: Dataset, facts: DataFacts) -> None:
    """Refuses images whose labels mean something else than those that a run learned.

    Args:
        dataset: A data set whose facts are resolved.
        facts: Those of the run's own.

    Raises:
        DataError: If the classes, or their order, or the channels of the images are others.
    """
    found, learned = (len(dataset.classes), dataset.shape[0]), (len(facts.classes), facts.shape[0])
    if found != learned:
        raise DataError(
            f"{dataset.title} has {found[0]} classes of {found[1]}-channel images, but the run learned {learned[0]} "
            f"classes of {learned[1]}-channel images; choose a data set that matches."
        )
    for number, (now, then) in enumerate(zip(dataset.classes, facts.classes, strict=True), start=1):
        if now != then:
            raise DataError(
                f"The classes of {dataset.title} are not those the run learned: class {number} is {now!r}, but was "
                f"{then!r}; restore them or choose a data set that matches."
            )


def require_same(data: TrainingData, facts: DataFacts) -> None:
    """Refuses to go on with other images than a run began with.

    Raises:
        DataError: If they are others.
    """
    now = data.facts()
    for name in ("fingerprint", "classes", "mean", "std"):
        if getattr(now, name) != getattr(facts, name):
            raise DataError(
                f"The images of {facts.title} are not those the run was started with (their {name} changed), so it "
                "cannot be continued exactly; restore them or start a new run."
            )


def _sample(split: Split) -> bytes:
    if isinstance(split, ArraySplit):
        return b"".join(image.tobytes() for image in split.images[:: max(1, len(split) // _SAMPLED)])
    return "\n".join(path.name for path in split.paths).encode(errors="surrogatepass")  # names need not be UTF-8
