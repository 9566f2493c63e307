"""The EfficientNets (Tan, Le: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, 2019).

One searched network, B0 (table 1), made wider and deeper for larger images. Slots carry torchvision's names.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.mbconv import MBConv
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded, sequence
from explorer.zoo.stems import STEM, first_stride
from explorer.zoo.widths import multiple_of

PAPER = (
    "Tan, Le: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, 2019, table 1 and section 4."
)
FIRST = 32  # channels of the first convolution
SQUEEZE = 4  # of what arrives at a block, its gate keeps one in so many
DROP_HELP = "share of the images for which a block is left out while training; it rises from 0 block by block"

#  expansion  kernel  stride  channels  blocks
STAGES = [
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
]

#    name  width  depth  image  dropout  parameters   MACs        top-1
TABLE = [
    ("b0", 1.0, 1.0, 224, 0.2, 5_288_548, "0.386 G", 77.692),
    ("b1", 1.0, 1.1, 240, 0.2, 7_794_184, "0.687 G", 78.642),
    ("b2", 1.1, 1.2, 288, 0.3, 9_109_994, "1.088 G", 80.608),
    ("b3", 1.2, 1.4, 300, 0.3, 12_233_232, "1.827 G", 82.008),
    ("b4", 1.4, 1.8, 380, 0.4, 19_341_616, "4.394 G", 83.384),
    ("b5", 1.6, 2.2, 456, 0.4, 30_389_784, "10.266 G", 83.444),
    ("b6", 1.8, 2.6, 528, 0.5, 43_040_704, "19.068 G", 84.008),
    ("b7", 2.0, 3.1, 600, 0.5, 66_347_960, "37.746 G", 84.122),
]
PORTED = {"b5", "b6", "b7"}  # whose weights torchvision took from TensorFlow, with the batch norms of there
NORM, PORTED_NORM = (1e-5, 0.1), (1e-3, 0.01)  # eps and momentum


def builder(width: float, depth: float, *, ported: bool) -> Builder:
    """The builder for one row of the table."""
    eps, momentum = PORTED_NORM if ported else NORM

    def build(classes: int, stem: str, dropout: float, stochastic_depth: float) -> Chain:
        counts = [ceil(count * depth) for *_, count in STAGES]
        drops = rising(stochastic_depth, sum(counts))
        arriving = multiple_of(8, FIRST * width)
        features: list[Block] = [conv(arriving, 3, first_stride(stem), eps=eps, momentum=momentum)]
        for (expansion, kernel, stride, channels, _), count in zip(STAGES, counts, strict=True):
            leaving, blocks = multiple_of(8, channels * width), []
            for number in range(count):
                blocks.append(
                    MBConv(
                        leaving,
                        multiple_of(8, arriving * expansion),
                        kernel,
                        stride if number == 0 else 1,
                        squeeze_channels=arriving // SQUEEZE,
                        drop=next(drops),
                        eps=eps,
                        momentum=momentum,
                    )
                )
                arriving = leaving
            features.append(sequence(*blocks))
        return whole([*features, conv(4 * arriving, 1, eps=eps, momentum=momentum)], classes, dropout)

    return build


def conv(channels: int, kernel: int, stride: int = 1, *, eps: float = 1e-5, momentum: float = 0.1) -> ConvBlock:
    """The first and the last convolution of these networks."""
    return ConvBlock(
        channels, kernel, stride, kernel // 2, eps=eps, activation="silu", momentum=momentum, naming="numbers"
    )


def rising(last: float, blocks: int) -> Iterator[float]:
    """The stochastic depth of each block, from nothing towards ``last``."""
    return (last * float(number) / blocks for number in range(blocks))


def whole(features: list[Block], classes: int, dropout: float) -> Chain:
    """The network around its features."""
    return Chain(
        ("features", sequence(*features)),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("classifier", sequence(Dropout(dropout), Linear(classes))),
    )


def options(dropout: float) -> dict[str, Option]:
    """The options of a network with that dropout."""
    return {
        "stem": STEM,
        "dropout": Option(dropout, "share of the values left out before the last layer"),
        "stochastic_depth": Option(0.2, DROP_HELP),
    }


for name, width, depth, image, dropout, parameters, macs, top1 in TABLE:
    key = f"efficientnet_{name}"
    register(
        Entry(
            key=key,
            title=f"EfficientNet-{name.upper()}",
            family="EfficientNet",
            year=2019,
            paper=PAPER,
            summary="Width, depth and image size grow together by one rule, from a searched network.",
            input_shape=(3, image, image),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(width, depth, ported=name in PORTED),
            options=options(dropout),
            twin=key,
        )
    )
