"""What holds for every registered data set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torchvision

from explorer.datasets import locations
from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.images import ArraySplit
from explorer.datasets.stored import StoredDataset
from explorer.errors import DataError

ALL = DATASETS.values()
SYSTEM_FOLDERS = locations.SYSTEM_FOLDERS  # as they are outside of the tests


def key_of(dataset: Dataset) -> str:
    return dataset.key


each = pytest.mark.parametrize("dataset", ALL, ids=key_of)


def test_the_registered_sets() -> None:
    assert sorted(DATASETS) == [  # in the order of their imports, which differs from process to process
        "cifar10",
        "cifar100",
        "fashion-mnist",
        "fashion-mnist-sample",
        "image-folder",
        "kmnist",
        "mnist",
        "svhn",
        "synthetic",
    ]


def test_facts_are_read_without_torch() -> None:
    program = (
        "import sys; from explorer.datasets.base import DATASETS; DATASETS.values(); "
        "slow = {'torch', 'torchvision', 'PIL', 'scipy', 'PySide6', 'urllib.request'}; "
        "sys.exit(str(sorted(slow & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.strip() == "[]"


@each
def test_facts_are_consistent(dataset: Dataset) -> None:
    assert DATASETS[dataset.key] is dataset
    channels, height, width = dataset.shape
    assert channels in {1, 3}
    assert 8 <= min(height, width) <= max(height, width) <= 4096
    assert len(dataset.mean) == len(dataset.std) == channels
    assert all(0 < mean < 1 for mean in dataset.mean)
    assert all(0 < std <= 0.5 for std in dataset.std)  # no values between 0 and 1 deviate more
    assert len(set(dataset.classes)) == len(dataset.classes)
    assert all(name == name.strip() != "" for name in dataset.classes)
    assert dataset.title.strip()
    assert dataset.licence.endswith(".")
    assert dataset.source.endswith(".")
    assert dataset.remarks == ()


@each
def test_counts_are_known_where_the_facts_are_fixed(dataset: Dataset) -> None:
    if dataset.needs_folder:
        assert (dataset.classes, dataset.train_images, dataset.test_images) == ((), 0, 0)
    else:
        assert len(dataset.classes) >= 2
        assert dataset.train_images >= dataset.test_images >= len(dataset.classes)
        assert dataset.resolve() is dataset


@each
def test_a_download_is_announced_with_its_size(dataset: Dataset) -> None:
    assert (dataset.download_bytes > 1_000_000) == isinstance(dataset, StoredDataset)


@each
def test_what_is_at_hand_loads_and_the_rest_says_what_to_do(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "SYSTEM_FOLDERS", SYSTEM_FOLDERS)
    if dataset.find() is None:
        with pytest.raises(DataError, match="--data-dir"):
            dataset.load(download=False)
        return
    images = dataset.load(download=False)
    assert images.validation is None
    for split, count in ((images.train, dataset.train_images), (images.test, dataset.test_images)):
        assert isinstance(split, ArraySplit)
        assert len(split) == count
        assert split.shape == dataset.shape
        assert set(np.unique(split.labels)) == set(range(len(dataset.classes)))
        assert split.images.flags.writeable  # torch.from_numpy warns of arrays that are not
        assert split.images.min() < 64
        assert split.images.max() > 192


@each
def test_mean_and_deviation_are_those_of_the_training_images(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "SYSTEM_FOLDERS", SYSTEM_FOLDERS)
    if dataset.find() is None:
        pytest.skip(f"{dataset.title} is not on this machine")
    split = dataset.load(download=False).train
    assert isinstance(split, ArraySplit)
    counts = [np.bincount(channel.ravel(), minlength=256) for channel in split.images.swapaxes(0, 1)]
    levels = np.arange(256) / 255
    tolerance = 0.001 if dataset.key == "fashion-mnist-sample" else 0.00006  # the sample states the full set's
    for count, mean, std in zip(counts, dataset.mean, dataset.std, strict=True):
        true_mean = (count * levels).sum() / count.sum()
        assert abs(true_mean - mean) < tolerance
        assert abs(((count * (levels - true_mean) ** 2).sum() / count.sum()) ** 0.5 - std) < tolerance


@pytest.mark.parametrize("key", ["mnist", "kmnist", "fashion-mnist"])
def test_class_names_are_torchvisions(key: str) -> None:
    dataset = DATASETS[key]
    assert isinstance(dataset, StoredDataset)
    theirs = getattr(torchvision.datasets, dataset.torchvision_name).classes
    assert dataset.classes == tuple(name.split(" - ")[0] for name in theirs)  # MNIST's are "0 - zero", ...


def test_cifar100_has_its_hundred_fine_classes_in_order() -> None:
    classes = DATASETS["cifar100"].classes
    assert len(classes) == 100
    assert list(classes) == sorted(classes)  # labels follow the alphabet
    assert (classes[0], classes[49], classes[99]) == ("apple", "mountain", "worm")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("fashion-mnist", "MIT"),
        ("fashion-mnist-sample", "MIT"),
        ("mnist", "ShareAlike 3.0"),
        ("kmnist", "ShareAlike 4.0"),
        ("cifar10", "No licence is stated"),
        ("cifar100", "No licence is stated"),
        ("svhn", "non-commercial use only"),
    ],
)
def test_licences(key: str, words: str) -> None:
    assert words in DATASETS[key].licence


def test_the_bundled_sample_never_leaves_its_place(tmp_path: Path) -> None:
    sample = DATASETS["fashion-mnist-sample"]
    assert sample.find(tmp_path) == sample.find()
