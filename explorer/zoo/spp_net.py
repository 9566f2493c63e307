"""SPP-net (He, Zhang, Ren, Sun: Spatial Pyramid Pooling in Deep Convolutional Networks, 2014, table 1, ZF-5).

Five convolutions, then maxima over four grids in place of the last pooling: whatever the size of the image, the fully
connected layers get the same 12,800 numbers, so one network trains on images of several sizes.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import LocalResponseNorm
from explorer.blocks.pool import MaxPool2d, SpatialPyramidPool
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import Entry, Figure, Option, register, sequence

LEVELS = (6, 3, 2, 1)  # cells along each side, grid by grid: 50 in all
FEATURES = 4096

OPTIONS = {
    "stem": Option(
        "imagenet", "imagenet: the first two convolutions with stride 2; small: with 1", ("imagenet", "small")
    ),
    "dropout": Option(0.5, "share of the values left out between the fully connected layers"),
}


def build(classes: int, stem: str, dropout: float) -> Chain:
    """The network."""
    stride = 2 if stem == "imagenet" else 1
    classifier = (Linear(FEATURES), ReLU(), Dropout(dropout))
    return Chain(
        ("features", sequence(*_features(stride))),
        ("pyramid", SpatialPyramidPool(LEVELS)),
        ("classifier", sequence(*classifier, *classifier, Linear(classes))),
    )


def _features(stride: int) -> list[Block]:
    """Paddings are those that give the table's sizes of maps: 55, 27 and 13 pixels."""
    pool = MaxPool2d(3, stride=2, ceil_mode=True)
    layers: list[Block] = [Conv2d(96, 7, stride, padding=1), ReLU(), LocalResponseNorm(5), pool]
    layers += [Conv2d(256, 5, stride, padding=1), ReLU(), LocalResponseNorm(5), pool]
    for channels in (384, 384, 256):
        layers += [Conv2d(channels, 3, padding=1), ReLU()]
    return layers


register(
    Entry(
        key="spp_net",
        title="SPP-net (ZF-5)",
        family="Pyramid pooling",
        year=2014,
        paper=(
            "He, Zhang, Ren, Sun: Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition, 2014, "
            "table 1, ZF-5."
        ),
        summary="Pools over grids of a fixed number of cells, so that images may have any size.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(77_037_672),
        macs=Figure(1_215_276_160),
        build=build,
        options=OPTIONS,
        stages="He et al., 2014, table 1",
    )
)
