"""Which images of a batch fall to which process: pure functions.

A batch is cut into its parts first, as one process cuts it, and then each part into the shares of the processes. So a
part holds the same images however many processes there are, which matters to a batch norm that they share.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.datasets.split import Indices
from explorer.training.order import part_sizes

_LEAST = 2  # images; batch norm has no variance over one image of a 1 x 1 map


@dataclass(frozen=True, slots=True)
class Share:
    """What one process takes of a part of a batch.

    A process that has no share reads the first images of the part all the same, to take part in the step with a loss
    that counts for nothing.

    Attributes:
        begin: The first image that it reads, by its place in the batch.
        read: How many it reads.
        own: How many of these count: all, or none.
    """

    begin: int
    read: int
    own: int


@dataclass(slots=True)
class Portion:
    """The batch at hand, as one process sees it.

    Attributes:
        shares: What this process takes of each part of the batch.
        own: Its images of the part at hand that fall to this process.
        whole: The images of the batch in all processes.
    """

    shares: tuple[Share, ...] = ()
    own: int = 0
    whole: int = 0

    def turn_to(self, shares: tuple[Share, ...], whole: int) -> None:
        """Begins another batch, with its first part."""
        self.shares, self.own, self.whole = shares, shares[0].own, whole


def shares(images: int, processes: int) -> list[int]:
    """How many images of a part each process takes.

    They differ by one at most, unless a small last batch leaves some processes without any; process 0 always has some.

    Args:
        images: Images of the part.
        processes: How many processes there are.
    """
    busy = min(processes, max(images // _LEAST, 1))
    share, rest = divmod(images, busy)
    return [share + (rank < rest) for rank in range(busy)] + [0] * (processes - busy)


def shares_of(rank: int, processes: int, images: int, parts: int = 1) -> tuple[Share, ...]:
    """What one process takes of each part of a batch.

    Args:
        rank: The process.
        processes: How many there are.
        images: Images of the batch.
        parts: In how many parts it is computed, if it has the images for so many.
    """
    sizes = part_sizes(images, parts)
    begins = itertools.accumulate(sizes, initial=0)
    return tuple(_share(rank, shares(size, processes), begin) for size, begin in zip(sizes, begins, strict=False))


def _share(rank: int, split: Sequence[int], begin: int) -> Share:
    own = split[rank]
    before = sum(split[:rank]) if own else 0
    return Share(begin + before, own or min(_LEAST, sum(split)), own)


def reading(taken: Sequence[Share], images: int, *, paired: bool = False) -> Indices:
    """The images that a process reads of a batch, by their places in it.

    Args:
        taken: What it takes of each part.
        images: Images of the batch.
        paired: Whether an image is mixed with the one behind it, the last with the first, so that behind those of each
            part one more is needed.
    """
    return np.concatenate([np.arange(share.begin, share.begin + share.read + paired) % images for share in taken])


def without_partners(taken: Sequence[Share]) -> Indices:
    """What remains of a paired `reading` once the images are mixed, by its places in that."""
    begins = itertools.accumulate((share.read + 1 for share in taken), initial=0)
    return np.concatenate([np.arange(begin, begin + share.read) for share, begin in zip(taken, begins, strict=False)])
