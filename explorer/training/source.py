"""Where batches come from: images that lie on the training device, or files that loader processes read.

Resident images are kept as bytes, a quarter of what floats take, and cut by index on the device, so a step costs
neither Python per image nor a copy to the device. What does not fit is streamed.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from explorer.datasets.images import ArraySplit, FileSplit, Split
from explorer.datasets.split import Indices
from explorer.errors import DataError
from explorer.training.device import free_memory

RESIDENT_SHARE = 0.4  # of the free memory
_READ_AT_ONCE = 256  # image files between two reports of progress

Batch: TypeAlias = tuple[Tensor, Tensor]  # bytes (N, C, H, W) and labels (N,)


class Source(Protocol):
    """Gives batches of a split by index."""

    resident: bool

    def batches(self, order: Indices, sizes: Sequence[int]) -> Iterator[Batch]:
        """The images in that order, cut into batches of those sizes, on the training device."""


class ResidentSource:
    """Images that lie in the device's memory as bytes.

    Args:
        split: The images.
        device: The training device.
    """

    resident = True

    def __init__(self, split: ArraySplit, device: torch.device) -> None:
        self._images = _tensor(split.images).to(device)
        self._labels = _tensor(split.labels).to(device)

    def batches(self, order: Indices, sizes: Sequence[int]) -> Iterator[Batch]:
        for chosen in torch.from_numpy(np.array(order)).to(self._labels.device).split(list(sizes)):  # type: ignore[no-untyped-call]
            yield self._images.index_select(0, chosen), self._labels.index_select(0, chosen)


class StreamedSource:
    """Images that are read when they are needed, by processes that live as long as the source.

    Args:
        split: The images.
        device: The training device.
        workers: How many processes; 0 reads in this one.
    """

    resident = False

    def __init__(self, split: Split, device: torch.device, workers: int) -> None:
        self._device = device
        self._sampler = _Batches()
        self._loader: DataLoader[Any] = DataLoader(
            _Readable(split),
            batch_sampler=self._sampler,
            num_workers=workers,
            collate_fn=_as_read,
            worker_init_fn=_ignore_interrupt,
            multiprocessing_context="spawn" if workers else None,  # fork after OpenMP hangs in the child
            persistent_workers=workers > 0,
            pin_memory=device.type == "cuda",
            generator=torch.Generator(),  # the loader draws a seed an epoch, which is not to come out of the run's own
        )

    def batches(self, order: Indices, sizes: Sequence[int]) -> Iterator[Batch]:
        ends = np.cumsum(sizes)
        self._sampler.batches = [order[end - size : end].tolist() for size, end in zip(sizes, ends, strict=True)]
        for batch in self._loader:
            if isinstance(batch, str):
                raise DataError(batch)
            images, labels = batch
            yield images.to(self._device, non_blocking=True), labels.to(self._device, non_blocking=True)


def read_files(split: FileSplit) -> Iterator[int | ArraySplit]:
    """Reads all files of a split: the number read so far, again and again, and at the end the images.

    Raises:
        DataError: If a file cannot be read.
    """
    images = np.empty((len(split), *split.shape), dtype=np.uint8)
    for start in range(0, len(split), _READ_AT_ONCE):
        chosen = np.arange(start, min(start + _READ_AT_ONCE, len(split)))
        images[chosen] = split.read(chosen)
        yield int(chosen[-1]) + 1
    yield ArraySplit(images, split.labels)


def fits(split: Split, device: torch.device) -> bool:
    """Whether a split may stay in a device's memory."""
    if isinstance(split, ArraySplit) and device.type == "cpu":
        return True  # it lies there already
    return len(split) * int(np.prod(split.shape)) <= RESIDENT_SHARE * free_memory(device)


class _Readable(Dataset[Batch | str]):
    """What the loader's processes get: it reads a batch at once, or says why it cannot.

    An error that is raised here would reach the run with the traceback of the process for its text.
    """

    def __init__(self, split: Split) -> None:
        self._split = split

    def __len__(self) -> int:
        return len(self._split)

    def __getitem__(self, index: int) -> Batch | str:
        return self.__getitems__([index])

    def __getitems__(self, indices: list[int]) -> Batch | str:
        try:
            return torch.from_numpy(self._split.read(indices)), torch.from_numpy(self._split.labels[indices])
        except DataError as error:
            return str(error)


class _Batches(Sampler[list[int]]):
    """The index lists of the coming epoch; the loader asks for them anew each epoch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def _as_read(batch: Any) -> Any:
    return batch


def _ignore_interrupt(worker: int) -> None:  # noqa: ARG001 - the loader's signature
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C on the terminal is for the run, which ends its readers


def _tensor(array: np.ndarray[Any, Any]) -> Tensor:
    return torch.from_numpy(array if array.flags.writeable else array.copy())
