"""Which networks the default run assembles: the smallest of each family. All others are for ``-m slow``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

import explorer
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.zoo.base import ZOO

QUICK = frozenset(
    """
    lenet5 alexnet alexnet_gray vgg11 nin googlenet_paper resnet18 resnet34 resnet50 resnet18_gray plain18 plain34
    resnet20 resnet32 resnet44 resnet56 plain20 plain32 plain44 plain56 googlenet inception_v3 squeezenet1_1 densenet121
    mobilenet_v1 mobilenet_v2 shufflenet_v2_x0_5 mobilenet_v3_small mnasnet0_5 efficientnet_b0 regnet_y_400mf
    convnext_tiny se_resnet50 stochastic_depth_resnet110 xception highway u_net
    spp_net dcgan_generator dcgan_discriminator r_cnn lenet5_1998 fractalnet densenet_40_12
    """.split()  # noqa: SIM905 - words read better than thirty quoted strings
)

# the options with which a network takes images of 28 x 28 pixels, where it needs some
FOR_SMALL_IMAGES: dict[str, dict[str, Any]] = {
    "alexnet": {"stem": "5x5"},
    "alexnet_gray": {"stem": "5x5"},
    "alexnet_2012": {"stem": "5x5"},
    "googlenet_paper": {"stem": "3x3"},
    "inception_v3": {"stem": "small", "aux_logits": False},
    "xception": {"stem": "small"},
    "bn_inception": {"stem": "3x3"},
    "u_net": {"padding": "same", "width": 8},
    "fcn32s": {"padding": "same", "image": 28, "features": 16},
    "spp_net": {"stem": "small"},
    "yolo": {"stem": "small", "features": 64},
    "ssd300": {"stem": "small"},
    "fast_rcnn_vgg16": {"features": 64},
    "dcgan_generator": {"image": "32", "width": 8},
    "dcgan_discriminator": {"image": "32", "width": 8},
    "r_cnn": {"stem": "5x5"},
    "lenet5_1998": {"padding": 2},
    **{key: {"stem": "small"} for key in ("inception_v4", "inception_resnet_v1", "inception_resnet_v2")},
    **{key: {"ceil_mode": True} for key in ZOO if key.startswith("vgg")},
    **{key: {"stem": "3x3"} for key in ZOO if key.startswith(("densenet", "convnext")) and "stem" in ZOO[key].options},
    **{key: {"stem": "small"} for key in ZOO if key.startswith("squeezenet")},
}

# the inputs of the networks that take no such images: multiples of 16 pixels, and numbers that become an image
SMALL_SHAPES: dict[str, Shape] = {"u_net": (1, 32, 32), "dcgan_generator": (100,), "dcgan_discriminator": (3, 32, 32)}


def small(key: str, *, classes: int = 7, channels: int | None = None, pixels: int = 28) -> Network:
    """The network for small images, of its own number of channels unless another is given."""
    shape = SMALL_SHAPES.get(key, (channels or ZOO[key].input_shape[0], pixels, pixels))
    return explorer.network(key, input_shape=shape, classes=classes, **FOR_SMALL_IMAGES.get(key, {}))


def marked(keys: Iterable[str], quick: frozenset[str] = QUICK) -> list[Any]:
    """Parameters for a test: all keys, those that are not quick marked as slow."""
    return [pytest.param(key, marks=() if key in quick else pytest.mark.slow) for key in keys]
