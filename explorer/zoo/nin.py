"""Network in Network for CIFAR-10 (Lin, Chen, Yan: Network In Network, 2013, figure 2).

The paper gives no widths for CIFAR-10; they are those of the authors' published model.
"""

from __future__ import annotations

from explorer.blocks.dropout import Dropout
from explorer.blocks.nin import NiNBlock
from explorer.blocks.pool import AvgPool2d, GlobalAvgPool, MaxPool2d
from explorer.core.compose import Chain
from explorer.zoo.base import Entry, Figure, Option, cifar_10, register

OPTIONS = {"dropout": Option(0.5, "share of the values left out between the blocks")}


def build(classes: int, dropout: float) -> Chain:
    """Three mlpconv layers; the last has a channel for each class, whose mean is the class's score."""
    return Chain(
        ("mlpconv1", NiNBlock(192, (160, 96), kernel_size=5, padding=2)),
        ("pool1", MaxPool2d(3, stride=2, ceil_mode=True)),  # Caffe's poolings keep the last, partial window
        ("dropout1", Dropout(dropout)),
        ("mlpconv2", NiNBlock(192, (192, 192), kernel_size=5, padding=2)),
        ("pool2", AvgPool2d(3, stride=2, ceil_mode=True)),
        ("dropout2", Dropout(dropout)),
        ("mlpconv3", NiNBlock(192, (192, classes), kernel_size=3, padding=1)),
        ("avgpool", GlobalAvgPool()),
    )


register(
    Entry(
        key="nin",
        title="Network in Network",
        family="Network in Network",
        year=2013,
        paper="Lin, Chen, Yan: Network In Network, 2013, figure 2; widths of the authors' model for CIFAR-10.",
        summary="1 × 1 convolutions between the others, and one mean per class in place of fully connected layers.",
        input_shape=(3, 32, 32),
        classes=10,
        parameters=Figure(966_986, "osmr/imgclsmob, table of CIFAR-10 models"),
        macs=Figure(222_486_528),
        accuracy=cifar_10(8.81, "Lin, Chen, Yan, 2013, table 1"),
        build=build,
        options=OPTIONS,
    )
)
