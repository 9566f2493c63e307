"""What a run ran on and with which images, as ``environment.json`` keeps it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.runs.reading import Reading

MAX_THREADS = 1024


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The data set of a run: enough to find its images again, to tell whether they are the same, and to prepare one's
    own for the trained network.

    Attributes:
        key: Its name for programs.
        title: Its name for people.
        root: The folder the person pointed at, if any.
        shape: Channels, height and width of the images as they were read.
        classes: The name of each class, in the order of the labels.
        mean: Of each channel, of pixels scaled to 0..1.
        std: The standard deviation, likewise.
        train_images: How many images there were to train and validate on.
        test_images: How many there were to test on.
        fingerprint: A hash of all labels and some images.
        left_out: Image files that could not be read and were left out, since the person agreed.
    """  # noqa: D205 - one sentence

    key: str
    title: str
    root: str | None
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    train_images: int
    test_images: int
    fingerprint: str
    left_out: tuple[str, ...] = ()

    @classmethod
    def read(cls, reading: Reading) -> DataFacts:
        """The facts in a file.

        Raises:
            FileError: If one is missing or damaged.
        """
        shape, classes = reading.wholes("shape"), reading.texts("classes")
        mean, std = reading.numbers("mean"), reading.numbers("std")
        reading.require("shape", len(shape) == 3, "channels, height and width")
        reading.require("classes", bool(classes), "a list of at least one text")
        reading.require("mean", len(mean) == shape[0], f"one number for each of {shape[0]} channels")
        reading.require(
            "std", len(std) == shape[0] and min(std) > 0, f"one number above 0 for each of {shape[0]} channels"
        )
        return cls(
            key=reading.text("key"),
            title=reading.text("title"),
            root=reading.perhaps("root", reading.text),
            shape=(shape[0], shape[1], shape[2]),
            classes=classes,
            mean=mean,
            std=std,
            train_images=reading.whole("train_images"),
            test_images=reading.whole("test_images"),
            fingerprint=reading.text("fingerprint"),
            left_out=reading.later("left_out", reading.texts, ()),
        )


@dataclass(frozen=True, slots=True)
class Environment:
    """What a run ran on when it began.

    Attributes:
        started: When, as ISO 8601.
        versions: Of the app, of Python and of what computes.
        platform: The system.
        device: Where it trained, such as ``cpu``.
        device_name: What the system calls that.
        threads: Threads on the CPU; a run that goes on needs as many, since another count changes the last bits.
        seed: The seed of all its random numbers.
        data: Its images.
        processes: How many trained together, each with a share of every batch.
    """

    started: str
    versions: Mapping[str, str]
    platform: str
    device: str
    device_name: str
    threads: int
    seed: int
    data: DataFacts
    processes: int = 1

    @classmethod
    def read(cls, reading: Reading) -> Environment:
        """The environment in a file.

        Raises:
            FileError: If a fact is missing or damaged.
        """
        return cls(
            started=reading.text("started"),
            versions=reading.named("versions"),
            platform=reading.text("platform"),
            device=reading.text("device"),
            device_name=reading.text("device_name"),
            threads=reading.whole("threads", 1, MAX_THREADS),
            seed=reading.whole("seed"),
            data=DataFacts.read(reading.inside("data")),
            processes=reading.later("processes", reading.whole, 1),
        )

    def to_json(self) -> dict[str, Any]:
        """All facts by name."""
        return dataclasses.asdict(self)
