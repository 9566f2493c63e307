"""MNIST: handwritten digits.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of
the IEEE 86(11), 1998.
"""

from __future__ import annotations

from explorer.datasets.base import DATASETS
from explorer.datasets.idx_set import IdxDataset

DATASETS.add(
    "mnist",
    IdxDataset(
        key="mnist",
        title="MNIST",
        shape=(1, 28, 28),
        classes=tuple("0123456789"),
        mean=(0.1307,),
        std=(0.3081,),
        licence="Creative Commons Attribution-ShareAlike 3.0; copyright Yann LeCun and Corinna Cortes.",
        source="LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998.",
        train_images=60_000,
        test_images=10_000,
        download_bytes=11_594_722,
        torchvision_name="MNIST",
    ),
)
