"""Fashion-MNIST: photographs of clothes, in the format of MNIST.

H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
2017, arXiv:1708.07747. Debian's package dataset-fashion-mnist holds it and is found without being pointed at.
"""

from __future__ import annotations

from explorer.datasets.base import DATASETS
from explorer.datasets.idx_set import IdxDataset

FASHION_MNIST = IdxDataset(
    key="fashion-mnist",
    title="Fashion-MNIST",
    shape=(1, 28, 28),
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    mean=(0.2860,),
    std=(0.3530,),
    licence="MIT licence; copyright 2017 Zalando SE.",
    source="Xiao, Rasul and Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747.",
    train_images=60_000,
    test_images=10_000,
    download_bytes=30_878_645,
    torchvision_name="FashionMNIST",
)

DATASETS.add("fashion-mnist", FASHION_MNIST)
