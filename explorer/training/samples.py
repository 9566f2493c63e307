"""Training images as a run would see them, for a person who wants to look before it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from explorer.datasets.images import Pixels
from explorer.training.augmentation.augmenter import Augmenter
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.feed import divide
from explorer.training.order import epoch_order


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Augmented training images.

    Attributes:
        images: The images in the order in which the epoch takes them. (n, C, H, W)
        shares: The share of each class in each image; 1 for its own class, unless images are mixed. (n, classes)
    """

    images: Pixels
    shares: npt.NDArray[np.float32]


def augmented_samples(data: TrainingData, config: TrainConfig, count: int, epoch: int = 0) -> Samples:
    """The first training images of an epoch, changed as the run changes them; no random state is touched.

    Args:
        data: The data set.
        config: The settings.
        count: How many images; there are fewer if the data set has fewer.
        epoch: The epoch, counted from 0.

    Raises:
        DataError: If an image file cannot be read.
    """
    split, classes = data.images.train, len(data.dataset.classes)
    # one more than is shown: the last one may be mixed with the next
    chosen = epoch_order(divide(data.images, config)[0], config.seed, epoch)[: count + 1]
    augment = Augmenter(config, config.seed, data.dataset.mean, classes, torch.device("cpu"))
    labels = torch.from_numpy(split.labels[chosen])
    pixels, targets = augment(torch.from_numpy(split.read(chosen)), labels, epoch, chosen)
    if targets.ndim == 1:
        targets = torch.nn.functional.one_hot(targets, classes)
    images = pixels.round().clamp(0, 255).byte() if pixels.is_floating_point() else pixels
    return Samples(images[:count].numpy(), targets[:count].float().numpy())
