"""Training images as a run would see them, for a person who wants to look before it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from explorer.datasets.images import Pixels
from explorer.datasets.split import Indices
from explorer.insight.preprocessing import Preprocessor
from explorer.training.augmentation.augmenter import Augmenter
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.feed import divide
from explorer.training.order import batch_sizes, epoch_order


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Augmented training images.

    Attributes:
        images: The images. (n, C, H, W)
        shares: The share of each class in each image; 1 for its own class, unless images are mixed. (n, classes)
    """

    images: Pixels
    shares: npt.NDArray[np.float32]


def augmented_samples(data: TrainingData, config: TrainConfig, count: int, epoch: int = 0) -> Samples:
    """The first training images of an epoch, changed as the run changes them; no random state is touched.

    Args:
        data: The data set.
        config: The settings.
        count: How many images; there are fewer if the data set or the first batch has fewer.
        epoch: The epoch, counted from 0.

    Raises:
        DataError: If an image file cannot be read.
    """
    order = epoch_order(divide(data.images, config)[0], config.seed, epoch)
    # Of a batch that is shown in part, one more: its last image may be mixed with the next. The last of a whole batch
    # is mixed with the first.
    batch = order[: batch_sizes(len(order), config.batch_size)[0]] if len(order) else order
    shown = drawn(data, config, batch[: count + 1], epoch)
    return Samples(shown.images[:count], shown.shares[:count])


def drawn(data: TrainingData, config: TrainConfig, chosen: Indices, epoch: int) -> Samples:
    """Some training images, changed as an epoch of the run changes them: its draws are a function of both.

    Args:
        data: The data set.
        config: The settings.
        chosen: The images, by index; where images are mixed, each is mixed with the one behind it.
        epoch: The epoch, counted from 0.

    Raises:
        DataError: If an image file cannot be read.
    """
    split, classes = data.images.train, len(data.dataset.classes)
    augment = Augmenter(config, config.seed, data.dataset.mean, classes, torch.device("cpu"))
    labels = torch.from_numpy(split.labels[chosen])
    pixels, targets = augment(torch.from_numpy(split.read(chosen)), labels, epoch, chosen)
    if targets.ndim == 1:
        targets = torch.nn.functional.one_hot(targets, classes)
    images = pixels.round().clamp(0, 255).byte() if pixels.is_floating_point() else pixels
    return Samples(images.numpy(), targets.float().numpy())


def in_size(images: Pixels, size: tuple[int, int]) -> Pixels:
    """The images in another size, resized as a run resizes them.

    Args:
        images: (n, C, h, w)
        size: Height and width.
    """
    if images.shape[-2:] == size:
        return images
    channels = images.shape[1]
    resized = Preprocessor((0.0,) * channels, (1.0,) * channels, size)(torch.from_numpy(images)) * 255
    return resized.round().clamp(0, 255).byte().numpy()
