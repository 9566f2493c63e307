from __future__ import annotations

import pytest
import torch
from torchvision import transforms

from explorer.insight.preprocessing import Preprocessor

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.mark.parametrize("size", [(20, 30), (16, 16), (48, 45)])
def test_it_is_torchvision_to_the_bit(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    images = torch.randint(0, 256, (4, 3, 20, 30), dtype=torch.uint8)
    transform = transforms.Compose([transforms.ToTensor(), transforms.Resize(size), transforms.Normalize(MEAN, STD)])
    expected = torch.stack([transform(image.permute(1, 2, 0).numpy()) for image in images])
    found = Preprocessor(MEAN, STD, size)(images)
    assert torch.equal(found, expected)
    assert images.dtype == torch.uint8  # the resident images are not touched
    assert found.is_contiguous()


def test_the_layout_is_what_was_asked_for() -> None:
    images = torch.randint(0, 256, (4, 3, 8, 8), dtype=torch.uint8)
    found = Preprocessor(MEAN, STD, (8, 8), memory_format=torch.channels_last)(images)
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(found, Preprocessor(MEAN, STD, (8, 8))(images))
