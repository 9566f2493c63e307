from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.datasets.images import ArraySplit
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.samples import augmented_samples, drawn, in_size
from explorer.training.trainer import train

CHANGES = {"flip": True, "crop_padding": 2, "rotation": 10.0, "brightness": 0.2, "erasing": 0.5}


@pytest.mark.parametrize("count", [20, 32], ids=["part", "whole batch"])
@pytest.mark.parametrize("change", [CHANGES, {**CHANGES, "mixup": 0.5}], ids=["plain", "mixed"])
def test_the_samples_are_what_the_network_sees(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, change: dict[str, float], count: int
) -> None:
    config = replace(config, epochs=1, **change)  # type: ignore[arg-type]
    seen: list[Tensor] = []

    def build(network: Network) -> torch.nn.Module:
        module = assemble(network)
        module.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
        return module

    list(train(network, data, config, tmp_path / "run", build=build))
    samples = augmented_samples(data, config, count)  # the first batch that was seen is that of the dry run
    pixels = (seen[1][:count] * data.dataset.std[0] + data.dataset.mean[0]) * 255
    torch.testing.assert_close(pixels, torch.from_numpy(samples.images).float(), rtol=0, atol=0.51)


def test_without_augmentation_they_are_the_images(data: TrainingData, config: TrainConfig) -> None:
    split = data.images.train
    assert isinstance(split, ArraySplit)
    samples = augmented_samples(data, config, 8)
    images = {image.tobytes(): label for image, label in zip(split.images, split.labels, strict=True)}
    assert [images[image.tobytes()] for image in samples.images] == samples.shares.argmax(1).tolist()
    assert np.array_equal(samples.shares.sum(1), np.ones(8, dtype=np.float32))


def test_there_are_no_more_than_the_first_batch_has(data: TrainingData, config: TrainConfig) -> None:
    assert len(augmented_samples(data, config, 5_000).images) == 32
    assert len(augmented_samples(data, replace(config, batch_size=5_000), 5_000).images) == 1_080


def test_another_draw_changes_the_same_images_in_another_way(data: TrainingData, config: TrainConfig) -> None:
    config, chosen = replace(config, rotation=90.0, erasing=1.0), np.array([3, 1, 4, 15])
    first, again, other = (drawn(data, config, chosen, epoch) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first.images, again.images)
    assert not any((one == another).all() for one, another in zip(first.images, other.images, strict=True))
    np.testing.assert_array_equal(first.shares.argmax(1), data.images.train.labels[chosen])
    np.testing.assert_array_equal(first.shares, other.shares)


def test_the_labels_of_mixed_images_are_shares_of_two_classes(data: TrainingData, config: TrainConfig) -> None:
    chosen = np.flatnonzero(np.isin(data.images.train.labels, (0, 1)))[:6]
    shares = drawn(data, replace(config, mixup=1.0), chosen, 0).shares
    assert np.allclose(shares.sum(1), 1.0)
    assert not shares[:, 2:].any()
    neighbours = data.images.train.labels[chosen], np.roll(data.images.train.labels[chosen], -1)
    for share, one, other in zip(shares, *neighbours, strict=True):
        assert set(np.flatnonzero(share)) == {one, other}


def test_images_are_shown_in_the_size_that_the_network_takes(data: TrainingData) -> None:
    images = data.images.train.read(range(4))
    assert in_size(images, (16, 16)) is images
    smaller = in_size(images, (8, 8))
    assert smaller.shape == (4, 1, 8, 8)
    expected = v2.functional.resize(torch.from_numpy(images).float(), [8, 8], antialias=True)
    np.testing.assert_allclose(smaller, expected.numpy(), atol=0.51)


def test_looking_changes_no_random_state(data: TrainingData, config: TrainConfig) -> None:
    state = torch.get_rng_state()
    augmented_samples(data, replace(config, mixup=1.0, flip=True), 8)
    assert torch.equal(torch.get_rng_state(), state)
