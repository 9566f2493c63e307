"""The images of a run: which are trained on, which validate, which test, and how they become batches."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from explorer.datasets.images import ArraySplit, Images, Split
from explorer.datasets.split import Indices, stratified_split
from explorer.errors import DataError
from explorer.insight.preprocessing import Preprocessor
from explorer.training.augmentation.augmenter import Augmenter
from explorer.training.config import TrainConfig
from explorer.training.device import Hardware
from explorer.training.order import batch_sizes, epoch_order
from explorer.training.sizes import in_turn
from explorer.training.source import Batch, ResidentSource, Source, StreamedSource, fits, read_files


class Feed:
    """Prepares the batches of one run on its device.

    Args:
        images: The data set.
        config: The settings.
        hardware: The device.
        preprocess: Makes bytes what the network takes; epochs take one for each size in turn, and what validates and
            tests takes the first, that of the network's own size.
        augment: Changes training images before; None leaves them.

    Raises:
        DataError: If there are not enough images.
    """

    def __init__(
        self,
        images: Images,
        config: TrainConfig,
        hardware: Hardware,
        preprocess: Sequence[Preprocessor],
        augment: Augmenter | None = None,
    ) -> None:
        self._images = images
        self._config = config
        self._hardware = hardware
        self._preprocess = preprocess
        self._augment = augment
        self._sources: dict[str, Source] = {}
        self._train, self._validation = divide(images, config)
        if len(self._train) < 2:
            raise DataError("Training needs at least 2 images beside those to validate on; choose a larger data set.")
        self._sizes = batch_sizes(len(self._train), config.batch_size)

    @property
    def train_images(self) -> int:
        """How many images are trained on."""
        return len(self._train)

    @property
    def train_labels(self) -> npt.NDArray[np.int64]:
        """The classes of the images that are trained on."""
        return self._images.train.labels[self._train]

    @property
    def validation_images(self) -> int:
        """How many images validate."""
        return len(self._validation)

    @property
    def test_images(self) -> int:
        """How many images test."""
        return len(self._images.test)

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one epoch."""
        return len(self._sizes)

    @property
    def resident(self) -> bool:
        """Whether the training images lie in the device's memory."""
        source = self._sources.get("train")
        return fits(self._images.train, self._hardware.device) if source is None else source.resident

    def prepare(self) -> Generator[tuple[int, int], None, None]:
        """Brings the training images to where they are trained on, telling how many are there and of how many.

        Raises:
            DataError: If an image file cannot be read.
        """
        yield from self._open("train", self._images.train)
        if self._images.validation is not None:
            yield from self._open("validation", self._images.validation)

    def train(self, epoch: int, start: int) -> Iterator[Batch]:
        """The prepared batches of an epoch; where images are mixed, the share of each class stands for their labels.

        Args:
            epoch: The epoch, counted from 0.
            start: How many steps of it are done.
        """
        order = epoch_order(self._train, self._config.seed, epoch)
        done = sum(self._sizes[:start])
        return self._of_epoch(epoch, order[done:], self._sizes[start:])

    def validation(self) -> Iterator[Batch]:
        """The prepared validation images, always in the same order."""
        source = self._sources.get("validation", self._sources["train"])
        return self._prepared(source, self._validation, self._evaluation_sizes(len(self._validation)))

    def test(self) -> Iterator[Batch]:
        """The prepared test images."""
        split = self._images.test
        if "test" not in self._sources:
            for _ in self._open("test", split):
                pass
        order = np.arange(len(split))
        return self._prepared(self._sources["test"], order, self._evaluation_sizes(len(split)))

    def _open(self, name: str, split: Split) -> Generator[tuple[int, int], None, None]:
        device = self._hardware.device
        if not fits(split, device):
            self._sources[name] = StreamedSource(split, device, self._config.workers)
        elif isinstance(split, ArraySplit):
            self._sources[name] = ResidentSource(split, device)
        else:
            for read in read_files(split):
                if isinstance(read, ArraySplit):
                    self._sources[name] = ResidentSource(read, device)
                else:
                    yield read, len(split)

    def _of_epoch(self, epoch: int, order: Indices, sizes: list[int]) -> Iterator[Batch]:
        augment, preprocess = self._augment, in_turn(self._preprocess, epoch)
        batches, ends = self._sources["train"].batches(order, sizes), np.cumsum(sizes)
        for batch, size, end in zip(batches, sizes, ends, strict=True):
            images, labels = batch if augment is None else augment(*batch, epoch, order[end - size : end])
            yield preprocess(images), labels

    def _prepared(self, source: Source, order: Indices, sizes: list[int]) -> Iterator[Batch]:
        for images, labels in source.batches(order, sizes):
            yield self._preprocess[0](images), labels

    def _evaluation_sizes(self, images: int) -> list[int]:
        size = self._config.batch_size
        return [size] * (images // size) + ([images % size] if images % size else [])


def divide(images: Images, config: TrainConfig) -> tuple[Indices, Indices]:
    """The indices to train on and to validate on; a data set's own validation images come first."""
    if images.validation is not None:
        return np.arange(len(images.train)), np.arange(len(images.validation))
    return stratified_split(images.train.labels, config.validation_fraction, config.seed)
