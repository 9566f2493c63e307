"""Residual networks with squeeze and excitation (Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017).

Table 1 of the paper: bottlenecks whose branches end in gates. The stride of an SE-ResNet is in the first convolution of
a bottleneck, that of an SE-ResNeXt in the 3x3, as in the authors' networks.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.blocks.se_residual import SEBottleneck
from explorer.core.compose import Chain, Part, Repeat
from explorer.zoo.base import Builder, Entry, Figure, Option, imagenet, register
from explorer.zoo.resnet import STEM, network

FAMILY = "Squeeze and excitation"
PAPER = "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017"
SOURCE = "osmr/imgclsmob, table of ImageNet models"

# the blocks of the first stage
RESNET = SEBottleneck(256, 64, stride_in="1x1")
RESNEXT = SEBottleneck(256, 32 * 4, stride_in="3x3", groups=32)

# The multiply-adds of table 2 (3.87, 7.60 and 11.32 G for the ResNets) also count the poolings and the gates' products.
#   key                    title                       block    blocks a stage  parameters  MACs            error
TABLE = [
    ("se_resnet50", "SE-ResNet-50", RESNET, (3, 4, 6, 3), 28_088_024, 3_860_488_192, 23.29),
    ("se_resnet101", "SE-ResNet-101", RESNET, (3, 4, 23, 3), 49_326_872, 7_574_937_600, 22.38),
    ("se_resnet152", "SE-ResNet-152", RESNET, (3, 8, 36, 3), 66_821_848, 11_288_993_792, 21.57),
    ("se_resnext50_32x4d", "SE-ResNeXt-50 (32 × 4d)", RESNEXT, (3, 4, 6, 3), 27_559_896, 4_232_994_816, 21.10),
    ("se_resnext101_32x4d", "SE-ResNeXt-101 (32 × 4d)", RESNEXT, (3, 4, 23, 3), 48_955_416, 7_974_739_968, 20.70),
]

REDUCTION = Option(16, "times fewer numbers inside the gates, r in the paper")
OPTIONS = {"stem": STEM, "reduction": REDUCTION}


def stages(block: SEBottleneck, blocks: tuple[int, ...]) -> list[Part]:
    """The stages, each twice as wide as the one before and half as high.

    Args:
        block: That of the first stage.
        blocks: How many there are in each stage.
    """
    parts: list[Part] = []
    for number, count in enumerate(blocks):
        wide = replace(block, out_channels=block.out_channels * 2**number, width=block.width * 2**number)
        first = replace(wide, stride=2) if number else wide
        rest = Repeat(tuple(map(str, range(1, count))), wide)
        parts.append((f"layer{number + 1}", Chain(("0", first), rest)))
    return parts


def builder(block: SEBottleneck, blocks: tuple[int, ...]) -> Builder:
    """The builder of one row of the table."""

    def build(classes: int, stem: str, reduction: int) -> Chain:
        return network(stages(replace(block, reduction=reduction), blocks), classes, stem=stem)

    return build


for key, title, block, blocks, parameters, macs, error in TABLE:
    register(
        Entry(
            key=key,
            title=title,
            family=FAMILY,
            year=2017,
            paper=f"{PAPER}, table 1.",
            summary="Every channel weighed by what the whole image shows: first place in ImageNet 2017.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, SOURCE),
            macs=Figure(macs),
            accuracy=imagenet(round(100 - error, 2), "Hu et al., 2017, table 2"),
            build=builder(block, blocks),
            options=OPTIONS,
            stages="Hu et al., 2017, table 1",
        )
    )
