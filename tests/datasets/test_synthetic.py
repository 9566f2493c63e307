"""Generated shapes: the same every time, balanced, all different, and learnable."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from explorer.datasets.images import ArraySplit
from explorer.datasets.synthetic import FIGURES, SyntheticDataset, synthetic
from explorer.errors import DataError


def arrays(dataset: SyntheticDataset) -> tuple[ArraySplit, ArraySplit]:
    images = dataset.load()
    assert isinstance(images.train, ArraySplit)
    assert isinstance(images.test, ArraySplit)
    return images.train, images.test


def test_parameters_are_met() -> None:
    dataset = synthetic(train_images=33, test_images=11, shape=(3, 20, 24), classes=10)
    train, test = arrays(dataset)
    assert train.images.shape == (33, 3, 20, 24)
    assert test.images.shape == (11, 3, 20, 24)
    assert dataset.classes == tuple(FIGURES)
    assert np.ptp(np.bincount(train.labels)) <= 1


def test_the_seed_decides() -> None:
    first, again, other = (arrays(synthetic(seed=seed))[0] for seed in (0, 0, 1))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_training_and_test_images_differ() -> None:
    train, test = arrays(synthetic(train_images=50, test_images=50))
    assert not {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}


def test_facts_are_those_of_the_training_images() -> None:
    dataset = synthetic(shape=(3, 16, 16), train_images=300)
    pixels = arrays(dataset)[0].images / 255
    assert np.allclose(dataset.mean, pixels.mean(axis=(0, 2, 3)), atol=1e-4)
    assert np.allclose(dataset.std, pixels.std(axis=(0, 2, 3)), atol=1e-4)


def test_no_two_figures_are_alike() -> None:
    x, y = np.meshgrid(np.linspace(-1.2, 1.2, 60, dtype=np.float32), np.linspace(-1.2, 1.2, 60, dtype=np.float32))
    masks = [figure(x[np.newaxis], y[np.newaxis]) for figure in FIGURES.values()]
    overlaps = [
        (a & b).sum() / (a | b).sum() for place, a in enumerate(masks) for b in masks[place + 1 :]
    ]  # intersection over union
    assert max(overlaps) < 0.85
    assert all(mask.any() for mask in masks)


def test_a_figure_is_whole_and_brighter_than_its_ground() -> None:
    train, _ = arrays(synthetic(train_images=100, classes=2))
    bright = train.images[:, 0] > 127  # ink is at least 0.6 less noise, ground at most 0.3 and noise
    assert (bright.sum(axis=(1, 2)) > 30).all()
    assert not bright[:, [0, -1], :].any(axis=(1, 2)).all()


def test_something_is_learned_from_them() -> None:
    train, test = arrays(synthetic(train_images=1000, shape=(1, 16, 16)))
    forest = RandomForestClassifier(n_estimators=30, random_state=0).fit(train.images.reshape(1000, -1), train.labels)
    assert forest.score(test.images.reshape(len(test), -1), test.labels) > 0.5  # 0.25 by chance


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"classes": 1}, "2 to 10 classes, not 1"),
        ({"classes": 11}, "2 to 10 classes, not 11"),
        ({"train_images": 3}, "an image of each class"),
        ({"shape": (1, 4, 28)}, "8 x 8 pixels"),
        ({"shape": (0, 28, 28)}, "at least one channel"),
        ({"train_images": 10**6, "shape": (3, 4096, 4096)}, "a gigabyte at most"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_refusals(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        synthetic(**wrong)  # type: ignore[arg-type]  # one wrong value each
