"""Which images of a batch fall to which process: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.datasets.split import Indices

_LEAST = 2  # images; batch norm has no variance over one image of a 1 x 1 map


@dataclass(slots=True)
class Portion:
    """The batch at hand, as one process sees it.

    Attributes:
        own: Its images that fall to this process.
        whole: Its images in all processes.
    """

    own: int = 0
    whole: int = 0


def shares(images: int, processes: int) -> list[int]:
    """How many images of a batch each process takes.

    They differ by one at most, unless a small last batch leaves some processes without any; process 0 always has some.

    Args:
        images: Images of the batch.
        processes: How many processes there are.
    """
    busy = min(processes, max(images // _LEAST, 1))
    share, rest = divmod(images, busy)
    return [share + (rank < rest) for rank in range(busy)] + [0] * (processes - busy)


def part(order: Indices, sizes: Sequence[int], rank: int, processes: int) -> tuple[Indices, list[int], list[int]]:
    """What one process reads of a sequence of batches.

    A process without a share reads the first images of the batch all the same, to take part in the step with a loss
    that counts for nothing.

    Args:
        order: The images of all batches, one batch after the other.
        sizes: Images of each batch.
        rank: The process.
        processes: How many there are.

    Returns:
        The images to read, how many for each batch, and how many of these count.
    """
    chosen, read, count = [], [], []
    begin = 0
    for size in sizes:
        split = shares(size, processes)
        own, before = split[rank], sum(split[:rank])
        here = begin + before if own else begin
        length = own or min(_LEAST, size)
        chosen.append(order[here : here + length])
        read.append(length)
        count.append(own)
        begin += size
    return np.concatenate(chosen) if chosen else order[:0], read, count
