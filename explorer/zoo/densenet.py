"""The DenseNets (Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016, table 1).

DenseNet-BC for ImageNet; slots carry torchvision's names.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dense import DenseBlock, Transition
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded

PAPER = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016, table 1."

#   layers  layers a block   growth  parameters  MACs        top-1
TABLE = [
    (121, (6, 12, 24, 16), 32, 7_978_856, "2.834 G", 74.434),
    (161, (6, 12, 36, 24), 48, 28_681_000, "7.728 G", 77.138),
    (169, (6, 12, 32, 32), 32, 14_149_480, "3.36 G", 75.6),
    (201, (6, 12, 48, 32), 32, 20_013_928, "4.291 G", 76.896),
]

DROPOUT = Option(0.0, "share of the values left out behind every layer of the dense blocks")
OPTIONS = {
    "stem": Option("7x7", "7x7 and max pooling for ImageNet, or one 3x3 for small images", ("7x7", "3x3")),
    "dropout": DROPOUT,
}


def builder(blocks: tuple[int, ...], growth_rate: int) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, stem: str, dropout: float) -> Chain:
        dense = [DenseBlock(layers, growth_rate, dropout=dropout) for layers in blocks]
        return network(_stem(stem, 2 * growth_rate), dense, Transition(), classes)

    return build


def network(stem: list[Part], blocks: list[DenseBlock], transition: Transition, classes: int) -> Chain:
    """The network of some dense blocks, with a transition between any two."""
    features = list(stem)
    for number, block in enumerate(blocks, start=1):
        features.append((f"denseblock{number}", block))
        if number < len(blocks):
            features.append((f"transition{number}", transition))
    return Chain(
        ("features", Chain(*features, ("norm5", BatchNorm2d()))),
        ("relu", ReLU()),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("classifier", Linear(classes)),
    )


def _stem(stem: str, channels: int) -> list[Part]:
    large = stem == "7x7"
    first = Conv2d(channels, 7, 2, padding=3, bias=False) if large else Conv2d(channels, 3, padding=1, bias=False)
    pool: list[Part] = [("pool0", MaxPool2d(3, stride=2, padding=1))] if large else []
    return [("conv0", first), ("norm0", BatchNorm2d()), ("relu0", ReLU()), *pool]


for layers, blocks, growth_rate, parameters, macs, top1 in TABLE:
    key = f"densenet{layers}"
    register(
        Entry(
            key=key,
            title=f"DenseNet-{layers}",
            family="DenseNet",
            year=2016,
            paper=PAPER,
            summary=f"{layers} layers, each of which sees all before it in its block: few parameters, much reuse.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(blocks, growth_rate),
            options=OPTIONS,
            twin=key,
        )
    )
