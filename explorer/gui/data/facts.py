"""What there is to say of a data set, in lines. Plain Python, without Qt."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.network import Network
from explorer.core.shape import format_shape
from explorer.datasets.base import DATASETS, DEFAULT, Dataset
from explorer.gui.data.counts import DataCounts
from explorer.gui.figures import data as bytes_of
from explorer.training.config import TrainConfig
from explorer.training.sizes import image_sizes


def in_order() -> list[Dataset]:
    """All data sets: the bundled one first, one's own images and generated ones last."""
    last = {"image-folder": 1, "synthetic": 2}
    return sorted(DATASETS.values(), key=lambda dataset: (dataset.key != DEFAULT, last.get(dataset.key, 0)))


def facts_of(
    dataset: Dataset,
    network: Network,
    config: TrainConfig,
    counts: DataCounts | None = None,
    *,
    to_download: bool = False,
) -> str:
    """Size, classes, parts, image size, licence, brightness and room on the disk, in a few lines.

    Args:
        dataset: The data set.
        network: Its input says what images are resized to.
        config: To what else, epoch by epoch, and which share of the training images is held back to validate on.
        counts: What was counted of it, once it has been read.
        to_download: Whether the images are yet to be fetched.
    """
    if not dataset.classes:
        return "One subfolder of images for each class; the folder's name is the class."
    validation = 0 if counts is None else counts.validation or 0
    images = dataset.train_images + validation + dataset.test_images
    lines = [f"{images:,} images · {len(dataset.classes):,} classes", format_shape(dataset.shape)]
    if len(network.input_shape) == 3:
        lines[-1] += _resized(dataset, image_sizes(network, config))
    lines.append(_parts(dataset, counts, config.validation_fraction))
    lines.append(f"mean {_numbers(dataset.mean)} · deviation {_numbers(dataset.std)}")
    if counts is not None and counts.files:
        lines.append(
            f"{bytes_of(counts.disk_bytes)} on the disk, {counts.files:,} file{'' if counts.files == 1 else 's'}"
        )
    lines.append(dataset.licence.partition(";")[0].rstrip("."))
    if to_download:
        lines.append(f"Not on this computer yet: Start downloads {dataset.download_bytes / 1e6:,.0f} MB.")
    return "\n".join(lines)


def _resized(dataset: Dataset, sizes: Sequence[tuple[int, int]]) -> str:
    if len(sizes) > 1:
        return f", resized to {', '.join(map(format_shape, sizes))} in turn"
    return "" if dataset.shape[1:] == sizes[0] else f", resized to {format_shape(sizes[0])}"


def _parts(dataset: Dataset, counts: DataCounts | None, fraction: float) -> str:
    if counts is None:
        return f"{dataset.test_images:,} for the test"
    train, validation = counts.divided(fraction)
    return f"{train:,} to train, {validation:,} to validate, {counts.test:,} for the test"


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)
