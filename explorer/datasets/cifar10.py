"""CIFAR-10: 60,000 small colour photographs of animals and vehicles.

A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report, University of Toronto, 2009.
"""

from __future__ import annotations

from explorer.datasets.base import DATASETS
from explorer.datasets.cifar import CifarDataset

DATASETS.add(
    "cifar10",
    CifarDataset(
        key="cifar10",
        title="CIFAR-10",
        shape=(3, 32, 32),
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        mean=(0.4914, 0.4822, 0.4465),
        std=(0.2470, 0.2435, 0.2616),
        licence="No licence is stated; the authors ask that Krizhevsky, 2009 is cited.",
        source="Krizhevsky, Learning multiple layers of features from tiny images, 2009.",
        train_images=50_000,
        test_images=10_000,
        download_bytes=170_498_071,
        torchvision_name="CIFAR10",
        archive="cifar-10-python.tar.gz",
        batches="cifar-10-batches-py",
    ),
)
