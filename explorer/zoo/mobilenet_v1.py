"""MobileNet (Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, 2017).

Table 1 of the paper: a full convolution, then 13 times a filter for each channel and a 1x1 convolution behind it.
"""

from __future__ import annotations

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.separable import SeparableBlock
from explorer.core.compose import Chain
from explorer.zoo.base import Entry, Option, imagenet, in_runs, register, rounded
from explorer.zoo.stems import STEM, first_stride
from explorer.zoo.widths import multiple_of

SOURCE = "Howard et al., 2017, table 8"
FIRST = 32  # channels of the first convolution

#   channels  stride
TABLE = [
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),  # the table says stride 2, and shapes as with 1
]

OPTIONS = {
    "width": Option(1.0, "by which the channels of all layers are multiplied, alpha in the paper"),
    "stem": STEM,
    # the paper names no share; its authors' code has this one
    "dropout": Option(0.001, "share of the values left out before the last layer"),
}


def build(classes: int, width: float, stem: str, dropout: float) -> Chain:
    """The network."""
    first = ConvBlock(multiple_of(8, FIRST * width), 3, first_stride(stem))
    blocks = [SeparableBlock(multiple_of(8, channels * width), stride=stride) for channels, stride in TABLE]
    return Chain(
        ("features", in_runs(first, *blocks)),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("dropout", Dropout(dropout)),
        ("fc", Linear(classes)),
    )


register(
    Entry(
        key="mobilenet_v1",
        title="MobileNet",
        family="Mobile networks",
        year=2017,
        paper=(
            "Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, 2017, "
            "table 1."
        ),
        summary="Every convolution taken apart into filters for single channels and 1 × 1: an eighth of the work.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=rounded("4.2 M", SOURCE),
        macs=rounded("569 M", SOURCE),
        accuracy=imagenet(70.6, SOURCE),
        build=build,
        options=OPTIONS,
        stages="Howard et al., 2017, table 1",
    )
)
