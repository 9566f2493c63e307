"""MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov, Chen: Inverted Residuals and Linear Bottlenecks, 2018, table 2).

Slots carry torchvision's names.
"""

from __future__ import annotations

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.inverted_residual import InvertedResidual
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Entry, Figure, Option, imagenet, in_runs, register, rounded, sequence
from explorer.zoo.stems import STEM, first_stride
from explorer.zoo.widths import multiple_of

FIRST, LAST = 32, 1280  # channels of the first and the last convolution

#   expansion  channels  blocks  stride of the first
TABLE = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]

OPTIONS = {
    "width": Option(1.0, "by which the channels of all layers are multiplied"),
    "stem": STEM,
    "dropout": Option(0.2, "share of the values left out before the last layer"),
}


def build(classes: int, width: float, stem: str, dropout: float) -> Chain:
    """The network with torchvision's names."""
    first = ConvBlock(multiple_of(8, FIRST * width), 3, first_stride(stem), activation="relu6", naming="numbers")
    last = ConvBlock(multiple_of(8, LAST * max(1.0, width)), 1, padding=0, activation="relu6", naming="numbers")
    blocks = [
        InvertedResidual(multiple_of(8, channels * width), expansion, stride=stride if number == 0 else 1)
        for expansion, channels, count, stride in TABLE
        for number in range(count)
    ]
    return Chain(
        ("features", in_runs(first, *blocks, last)),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("classifier", sequence(Dropout(dropout), Linear(classes))),
    )


register(
    Entry(
        key="mobilenet_v2",
        title="MobileNetV2",
        family="Mobile networks",
        year=2018,
        paper=(
            "Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, "
            "table 2."
        ),
        summary="Shortcuts between narrow layers and filters for single channels: ImageNet on a phone.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(3_504_872, TORCHVISION),
        macs=rounded("0.301 G", TORCHVISION),
        accuracy=imagenet(71.878),
        build=build,
        options=OPTIONS,
        twin="mobilenet_v2",
    )
)
