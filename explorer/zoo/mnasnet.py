"""The MnasNets (Tan, Chen, Pang, Vasudevan, Sandler, Howard, Le: Platform-Aware Neural Architecture Search, 2018).

Variant B1 of the authors, without gates, in torchvision's four widths and with its names.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.inverted_residual import InvertedResidual
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import (
    TORCHVISION,
    Builder,
    Entry,
    Figure,
    Option,
    imagenet,
    in_runs,
    register,
    rounded,
    sequence,
)
from explorer.zoo.stems import STEM, first_stride
from explorer.zoo.widths import multiple_of

PAPER = (
    "Tan, Chen, Pang, Vasudevan, Sandler, Howard, Le: MnasNet: Platform-Aware Neural Architecture Search for Mobile, "
    "2018, figure 7."
)
MOMENTUM = 1 - 0.9997  # the paper's 0.9997 is the share of the old statistics
FIRST, SECOND, LAST = 32, 16, 1280  # channels of the first and the second convolution, and of the last

#  kernel  stride  expansion  channels  blocks
STACKS = [
    (3, 2, 3, 24, 3),
    (5, 2, 3, 40, 3),
    (5, 2, 6, 80, 3),
    (3, 1, 6, 96, 2),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
]

#   width   parameters  MACs        top-1
TABLE = [
    ("0_5", 2_218_512, "0.104 G", 67.734),
    ("0_75", 3_170_208, "0.215 G", 71.18),
    ("1_0", 4_383_312, "0.314 G", 73.456),
    ("1_3", 6_282_256, "0.526 G", 76.506),
]

OPTIONS = {
    "stem": STEM,
    "dropout": Option(0.2, "share of the values left out before the last layer"),
}


def builder(width: float) -> Builder:
    """The builder for one width."""

    def build(classes: int, stem: str, dropout: float) -> Chain:
        return Chain(
            ("layers", in_runs(*_stem(width, first_stride(stem)), *_stacks(width), *_normed(_point(LAST)))),
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("classifier", sequence(Dropout(dropout), Linear(classes))),
        )

    return build


def _stem(width: float, stride: int) -> list[Block]:
    first, second = multiple_of(8, FIRST * width), multiple_of(8, SECOND * width)
    return [
        *_normed(Conv2d(first, 3, stride, padding=1, bias=False)),
        *_normed(Conv2d(first, 3, padding=1, groups=first, bias=False)),
        *_normed(_point(second))[:-1],
    ]


def _stacks(width: float) -> list[Block]:
    stacks: list[Block] = []
    for kernel, stride, expansion, channels, count in STACKS:
        blocks = [
            InvertedResidual(
                multiple_of(8, channels * width),
                expansion,
                kernel,
                stride if number == 0 else 1,
                activation="relu",
                momentum=MOMENTUM,
                naming="mnasnet",
            )
            for number in range(count)
        ]
        stacks.append(in_runs(*blocks))
    return stacks


def _point(channels: int) -> Conv2d:
    return Conv2d(channels, 1, bias=False)


def _normed(convolution: Conv2d) -> list[Block]:
    return [convolution, BatchNorm2d(momentum=MOMENTUM), ReLU()]


for width, parameters, macs, top1 in TABLE:
    key, factor = f"mnasnet{width}", width.replace("_", ".")
    register(
        Entry(
            key=key,
            title=f"MnasNet × {factor}",
            family="Mobile networks",
            year=2018,
            paper=PAPER,
            summary="Found by a search that measures the time on a real phone.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(float(factor)),
            options=OPTIONS,
            twin=key,
        )
    )
