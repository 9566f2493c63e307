"""Makes the bundled sample of Fashion-MNIST from the full set.

Run in a checkout with the package installed; the same input gives the same images, and the same bytes with the same
version of zlib::

    python packaging/make_dataset_sample.py /usr/share/datasets/fashion-mnist resources/datasets/fashion-mnist-sample
"""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.datasets.idx import read_idx, write_idx
from explorer.datasets.idx_set import IMAGES, LABELS, TEST, TRAIN, idx_file
from explorer.datasets.split import stratified_split
from explorer.errors import ExplorerError

SEED = 0
TRAIN_IMAGES, TEST_IMAGES = 10_000, 2_000


def make_sample(full: Path, target: Path, train_images: int = TRAIN_IMAGES, test_images: int = TEST_IMAGES) -> None:
    """Writes a stratified part of a data set in the IDX format, its images in their original order.

    Args:
        full: Holds the four files of the full set.
        target: Gets four gzip files of the same names.
        train_images: How many training images to take.
        test_images: How many test images to take.

    Raises:
        DataError: If a file of the full set is missing or damaged.
    """
    target.mkdir(parents=True, exist_ok=True)
    for part, count in ((TRAIN, train_images), (TEST, test_images)):
        names = [f"{part}-{kind}" for kind in (IMAGES, LABELS)]
        images, labels = (
            read_idx(idx_file(full, name) or full / name, dimensions)
            for name, dimensions in zip(names, (3, 1), strict=True)
        )
        _, chosen = stratified_split(labels, count / len(labels), SEED)
        write_idx(target / f"{names[0]}.gz", images[chosen])
        write_idx(target / f"{names[1]}.gz", labels[chosen])


def main() -> None:
    """Reads the two folders from the command line."""
    parser = argparse.ArgumentParser(description="Makes the bundled sample of Fashion-MNIST from the full set.")
    parser.add_argument("full", type=Path, help="folder with the four files of the full set")
    parser.add_argument("target", type=Path, help="folder for the sample")
    arguments = parser.parse_args()
    try:
        make_sample(arguments.full, arguments.target)
    except ExplorerError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
