"""Networks as points: what they cost against how often they were right. Plain Python, without Qt."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.zoo.base import CIFAR_10, IMAGENET, ZOO, Entry

DATA = (IMAGENET, CIFAR_10)


@dataclass(frozen=True, slots=True)
class Point:
    """One network.

    Attributes:
        entry: The network.
        percent: How often it was right.
        source: Where that is published.
    """

    entry: Entry
    percent: float
    source: str

    @property
    def parameters(self) -> int:
        """What it holds."""
        return self.entry.parameters.value

    @property
    def macs(self) -> int:
        """What it computes for one image."""
        return self.entry.macs.value


def points(data: str) -> tuple[Point, ...]:
    """All networks whose accuracy on some images is published, the smallest first."""
    found = [
        Point(entry, entry.accuracy.percent, entry.accuracy.source)
        for entry in ZOO.values()
        if entry.accuracy is not None and entry.accuracy.data == data
    ]
    return tuple(sorted(found, key=lambda point: point.parameters))


def families() -> tuple[str, ...]:
    """All families, in the order of the library."""
    return tuple(dict.fromkeys(entry.family for entry in ZOO.values()))


def members(family: str) -> tuple[Entry, ...]:
    """The networks of a family, in the order of the library."""
    return tuple(entry for entry in ZOO.values() if entry.family == family)


def data_of(family: str) -> tuple[str, ...]:
    """The images on which an accuracy of a member is published; empty where there is none."""
    known = {entry.accuracy.data for entry in members(family) if entry.accuracy is not None}
    return tuple(data for data in DATA if data in known)
