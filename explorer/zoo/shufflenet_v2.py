"""The ShuffleNets V2 (Ma, Zhang, Zheng, Sun: Practical Guidelines, 2018, table 5). Slots carry torchvision's names."""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.shuffle import ShuffleUnit
from explorer.core.compose import Chain, Part
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

PAPER = (
    "Ma, Zhang, Zheng, Sun: ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, 2018, table 5."
)
FIRST = 24  # channels of the first convolution
UNITS = (4, 8, 4)  # of the three stages

#    width   channels of the stages  last  parameters  MACs        top-1
TABLE = [
    ("0_5", (48, 96, 192), 1024, 1_366_792, "0.04 G", 60.552),
    ("1_0", (116, 232, 464), 1024, 2_278_604, "0.145 G", 69.362),
    ("1_5", (176, 352, 704), 1024, 3_503_624, "0.296 G", 72.996),
    ("2_0", (244, 488, 976), 2048, 7_393_996, "0.583 G", 76.23),
]

OPTIONS = {
    "stem": Option(
        "imagenet", "imagenet: stride 2 and pooling; small: neither, for small images", ("imagenet", "small")
    )
}


def builder(widths: tuple[int, ...], last: int) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, stem: str) -> Chain:
        large = stem == "imagenet"
        pool: list[Part] = [("maxpool", MaxPool2d(3, stride=2, padding=1))] if large else []
        first = Conv2d(FIRST, 3, stride=2 if large else 1, padding=1, bias=False)
        stages: list[Part] = [
            (f"stage{number}", in_runs(ShuffleUnit(width, 2), *[ShuffleUnit(width)] * (units - 1)))
            for number, (width, units) in enumerate(zip(widths, UNITS, strict=True), start=2)
        ]
        return Chain(
            ("conv1", sequence(first, BatchNorm2d(), ReLU())),
            *pool,
            *stages,
            ("conv5", sequence(Conv2d(last, 1, bias=False), BatchNorm2d(), ReLU())),
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("fc", Linear(classes)),
        )

    return build


for width, widths, last, parameters, macs, top1 in TABLE:
    key = f"shufflenet_v2_x{width}"
    register(
        Entry(
            key=key,
            title=f"ShuffleNet V2 × {width.replace('_', '.')}",
            family="Mobile networks",
            year=2018,
            paper=PAPER,
            summary="Designed by measured speed: half of the channels pass, then both halves are shuffled.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(widths, last),
            options=OPTIONS,
            twin=key,
        )
    )
