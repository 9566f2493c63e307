"""Changes training images as the settings say: a pure function of the images and of (seed, epoch, index)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.datasets.split import Indices
from explorer.training.augmentation import colour, geometry
from explorer.training.augmentation.draws import Draws
from explorer.training.augmentation.mixing import SymmetricBeta, mixed_targets, mixup, rectangle
from explorer.training.augmentation.settings import AugmentationSettings

# The share of an image that is erased, and height over width, as in the paper and in torchvision
_ERASED = (0.02, 0.33)
_RATIO = (0.3, 3.3)


class Augmenter:
    """Changes batches as they come from the data set, before they are resized and normalised.

    The order is crop, flip, rotation, brightness, contrast, saturation, hue, erasing, mixing. An image is mixed with
    the one behind it in the batch, the last with the first.

    Args:
        settings: What is done.
        seed: The run's seed.
        mean: The mean of each channel, of pixels scaled to 0..1; what is erased gets it.
        classes: How many classes there are.
        device: Where the images lie.
    """

    def __init__(
        self, settings: AugmentationSettings, seed: int, mean: Sequence[float], classes: int, device: torch.device
    ) -> None:
        self._settings = settings
        self._seed = seed
        self._classes = classes
        self._device = device
        self._mean = torch.tensor(mean, device=device).view(1, -1, 1, 1) * colour.WHITE
        self._shares = {
            kind: SymmetricBeta(a, device) for kind in ("mixup", "cutmix") if (a := getattr(settings, kind)) > 0.0
        }

    def __call__(self, images: Tensor, labels: Tensor, epoch: int, indices: Indices) -> tuple[Tensor, Tensor]:
        """Changes a batch.

        Args:
            images: Bytes. (N, C, H, W)
            labels: (N,)
            epoch: The epoch, counted from 0.
            indices: Which images of the training set they are. (N,)

        Returns:
            Pixels from 0 to 255, bytes or floats, and the labels (N,) or, if images are mixed, the share of each class
            in each image (N, classes).
        """
        draws = Draws(self._seed, epoch, indices, self._device)
        images = self._coloured(self._moved(images, draws), draws)
        if self._settings.erasing:
            images = self._erased(images, draws)
        return self._mixed(images, labels, draws) if self._shares else (images, labels)

    def _moved(self, images: Tensor, draws: Draws) -> Tensor:
        padding, rotation = self._settings.crop_padding, self._settings.rotation
        if padding:
            places = 2 * padding + 1
            images = geometry.crop(images, padding, draws.below("crop_down", places), draws.below("crop_right", places))
        if self._settings.flip:
            images = geometry.flip(images, draws["flip"] < 0.5)
        return geometry.rotate(images.float(), draws.between("angle", -rotation, rotation)) if rotation else images

    def _coloured(self, images: Tensor, draws: Draws) -> Tensor:
        changes = {"brightness": colour.brighten, "contrast": colour.contrast, "saturation": colour.saturate}
        for name, change in changes.items():
            amount = getattr(self._settings, name)
            if amount:
                images = change(images.float(), draws.between(name, 1 - amount, 1 + amount))
        hue = self._settings.hue
        return colour.turn_hue(images.float(), draws.between("hue", -hue, hue)) if hue else images

    def _erased(self, images: Tensor, draws: Draws) -> Tensor:
        rows, columns = images.shape[-2:]
        area = draws.between("erase_area", *_ERASED) * rows * columns
        ratio = draws.between("erase_ratio", math.log(_RATIO[0]), math.log(_RATIO[1])).exp()
        # torchvision draws again where a side is too long; here it is cut, since one image has one draw
        height = (area * ratio).sqrt().round().clamp(1, rows).long()
        width = (area / ratio).sqrt().round().clamp(1, columns).long()
        top, left = draws.below("erase_down", rows - height + 1), draws.below("erase_right", columns - width + 1)
        chosen = (draws["erase"] < self._settings.erasing)[:, None, None, None]
        wiped = rectangle((rows, columns), top, left, height, width) & chosen
        return torch.where(wiped, self._mean, images.float())

    def _mixed(self, images: Tensor, labels: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        images, kinds = images.float(), list(self._shares)
        others = images.roll(-1, 0)
        results = [self._mixed_by(kind, images, others, draws) for kind in kinds]
        mixed, share = results[0]
        if len(results) == 2:
            first = draws["mix_kind"] < 0.5
            mixed = torch.where(first[:, None, None, None], mixed, results[1][0])
            share = torch.where(first, share, results[1][1])
        return mixed, mixed_targets(labels, labels.roll(-1, 0), share, self._classes)

    def _mixed_by(self, kind: str, images: Tensor, others: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        """The images and the share that the first of each pair has in them."""
        share = self._shares[kind](draws["mix_share"])
        if kind == "mixup":
            return mixup(images, others, share), share
        rows, columns = images.shape[-2:]
        side = (1 - share).sqrt()
        height, width = (side * rows).long(), (side * columns).long()
        top, left = draws.below("cut_down", rows) - height // 2, draws.below("cut_right", columns) - width // 2
        covered = rectangle((rows, columns), top, left, height, width)
        # the part that lies on the image decides, which is less than was drawn at a border
        return torch.where(covered, others, images), 1 - covered.float().mean(dim=(1, 2, 3))
