"""Residual networks with squeeze and excitation (Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017).

Table 1 of the paper: bottlenecks whose branches end in gates. The stride is in the first convolution of a bottleneck,
as in the authors' networks.
"""

from __future__ import annotations

from explorer.blocks.se_residual import SEBottleneck
from explorer.core.compose import Chain, Part, Repeat
from explorer.zoo.base import Builder, Entry, Figure, Option, imagenet, register
from explorer.zoo.resnet import STEM, network

PAPER = "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017, table 1."
WIDTH = 64  # channels of the 3x3 convolutions in the first stage, a quarter of those that leave it

# The multiply-adds of table 2 (3.87, 7.60 and 11.32 G) also count the poolings and the gates' products.
#   layers  blocks a stage  parameters  MACs  error
TABLE = [
    (50, (3, 4, 6, 3), 28_088_024, 3_860_488_192, 23.29),
    (101, (3, 4, 23, 3), 49_326_872, 7_574_937_600, 22.38),
    (152, (3, 8, 36, 3), 66_821_848, 11_288_993_792, 21.57),
]
SOURCE = "osmr/imgclsmob, table of ImageNet models"

OPTIONS = {
    "stem": STEM,
    "reduction": Option(16, "times fewer numbers inside the gates, r in the paper"),
}


def builder(blocks: tuple[int, ...]) -> Builder:
    """The builder of one row of the table."""

    def build(classes: int, stem: str, reduction: int) -> Chain:
        stages: list[Part] = []
        for number, count in enumerate(blocks):
            width = WIDTH * 2**number
            first = SEBottleneck(4 * width, width, 2 if number else 1, reduction=reduction)
            rest = Repeat(tuple(map(str, range(1, count))), SEBottleneck(4 * width, width, reduction=reduction))
            stages.append((f"layer{number + 1}", Chain(("0", first), rest)))
        return network(stages, classes, stem=stem)

    return build


for layers, blocks, parameters, macs, error in TABLE:
    register(
        Entry(
            key=f"se_resnet{layers}",
            title=f"SE-ResNet-{layers}",
            family="Squeeze and excitation",
            year=2017,
            paper=PAPER,
            summary="Every channel weighed by what the whole image shows: first place in ImageNet 2017.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, SOURCE),
            macs=Figure(macs),
            accuracy=imagenet(round(100 - error, 2), "Hu et al., 2017, table 2"),
            build=builder(blocks),
            options=OPTIONS,
            stages="Hu et al., 2017, table 1",
        )
    )
