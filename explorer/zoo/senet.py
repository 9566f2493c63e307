"""SENet-154, with which its authors won ImageNet 2017 (Hu et al.: Squeeze-and-Excitation Networks, 2017, appendix).

An SE-ResNeXt-152 of 64 groups with a stem of three 3x3 convolutions, projections by 3x3, and half as many channels
before a 3x3 convolution as behind it. The paper has no table of it: the layers are those of its authors' Caffe network.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.se_residual import SEBottleneck
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, imagenet, register
from explorer.zoo.se_resnet import FAMILY, PAPER, REDUCTION, SOURCE, stages

BLOCK = SEBottleneck(256, 64 * 4, stride_in="3x3", groups=64, narrowing=2, projection="3x3")  # of the first stage
BLOCKS = (3, 8, 36, 3)

OPTIONS = {
    "stem": Option("imagenet", "imagenet: a quarter of the size; small: no stride or pooling", ("imagenet", "small")),
    "reduction": REDUCTION,
    "dropout": Option(0.2, "share of the values left out before the last layer"),
}


def build(classes: int, stem: str, reduction: int, dropout: float) -> Chain:
    """The network."""
    return Chain(
        *_first_layers(stem),
        *stages(replace(BLOCK, reduction=reduction), BLOCKS),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("dropout", Dropout(dropout)),
        ("fc", Linear(classes)),
    )


def _first_layers(stem: str) -> list[Part]:
    large = stem == "imagenet"
    # Caffe's poolings keep the last, partial window
    pool: list[Part] = [("maxpool", MaxPool2d(3, stride=2, ceil_mode=True))] if large else []
    return [
        ("conv1", ConvBlock(64, stride=2 if large else 1)),
        ("conv2", ConvBlock(64)),
        ("conv3", ConvBlock(128)),
        *pool,
    ]


register(
    Entry(
        key="senet154",
        title="SENet-154",
        family=FAMILY,
        year=2017,
        paper=f"{PAPER}, appendix; layers of the authors' network.",
        summary="The gates in a wider ResNeXt: the network that won ImageNet 2017.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(115_088_984, SOURCE),
        macs=Figure(20_688_363_520),
        accuracy=imagenet(round(100 - 18.68, 2), "hujie-frank/SENet, table 1"),
        build=build,
        options=OPTIONS,
    )
)
