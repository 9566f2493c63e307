"""Kuzushiji-MNIST: ten characters of cursive Japanese, one for each row of hiragana.

T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha, "Deep learning for classical Japanese
literature", 2018, arXiv:1812.01718.
"""

from __future__ import annotations

from explorer.datasets.base import DATASETS
from explorer.datasets.idx_set import IdxDataset

DATASETS.add(
    "kmnist",
    IdxDataset(
        key="kmnist",
        title="Kuzushiji-MNIST",
        shape=(1, 28, 28),
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        mean=(0.1918,),
        std=(0.3483,),
        licence=(
            "Creative Commons Attribution-ShareAlike 4.0; made by the Center for Open Data in the Humanities (CODH) "
            "from the Kuzushiji Dataset of the National Institute of Japanese Literature and others."
        ),
        source="Clanuwat et al., Deep learning for classical Japanese literature, 2018, arXiv:1812.01718.",
        train_images=60_000,
        test_images=10_000,
        download_bytes=21_240_888,
        torchvision_name="KMNIST",
    ),
)
