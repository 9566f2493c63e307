"""The EfficientNets V2 (Tan, Le: EfficientNetV2: Smaller Models and Faster Training, 2021, table 4).

Slots carry torchvision's names.
"""

from __future__ import annotations

from explorer.blocks.mbconv import FusedMBConv, MBConv
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, imagenet, register, rounded, sequence
from explorer.zoo.efficientnet import SQUEEZE, conv, options, rising, whole
from explorer.zoo.stems import first_stride

PAPER = "Tan, Le: EfficientNetV2: Smaller Models and Faster Training, 2021, table 4."
LAST = 1280  # channels of the last convolution
EPS = 1e-3  # of the batch norms

#  fused  expansion  stride  channels  blocks
Stages = list[tuple[bool, int, int, int, int]]
SMALL: Stages = [
    (True, 1, 1, 24, 2),
    (True, 4, 2, 48, 4),
    (True, 4, 2, 64, 4),
    (False, 4, 2, 128, 6),
    (False, 6, 1, 160, 9),
    (False, 6, 2, 256, 15),
]
MEDIUM: Stages = [
    (True, 1, 1, 24, 3),
    (True, 4, 2, 48, 5),
    (True, 4, 2, 80, 5),
    (False, 4, 2, 160, 7),
    (False, 6, 1, 176, 14),
    (False, 6, 2, 304, 18),
    (False, 6, 1, 512, 5),
]
LARGE: Stages = [
    (True, 1, 1, 32, 4),
    (True, 4, 2, 64, 7),
    (True, 4, 2, 96, 7),
    (False, 4, 2, 192, 10),
    (False, 6, 1, 224, 19),
    (False, 6, 2, 384, 25),
    (False, 6, 1, 640, 7),
]

#   size  stages  image  dropout  parameters  MACs        top-1
TABLE = [
    ("s", SMALL, 384, 0.2, 21_458_488, "8.366 G", 84.228),
    ("m", MEDIUM, 480, 0.3, 54_139_356, "24.582 G", 85.112),
    ("l", LARGE, 480, 0.4, 118_515_272, "56.08 G", 85.808),
]


def builder(stages: Stages) -> Builder:
    """The builder for one size."""

    def build(classes: int, stem: str, dropout: float, stochastic_depth: float) -> Chain:
        drops = rising(stochastic_depth, sum(count for *_, count in stages))
        arriving = stages[0][3]
        features: list[Block] = [conv(arriving, 3, first_stride(stem), eps=EPS)]
        for fused, expansion, stride, channels, count in stages:
            blocks = []
            for number in range(count):
                first = stride if number == 0 else 1
                blocks.append(_block(arriving, channels, expansion * arriving, first, next(drops), fused=fused))
                arriving = channels
            features.append(sequence(*blocks))
        return whole([*features, conv(LAST, 1, eps=EPS)], classes, dropout)

    return build


def _block(arriving: int, channels: int, inside: int, stride: int, drop: float, *, fused: bool) -> Block:
    if fused:
        return FusedMBConv(channels, inside, 3, stride, drop=drop, eps=EPS)
    return MBConv(channels, inside, 3, stride, squeeze_channels=arriving // SQUEEZE, drop=drop, eps=EPS)


for size, stages, image, dropout, parameters, macs, top1 in TABLE:
    key = f"efficientnet_v2_{size}"
    register(
        Entry(
            key=key,
            title=f"EfficientNetV2-{size.upper()}",
            family="EfficientNet",
            year=2021,
            paper=PAPER,
            summary="Searched for the speed of training: full convolutions first, filters for single channels later.",
            input_shape=(3, image, image),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(stages),
            options=options(dropout),
            twin=key,
        )
    )
