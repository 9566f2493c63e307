from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.base import DATASETS, DEFAULT
from explorer.datasets.images import ArraySplit
from explorer.errors import DataError
from explorer.training.data import TrainingData, find_again, require_same, require_same_classes


def test_the_bundled_images_are_found_again_and_are_the_same(tmp_path: Path) -> None:
    data = TrainingData.load(DATASETS[DEFAULT].resolve(), tmp_path)
    facts = data.facts()
    assert facts.root == str(tmp_path)
    assert facts.train_images == 10_000
    again = find_again(facts)
    require_same(again, facts)
    assert again.fingerprint() == data.fingerprint()


def test_another_label_another_image_and_another_normalisation_are_noticed(data: TrainingData) -> None:
    facts, split = data.facts(), data.images.train
    assert isinstance(split, ArraySplit)
    labels, images = split.labels.copy(), split.images.copy()
    labels[7] = (labels[7] + 1) % 4
    images[0, 0, 3, 3] ^= 1
    for changed in (ArraySplit(split.images, labels), ArraySplit(images, split.labels)):
        with pytest.raises(DataError, match="their fingerprint changed"):
            require_same(replace(data, images=replace(data.images, train=changed)), facts)
    with pytest.raises(DataError, match="their mean changed"):
        require_same(replace(data, dataset=replace(data.dataset, mean=(0.9,))), facts)
    assert np.array_equal(split.labels, data.images.train.labels)


def test_other_classes_or_another_order_of_them_are_noticed(data: TrainingData) -> None:
    facts, classes = data.facts(), data.dataset.classes
    require_same_classes(data.dataset, facts)
    renamed, swapped = ("zebra", *classes[1:]), (classes[0], classes[2], classes[1], classes[3])
    with pytest.raises(DataError, match=f"class 1 is 'zebra', but was '{classes[0]}'; restore them"):
        require_same_classes(replace(data.dataset, classes=renamed), facts)
    with pytest.raises(DataError, match=f"class 2 is '{classes[2]}', but was '{classes[1]}'"):
        require_same_classes(replace(data.dataset, classes=swapped), facts)
    with pytest.raises(DataError, match="has 5 classes of 1-channel images, but the run learned 4 classes of 1"):
        require_same_classes(replace(data.dataset, classes=(*classes, "more")), facts)
