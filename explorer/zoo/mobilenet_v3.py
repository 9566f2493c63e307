"""The MobileNetV3 (Howard et al.: Searching for MobileNetV3, 2019, tables 1 and 2). Slots carry torchvision's names."""

from __future__ import annotations

from explorer.blocks.activation import Hardswish
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.mbconv import MBConv
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
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
    "Howard, Sandler, Chu, Chen, Chen, Tan, Wang, Zhu, Pang, Vasudevan, Le, Adam: Searching for MobileNetV3, 2019, {}."
)
FIRST = 16  # channels of the first convolution
EPS, MOMENTUM = 1e-3, 0.01  # of the batch norms

#   kernel  inside  channels  gate  activation  stride
LARGE = [
    (3, 16, 16, False, "relu", 1),
    (3, 64, 24, False, "relu", 2),
    (3, 72, 24, False, "relu", 1),
    (5, 72, 40, True, "relu", 2),
    (5, 120, 40, True, "relu", 1),
    (5, 120, 40, True, "relu", 1),
    (3, 240, 80, False, "hardswish", 2),
    (3, 200, 80, False, "hardswish", 1),
    (3, 184, 80, False, "hardswish", 1),
    (3, 184, 80, False, "hardswish", 1),
    (3, 480, 112, True, "hardswish", 1),
    (3, 672, 112, True, "hardswish", 1),
    (5, 672, 160, True, "hardswish", 2),
    (5, 960, 160, True, "hardswish", 1),
    (5, 960, 160, True, "hardswish", 1),
]
SMALL = [
    (3, 16, 16, True, "relu", 2),
    (3, 72, 24, False, "relu", 2),
    (3, 88, 24, False, "relu", 1),
    (5, 96, 40, True, "hardswish", 2),
    (5, 240, 40, True, "hardswish", 1),
    (5, 240, 40, True, "hardswish", 1),
    (5, 120, 48, True, "hardswish", 1),
    (5, 144, 48, True, "hardswish", 1),
    (5, 288, 96, True, "hardswish", 2),
    (5, 576, 96, True, "hardswish", 1),
    (5, 576, 96, True, "hardswish", 1),
]

#    size    table    rows  features before the classes  parameters  MACs        top-1
TABLE = [
    ("large", "table 1", LARGE, 1280, 5_483_032, "0.217 G", 74.042),
    ("small", "table 2", SMALL, 1024, 2_542_856, "0.057 G", 67.668),
]

OPTIONS = {
    "stem": STEM,
    "dropout": Option(0.2, "share of the values left out before the last layer"),
}


def builder(rows: list[tuple[int, int, int, bool, str, int]], features: int) -> Builder:
    """The builder for one of the two tables."""

    def build(classes: int, stem: str, dropout: float) -> Chain:
        blocks = [
            MBConv(
                channels,
                inside,
                kernel,
                stride,
                squeeze_channels=multiple_of(8, inside // 4) if gate else 0,
                activation=activation,
                squeeze_activation="relu",
                gate="hardsigmoid",
                eps=EPS,
                momentum=MOMENTUM,
            )
            for kernel, inside, channels, gate, activation, stride in rows
        ]
        first, last = _conv(FIRST, 3, first_stride(stem)), _conv(6 * rows[-1][2], 1)
        return Chain(
            ("features", in_runs(first, *blocks, last)),
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("classifier", sequence(Linear(features), Hardswish(), Dropout(dropout), Linear(classes))),
        )

    return build


def _conv(channels: int, kernel: int, stride: int = 1) -> ConvBlock:
    return ConvBlock(
        channels, kernel, stride, kernel // 2, eps=EPS, activation="hardswish", momentum=MOMENTUM, naming="numbers"
    )


for size, place, rows, features, parameters, macs, top1 in TABLE:
    key = f"mobilenet_v3_{size}"
    register(
        Entry(
            key=key,
            title=f"MobileNetV3 {size}",
            family="Mobile networks",
            year=2019,
            paper=PAPER.format(place),
            summary="Searched blocks with gates and a cheaper swish, for phones.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(rows, features),
            options=OPTIONS,
            twin=key,
        )
    )
