"""Inception v2, also called BN-Inception (Ioffe, Szegedy: Batch Normalization, 2015, figure 5).

GoogLeNet with a batch norm behind every convolution, two 3x3 in the place of each 5x5, and modules that halve the
image. As in the paper the first convolution is a separable one, with eight filters for every channel.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.inception import EPS, inception_conv
from explorer.blocks.inception_v2 import InceptionV2, InceptionV2Reduction
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.xception import SeparableConv
from explorer.core.block import Block
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, imagenet, register

MULTIPLIER = 8  # filters of the first convolution for every channel (section 4.2)

TABLE: dict[str, Block] = {
    "3a": InceptionV2(64, (64, 64), (64, 96), 32),
    "3b": InceptionV2(64, (64, 96), (64, 96), 64),
    "3c": InceptionV2Reduction((128, 160), (64, 96)),
    "4a": InceptionV2(224, (64, 96), (96, 128), 128),
    "4b": InceptionV2(192, (96, 128), (96, 128), 128),
    "4c": InceptionV2(160, (128, 160), (128, 160), 96),
    "4d": InceptionV2(96, (128, 192), (160, 192), 96),
    "4e": InceptionV2Reduction((128, 192), (192, 256)),
    "5a": InceptionV2(352, (192, 320), (160, 224), 128),
    "5b": InceptionV2(352, (192, 320), (192, 224), 128, "max"),
}

OPTIONS = {
    "first": Option("separable", "the first convolution: separable as in the paper, or full", ("separable", "full")),
    "stem": Option("7x7", "7x7 and two poolings for ImageNet, or one 3x3 for small images", ("7x7", "3x3")),
}


def build(classes: int, first: str, stem: str) -> Chain:
    """The network."""
    modules = ((f"inception{name}", block) for name, block in TABLE.items())
    head: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(classes))]
    return Chain(*_stem(first, stem), *modules, *head)


def _stem(first: str, stem: str) -> list[Part]:
    if stem == "3x3":
        return [("conv1", inception_conv(192, 3))]
    return [
        ("conv1", inception_conv(64, 7, stride=2) if first == "full" else _separable()),
        ("maxpool1", MaxPool2d(3, stride=2, padding=1)),
        ("conv2", inception_conv(64, 1)),
        ("conv3", inception_conv(192, 3)),
        ("maxpool2", MaxPool2d(3, stride=2, padding=1)),
    ]


def _separable() -> Chain:
    convolution = SeparableConv(64, 7, stride=2, multiplier=MULTIPLIER)
    return Chain(("conv", convolution), ("bn", BatchNorm2d(EPS)), ("relu", ReLU()))


register(
    Entry(
        key="bn_inception",
        title="Inception v2",
        family="Inception",
        year=2015,
        paper=(
            "Ioffe, Szegedy: Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate "
            "Shift, 2015, figure 5."
        ),
        summary="GoogLeNet with a batch norm behind every convolution: as good after a fourteenth of the steps.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(11_188_288),
        macs=Figure(1_934_857_216),
        accuracy=imagenet(74.8, "Ioffe, Szegedy, 2015, figure 4"),
        build=build,
        options=OPTIONS,
        stages="Ioffe, Szegedy, 2015, figure 5",
    )
)
