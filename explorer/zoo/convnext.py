"""The ConvNeXts (Liu, Mao, Wu, Feichtenhofer, Darrell, Xie: A ConvNet for the 2020s, 2022, section 3).

Slots carry torchvision's names.
"""

from __future__ import annotations

from explorer.blocks.conv import Conv2d
from explorer.blocks.convnext import CNBlock, LayerNorm2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded, sequence

PAPER = "Liu, Mao, Wu, Feichtenhofer, Darrell, Xie: A ConvNet for the 2020s, 2022, section 3."

#   size     channels of the stages    blocks        stochastic depth  parameters   MACs        top-1
TABLE = [
    ("tiny", (96, 192, 384, 768), (3, 3, 9, 3), 0.1, 28_589_128, "4.456 G", 82.52),
    ("small", (96, 192, 384, 768), (3, 3, 27, 3), 0.4, 50_223_688, "8.684 G", 83.616),
    ("base", (128, 256, 512, 1024), (3, 3, 27, 3), 0.5, 88_591_464, "15.355 G", 84.062),
    ("large", (192, 384, 768, 1536), (3, 3, 27, 3), 0.5, 197_767_336, "34.361 G", 84.414),
]

STEM = Option("4x4", "4x4 with stride 4 for ImageNet, or 3x3 with stride 1 for small images", ("4x4", "3x3"))
DROP_HELP = "share of the images for which the last block is left out while training; it rises from 0 block by block"


def builder(widths: tuple[int, ...], blocks: tuple[int, ...]) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, stem: str, stochastic_depth: float) -> Chain:
        first = Conv2d(widths[0], 4, stride=4) if stem == "4x4" else Conv2d(widths[0], 3, padding=1)
        features: list[Block] = [sequence(first, LayerNorm2d())]
        steps = iter(range(sum(blocks)))
        for number, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            if number > 0:
                features.append(sequence(LayerNorm2d(), Conv2d(width, 2, stride=2)))
            drops = (
                stochastic_depth * step / (sum(blocks) - 1.0) for _, step in zip(range(count), steps, strict=False)
            )
            features.append(sequence(*(CNBlock(drop=drop) for drop in drops)))
        return Chain(
            ("features", sequence(*features)),
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("classifier", sequence(LayerNorm2d(), Flatten(), Linear(classes))),
        )

    return build


for size, widths, blocks, drop, parameters, macs, top1 in TABLE:
    key = f"convnext_{size}"
    register(
        Entry(
            key=key,
            title=f"ConvNeXt {size}",
            family="ConvNeXt",
            year=2022,
            paper=PAPER,
            summary="A ResNet brought up to the designs of transformers step by step, and as good as they are.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(widths, blocks),
            options={"stem": STEM, "stochastic_depth": Option(drop, DROP_HELP)},
            twin=key,
        )
    )
