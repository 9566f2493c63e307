"""Each change of a batch against torchvision, image by image, with the same amounts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from explorer.training.augmentation import colour, geometry
from explorer.training.augmentation.mixing import mixed_targets, mixup, rectangle

COUNT = 12


@pytest.fixture(params=[(1, 28, 28), (3, 32, 32), (3, 20, 30)], ids=str)
def images(request: pytest.FixtureRequest) -> Tensor:
    return torch.randint(0, 256, (COUNT, *request.param), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def _amounts(low: float, high: float) -> Tensor:
    return torch.empty(COUNT).uniform_(low, high, generator=torch.Generator().manual_seed(1))


def test_crop(images: Tensor) -> None:
    places = [(number % 9, number * 5 % 9) for number in range(COUNT)]
    down, right = torch.tensor(places).unbind(1)
    expected = [
        functional.crop(functional.pad(image, [4]), top, left, *image.shape[-2:])
        for image, (top, left) in zip(images, places, strict=True)
    ]
    assert torch.equal(geometry.crop(images, 4, down, right), torch.stack(expected))


def test_flip(images: Tensor) -> None:
    chosen = torch.arange(COUNT) % 3 == 0
    expected = [
        functional.horizontal_flip(image) if mirrored else image for image, mirrored in zip(images, chosen, strict=True)
    ]
    assert torch.equal(geometry.flip(images, chosen), torch.stack(expected))


def test_rotation(images: Tensor) -> None:
    degrees = _amounts(-180, 180)
    expected = [
        functional.rotate(image.float(), float(angle), InterpolationMode.BILINEAR)
        for image, angle in zip(images, degrees, strict=True)
    ]
    torch.testing.assert_close(geometry.rotate(images.float(), degrees), torch.stack(expected), rtol=1e-4, atol=2e-2)


@pytest.mark.parametrize(
    ("change", "reference", "low", "high"),
    [
        (colour.brighten, functional.adjust_brightness, 0.0, 2.0),
        (colour.contrast, functional.adjust_contrast, 0.0, 2.0),
        (colour.saturate, functional.adjust_saturation, 0.0, 2.0),
        (colour.turn_hue, functional.adjust_hue, -0.5, 0.5),
    ],
)
def test_colour(
    images: Tensor,
    change: Callable[[Tensor, Tensor], Tensor],
    reference: Callable[[Tensor, float], Tensor],
    low: float,
    high: float,
) -> None:
    amounts = _amounts(low, high)
    expected = [
        reference(image.float() / 255, float(amount)) * 255 for image, amount in zip(images, amounts, strict=True)
    ]
    torch.testing.assert_close(change(images.float(), amounts), torch.stack(expected), rtol=1e-4, atol=2e-3)


def test_a_rectangle_is_cut_at_the_border(images: Tensor) -> None:
    size = (images.shape[-2], images.shape[-1])
    boxes = [(number - 3, 2 * number - 5, 6, 9) for number in range(COUNT)]
    top, left, height, width = torch.tensor(boxes).unbind(1)
    found = rectangle(size, top, left, height, width)
    for image, (row, column, rows, columns), box in zip(images, boxes, found, strict=True):
        padded = functional.pad(image, [50])
        erased = functional.erase(padded, row + 50, column + 50, rows, columns, torch.zeros(len(image), 1, 1))
        assert torch.equal(torch.where(box, 0, image), functional.center_crop(erased, list(size)))


def test_mixup_is_the_weighted_mean_of_images_and_classes(images: Tensor) -> None:
    shares, labels = _amounts(0, 1), np.arange(COUNT) % 5
    mixed = mixup(images.float(), images.float().roll(-1, 0), shares)
    targets = mixed_targets(torch.from_numpy(labels), torch.from_numpy(labels).roll(-1), shares, 5)
    pixels = images.numpy().astype(np.float64)
    for number, share in enumerate(shares.double().numpy()):
        other = (number + 1) % COUNT
        expected = np.zeros(5)
        expected[labels[number]] += share
        expected[labels[other]] += 1 - share
        np.testing.assert_allclose(mixed[number], share * pixels[number] + (1 - share) * pixels[other], atol=1e-3)
        np.testing.assert_allclose(targets[number], expected, atol=1e-6)
