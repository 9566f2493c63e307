"""Settings that people know by where they come from. A preset sets some; all others keep their defaults.

Without torch, so that a window and a command line can list them at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from explorer.errors import UnknownKeyError
from explorer.training.config import TrainConfig
from explorer.training.stages import Stage

# What says nothing of how a network learns, so that nobody means to change it with a preset
_OF_THE_COMPUTER = (
    "image_size", "seed", "device", "precision", "memory_format", "threads", "workers", "accumulation",
    "activation_checkpointing", "sync_batch_norm", "block_statistics", "keep_every",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings by name.

    Attributes:
        key: Its name for programs; it never changes.
        title: Its name for people.
        source: Where the values come from, in a sentence.
        settings: What it sets.
    """

    key: str
    title: str
    source: str
    settings: Mapping[str, Any]

    def config(self, **others: Any) -> TrainConfig:
        """The settings with the defaults for what the preset leaves open.

        Args:
            **others: Settings that a person chose instead.

        Raises:
            TrainingError: If one is bad.
        """
        return TrainConfig.from_json({**self.settings, **others})

    def over(self, config: TrainConfig) -> TrainConfig:
        """The preset for a person who has settings: where and how the computer works stays as it is.

        Args:
            config: The settings; the size of images stays too, which the network's input decides.
        """
        return dataclasses.replace(self.config(), **{name: getattr(config, name) for name in _OF_THE_COMPUTER})


def preset(key: str) -> Preset:
    """The preset of that key.

    Raises:
        UnknownKeyError: If there is none.
    """
    if key not in PRESETS:
        raise UnknownKeyError("preset", key, tuple(PRESETS))
    return PRESETS[key]


_ALL = (
    Preset(
        "lenet5-adam",
        "LeNet-5 with Adam",
        "Adam with the rate that Kingma and Ba (2014) suggest; batch and epochs are this app's, for small images.",
        {"optimizer": "adam", "lr": 0.001, "batch_size": 256, "epochs": 5},
    ),
    Preset(
        "resnet-cifar10-2015",
        "ResNet on CIFAR-10, 2015",
        "He et al., Deep Residual Learning for Image Recognition (2015), section 4.2: 64,000 steps of 128 images, "
        "45,000 to train and 5,000 to validate.",
        {
            "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 128,
            "epochs": 182,  # of 352 steps each: the first number of them with 64,000 steps
            "schedule": "multi_step", "milestones": (32_000, 48_000), "gamma": 0.1, "initialisation": "kaiming",
            "crop_padding": 4, "flip": True, "validation_fraction": 0.1,
        },
    ),
    Preset(
        "spp-net-2014",
        "SPP-net on two sizes, 2014",
        "He et al., Spatial Pyramid Pooling (2014): epochs of 224 and 180 pixels in turn, section 2.3; the first rate "
        "and mirrored images, section 3.1. Its crops, its changes of colour and the drops of the rate where the error "
        "stalls are left out; what these sections do not give, such as batch and epochs, is this app's choice.",
        {
            "optimizer": "sgd", "lr": 0.01, "epochs": 10,  # an even number, so that each size has as many
            "flip": True, "image_size": 224, "further_sizes": (180,),
        },
    ),
    Preset(
        "resnet18-d2l",
        "One-channel ResNet-18 at 96 × 96",
        "Zhang et al., Dive into Deep Learning, first edition, section 7.6: Fashion-MNIST resized to 96 × 96.",
        {"optimizer": "sgd", "lr": 0.05, "momentum": 0.0, "batch_size": 256, "epochs": 10, "image_size": 96},
    ),
    Preset(
        "fine-tune-3",
        "Fine-tune in three stages",
        "The head alone for an epoch before anything else, as Howard and Gugger's fastai (2020) does it, then the last "
        "stage too, then the last two, as people fine-tune ResNet-50; the values are this app's choice.",
        {
            # a new head learns little in one epoch at a lower rate, and all that follows is a tenth of it
            "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 64, "epochs": 5,
            "stages": (Stage("head", 1.0, 1), Stage("last-2", 0.1, 1), Stage("last-3", 0.1)), "flip": True,
        },
    ),
    Preset(
        "one-cycle",
        "One-cycle quick start",
        "Smith and Topin, Super-Convergence (2018), for the shape of the schedule; the values are this app's choice.",
        {
            "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4,
            "schedule": "one_cycle", "batch_size": 128, "epochs": 5,
        },
    ),
)  # fmt: skip

PRESETS: Mapping[str, Preset] = MappingProxyType({entry.key: entry for entry in _ALL})
