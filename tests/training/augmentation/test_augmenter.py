from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from explorer.training.augmentation.augmenter import Augmenter
from explorer.training.augmentation.draws import Draws
from explorer.training.config import TrainConfig

CPU = torch.device("cpu")
COUNT, CLASSES = 256, 5
EVERY = {"flip": True, "crop_padding": 3, "rotation": 20.0, "brightness": 0.3, "contrast": 0.3, "saturation": 0.3,
         "hue": 0.2, "erasing": 0.7, "mixup": 0.4, "cutmix": 1.0}  # fmt: skip


@pytest.fixture
def images() -> Tensor:
    return torch.randint(1, 256, (COUNT, 3, 24, 24), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def labels() -> Tensor:
    return torch.arange(COUNT) % CLASSES


def _augmenter(**settings: Any) -> Augmenter:
    return Augmenter(TrainConfig(**settings), 5, (0.2, 0.4, 0.6), CLASSES, CPU)


@pytest.mark.parametrize("name", [*EVERY, "all"])
def test_a_batch_depends_on_seed_epoch_and_index_alone(name: str, images: Tensor, labels: Tensor) -> None:
    augment = _augmenter(**(EVERY if name == "all" else {name: EVERY[name]}))
    indices, before = np.arange(COUNT) * 3, images.clone()
    state = torch.get_rng_state()
    first = augment(images, labels, 1, indices)
    torch.rand(5)
    torch.set_rng_state(state)
    assert all(torch.equal(one, other) for one, other in zip(first, augment(images, labels, 1, indices), strict=True))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(images, before)
    assert not torch.equal(first[0], augment(images, labels, 2, indices)[0])
    assert not torch.equal(first[0], augment(images, labels, 1, indices + 1)[0])


@pytest.mark.parametrize("name", ["flip", "crop_padding", "rotation", "contrast", "hue", "erasing"])
def test_an_image_is_changed_alike_in_every_batch(name: str, images: Tensor, labels: Tensor) -> None:
    augment = _augmenter(**{name: EVERY[name]})
    whole, _ = augment(images, labels, 0, np.arange(COUNT))
    part, _ = augment(images[40:50], labels[40:50], 0, np.arange(40, 50))
    torch.testing.assert_close(part, whole[40:50])


def test_bytes_stay_bytes_where_they_only_move(images: Tensor, labels: Tensor) -> None:
    pixels, targets = _augmenter(flip=True, crop_padding=2)(images, labels, 0, np.arange(COUNT))
    assert pixels.dtype == torch.uint8
    assert targets is labels


def test_half_of_the_images_are_mirrored(images: Tensor, labels: Tensor) -> None:
    pixels, _ = _augmenter(flip=True)(images, labels, 0, np.arange(COUNT))
    mirrored = (pixels == images.flip(3)).all(dim=(1, 2, 3))
    assert ((pixels == images).all(dim=(1, 2, 3)) ^ mirrored).all()
    assert 95 < mirrored.sum() < 161  # four standard deviations around 128


def test_the_share_of_erased_images_and_the_area_are_as_set(images: Tensor, labels: Tensor) -> None:
    pixels, _ = _augmenter(erasing=0.6)(images, labels, 0, np.arange(COUNT))
    mean = (torch.tensor([0.2, 0.4, 0.6]) * 255)[:, None, None]
    erased = 0
    for image, before in zip(pixels, images, strict=True):
        rows, columns = torch.where((image != before).any(0))
        if not len(rows):
            continue
        top, left = int(rows.min()), int(columns.min())
        height, width = int(rows.max()) + 1 - top, int(columns.max()) + 1 - left
        assert torch.equal(image, functional.erase(before.float(), top, left, height, width, mean))
        assert 0.01 < height * width / 24**2 < 0.36  # to rounding
        erased += 1
    assert 123 < erased < 185  # four standard deviations around 154


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_the_share_of_a_class_is_the_share_of_its_image(kind: str, labels: Tensor) -> None:
    flat = torch.arange(COUNT)[:, None, None, None].expand(COUNT, 1, 24, 24).byte()
    augment = Augmenter(TrainConfig.from_json({kind: 1.0}), 5, (0.0,), CLASSES, CPU)
    pixels, targets = augment(flat, labels, 0, np.arange(COUNT))
    torch.testing.assert_close(targets.sum(1), torch.ones(COUNT))
    own = targets[torch.arange(COUNT), labels]
    expected = own * torch.arange(COUNT) + (1 - own) * torch.arange(COUNT).roll(-1)
    # the last is mixed with the first, which is of the same class
    torch.testing.assert_close(pixels.mean(dim=(1, 2, 3))[:-1], expected[:-1], rtol=1e-5, atol=1e-3)
    assert own.std() > 0.1


def test_of_mixup_and_cutmix_each_image_gets_one(labels: Tensor) -> None:
    flat = (torch.arange(COUNT) % 2 * 255)[:, None, None, None].expand(COUNT, 1, 24, 24).byte()
    pixels, _ = Augmenter(TrainConfig(mixup=1.0, cutmix=1.0), 5, (0.0,), CLASSES, CPU)(
        flat, labels, 0, np.arange(COUNT)
    )
    blended = ((pixels > 0.5) & (pixels < 254.5)).any(dim=(1, 2, 3))
    first = Draws(5, 0, np.arange(COUNT), CPU)["mix_kind"] < 0.5
    assert not blended[~first].any()
    assert blended[first].float().mean() > 0.9
