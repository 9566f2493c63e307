"""Which images come when: pure functions, so that a run that goes on finds its place in the middle of an epoch."""

from __future__ import annotations

from explorer.datasets.split import Indices, shuffled


def epoch_order(indices: Indices, seed: int, epoch: int) -> Indices:
    """The training images in the order of one epoch.

    Args:
        indices: The images to train on.
        seed: The run's seed.
        epoch: The epoch, counted from 0.
    """
    return indices[shuffled(len(indices), (seed, epoch))]


def batch_sizes(images: int, batch_size: int) -> list[int]:
    """How many images each step of an epoch takes; a last batch of one joins the one before.

    Batch norm has no variance over one image of a 1 x 1 map, so such a batch would end the run.

    Args:
        images: Images of the epoch.
        batch_size: Images of a usual step.
    """
    full, rest = divmod(images, batch_size)
    sizes = [batch_size] * full + ([rest] if rest else [])
    if rest == 1 and full:
        sizes[-2:] = [batch_size + 1]
    return sizes


def part_sizes(images: int, parts: int) -> list[int]:
    """How many images each part of a batch has that is computed in parts, of two images or more each.

    Args:
        images: Images of the batch.
        parts: In how many parts it is computed, if it has the images for so many.
    """
    parts = min(parts, max(images // 2, 1))
    share, rest = divmod(images, parts)
    return [share + 1] * rest + [share] * (parts - rest)
