"""CIFAR-100: 60,000 small colour photographs in a hundred fine classes, 600 each.

A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report, University of Toronto, 2009.
"""

from __future__ import annotations

from explorer.datasets.base import DATASETS
from explorer.datasets.cifar import CifarDataset

_CLASSES = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
    castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
    elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
    man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
    pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
    skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
    tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""

DATASETS.add(
    "cifar100",
    CifarDataset(
        key="cifar100",
        title="CIFAR-100",
        shape=(3, 32, 32),
        classes=tuple(_CLASSES.split()),
        mean=(0.5071, 0.4865, 0.4409),
        std=(0.2673, 0.2564, 0.2762),
        licence="No licence is stated; the authors ask that Krizhevsky, 2009 is cited.",
        source="Krizhevsky, Learning multiple layers of features from tiny images, 2009.",
        train_images=50_000,
        test_images=10_000,
        download_bytes=169_001_437,
        torchvision_name="CIFAR100",
        archive="cifar-100-python.tar.gz",
        batches="cifar-100-python",
    ),
)
