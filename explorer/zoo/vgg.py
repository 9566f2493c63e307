"""The VGG networks (Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014).

Table 1 of the paper, configurations A, B, D and E; slots carry torchvision's names. The variants with batch norm are
torchvision's, not the paper's.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded, sequence

PAPER = "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014, table 1, {}."
WIDTHS = (64, 128, 256, 512, 512)  # channels of the five stages, each ending in a pooling

VGG_16 = (2, 2, 3, 3, 3)  # convolutions of each stage

#    layers  column  convolutions a stage  parameters   with batch norm  MACs       top-1  with batch norm
TABLE = [
    (11, "A", (1, 1, 2, 2, 2), 132_863_336, 132_868_840, "7.609 G", 69.02, 70.37),
    (13, "B", (2, 2, 2, 2, 2), 133_047_848, 133_053_736, "11.308 G", 69.928, 71.586),
    (16, "D", VGG_16, 138_357_544, 138_365_992, "15.47 G", 71.592, 73.36),
    (19, "E", (2, 2, 4, 4, 4), 143_667_240, 143_678_248, "19.632 G", 72.376, 74.218),
]

#  head        cells that are pooled to, features of the two hidden layers
HEADS = {"paper": (7, 4096), "small": (1, 512), "average": (1, None)}

OPTIONS = {
    "head": Option(
        "paper",
        "paper: two layers of 4096; small: two of 512 behind one mean per channel; average: no hidden layer",
        tuple(HEADS),
    ),
    "dropout": Option(0.5, "share of the values left out between the fully connected layers"),
    "ceil_mode": Option(False, "keeps windows that are partly outside the image, so that 28 x 28 pixels are enough"),
}


def builder(convolutions: tuple[int, ...], *, batch_norm: bool) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, head: str, dropout: float, ceil_mode: bool) -> Chain:
        cells, width = HEADS[head]
        return Chain(
            ("features", sequence(*features(convolutions, batch_norm=batch_norm, ceil_mode=ceil_mode))),
            ("avgpool", AdaptiveAvgPool2d(cells)),
            ("flatten", Flatten()),
            ("classifier", sequence(*([] if width is None else hidden(width, dropout)), Linear(classes))),
        )

    return build


def features(convolutions: tuple[int, ...], *, batch_norm: bool = False, ceil_mode: bool = False) -> list[Block]:
    """The convolutions, with a pooling at the end of each stage."""
    layers: list[Block] = []
    for width, number in zip(WIDTHS, convolutions, strict=True):
        norm = [BatchNorm2d()] if batch_norm else []
        layers += [Conv2d(width, 3, padding=1), *norm, ReLU()] * number
        layers.append(MaxPool2d(2, ceil_mode=ceil_mode))
    return layers


def hidden(width: int, dropout: float) -> list[Block]:
    """The fully connected layers before the last."""
    return [Linear(width), ReLU(), Dropout(dropout)] * 2


for layers, column, convolutions, plain, normed, macs, *top1 in TABLE:
    for batch_norm, parameters, accuracy in ((False, plain, top1[0]), (True, normed, top1[1])):
        key = f"vgg{layers}_bn" if batch_norm else f"vgg{layers}"
        register(
            Entry(
                key=key,
                title=f"VGG-{layers} (batch norm)" if batch_norm else f"VGG-{layers}",
                family="VGG",
                year=2014,
                paper=PAPER.format(column),
                summary=f"{layers} layers of nothing but 3 × 3 convolutions, halved and widened stage by stage.",
                input_shape=(3, 224, 224),
                classes=1000,
                parameters=Figure(parameters, TORCHVISION),
                macs=rounded(macs, TORCHVISION),
                accuracy=imagenet(accuracy),
                build=builder(convolutions, batch_norm=batch_norm),
                options=OPTIONS,
                twin=key,
            )
        )
