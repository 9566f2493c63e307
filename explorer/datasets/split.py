"""Divides a labelled set into training and validation parts with equal shares of every class.

The same labels, fraction and seed give the same parts for ever: a run that is continued on another machine must not
find its validation images among the training ones. NumPy freezes the streams of its bit generators but not those of
``Generator.shuffle`` and its like (NEP 19), so the order comes from raw bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.errors import DataError

Indices = npt.NDArray[np.intp]

_ROUNDING = 1e-9  # 0.1 * 30 is a hair above 3; a class must not win or lose an image by that


def stratified_split(labels: npt.ArrayLike, fraction: float, seed: int) -> tuple[Indices, Indices]:
    """Chooses a validation part in which each class has its share, to within one image.

    A class keeps at least one training image, so one that has a single image is never validated.

    Args:
        labels: One class index an image, of any integer values. (N,)
        fraction: The share of the images to validate on, at least 0 and below 1.
        seed: Chooses the images; the number of each class does not depend on it.

    Returns:
        The indices to train on and the indices to validate on, both ascending.

    Raises:
        DataError: If the labels are not a list of integers, or the fraction or the seed is out of range.
    """
    values = np.asarray(labels)
    if values.ndim != 1 or not (values.size == 0 or np.issubdtype(values.dtype, np.integer)):
        raise DataError(
            f"Labels must be a list of whole numbers, not an array of {values.dtype} and {values.ndim} dimensions."
        )
    if not 0 <= fraction < 1:
        raise DataError(f"The validation share must be at least 0 and below 1, not {fraction}.")
    _, members, counts = np.unique(values, return_inverse=True, return_counts=True)
    order = shuffled(len(values), seed)
    grouped = order[np.argsort(members[order], kind="stable")]  # class by class, shuffled within
    rank = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    validated = rank < np.repeat(validated_counts(counts, fraction), counts)
    return np.sort(grouped[~validated]), np.sort(grouped[validated])


def shuffled(count: int, seed: int | Sequence[int]) -> Indices:
    """The numbers from 0 to ``count - 1`` in an order that depends on the seed alone.

    Args:
        count: How many numbers.
        seed: One number or several, such as ``(seed, epoch)``; none is negative.

    Raises:
        DataError: If the seed is negative.
    """
    if min([seed] if isinstance(seed, int) else seed) < 0:
        raise DataError(f"A seed must be 0 or more, not {seed}.")
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def validated_counts(counts: npt.NDArray[np.intp], fraction: float) -> npt.NDArray[np.intp]:
    """How many images of each class to validate on: largest remainders, so that the total is right too.

    Args:
        counts: The images of each class. (classes,)
        fraction: The share of the images to validate on.
    """
    exact = counts * fraction
    quotas = np.floor(exact + _ROUNDING).astype(np.intp)
    missing = round(float(counts.sum()) * fraction) - int(quotas.sum())
    if missing > 0:
        quotas[np.argsort(quotas - exact, kind="stable")[:missing]] += 1
    capped: npt.NDArray[np.intp] = np.minimum(quotas, np.maximum(counts - 1, 0))
    return capped
