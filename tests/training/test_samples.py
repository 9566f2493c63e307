from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.datasets.images import ArraySplit
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.samples import augmented_samples
from explorer.training.trainer import train

CHANGES = {"flip": True, "crop_padding": 2, "rotation": 10.0, "brightness": 0.2, "erasing": 0.5}


@pytest.mark.parametrize("change", [CHANGES, {**CHANGES, "mixup": 0.5}], ids=["plain", "mixed"])
def test_the_samples_are_what_the_network_sees(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, change: dict[str, float]
) -> None:
    config = replace(config, epochs=1, **change)  # type: ignore[arg-type]
    seen: list[Tensor] = []

    def build(network: Network) -> torch.nn.Module:
        module = assemble(network)
        module.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
        return module

    list(train(network, data, config, tmp_path / "run", build=build))
    samples = augmented_samples(data, config, 20)  # the first batch that was seen is that of the dry run
    pixels = (seen[1][:20] * data.dataset.std[0] + data.dataset.mean[0]) * 255
    torch.testing.assert_close(pixels, torch.from_numpy(samples.images).float(), rtol=0, atol=0.51)


def test_without_augmentation_they_are_the_images(data: TrainingData, config: TrainConfig) -> None:
    split = data.images.train
    assert isinstance(split, ArraySplit)
    samples = augmented_samples(data, config, 8)
    images = {image.tobytes(): label for image, label in zip(split.images, split.labels, strict=True)}
    assert [images[image.tobytes()] for image in samples.images] == samples.shares.argmax(1).tolist()
    assert np.array_equal(samples.shares.sum(1), np.ones(8, dtype=np.float32))


def test_there_are_no_more_than_the_data_set_has(data: TrainingData, config: TrainConfig) -> None:
    assert len(augmented_samples(data, config, 5_000).images) == 1_080


def test_looking_changes_no_random_state(data: TrainingData, config: TrainConfig) -> None:
    state = torch.get_rng_state()
    augmented_samples(data, replace(config, mixup=1.0, flip=True), 8)
    assert torch.equal(torch.get_rng_state(), state)
