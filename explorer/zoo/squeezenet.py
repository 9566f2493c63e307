"""The SqueezeNets (Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters, 2016, table 1).

Version 1.1 is the authors' later release with the poolings further to the front: 2.4 times fewer multiplications.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.fire import Fire
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded, sequence

PAPER = (
    "Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and "
    "<0.5MB model size, 2016, {}."
)
SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)  # channels of the eight fire modules, each expanded to eight times as many

#    version  where                   first filters, kernel  fires a stage  parameters  MACs        top-1
TABLE = [
    ("1_0", "table 1", 96, 7, (3, 4, 1), 1_248_424, "0.819 G", 58.092),
    ("1_1", "table 1, as released in version 1.1", 64, 3, (2, 2, 4), 1_235_496, "0.349 G", 58.178),
]

OPTIONS = {
    "stem": Option(
        "imagenet", "imagenet: stride 2; small: stride 1 and padding, for small images", ("imagenet", "small")
    ),
    "dropout": Option(0.5, "share of the values left out before the last convolution"),
}


def builder(filters: int, kernel: int, stages: tuple[int, ...]) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, stem: str, dropout: float) -> Chain:
        first = Conv2d(filters, kernel, stride=2) if stem == "imagenet" else Conv2d(filters, 3, padding=1)
        last = sequence(Dropout(dropout), Conv2d(classes, 1), ReLU(), AdaptiveAvgPool2d(1))
        return Chain(("features", _features(first, stages)), ("classifier", last), ("flatten", Flatten()))

    return build


def _features(first: Conv2d, stages: tuple[int, ...]) -> Chain:
    layers: list[Block] = [first, ReLU()]
    widths = iter(SQUEEZED)
    for fires in stages:
        layers.append(MaxPool2d(3, stride=2, ceil_mode=True))
        layers += [Fire(width, 4 * width, 4 * width) for _, width in zip(range(fires), widths, strict=False)]
    return sequence(*layers)


for version, place, filters, kernel, stages, parameters, macs, top1 in TABLE:
    key = f"squeezenet{version}"
    register(
        Entry(
            key=key,
            title=f"SqueezeNet {version.replace('_', '.')}",
            family="SqueezeNet",
            year=2016,
            paper=PAPER.format(place),
            summary="As accurate as AlexNet with a fiftieth of its parameters.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(filters, kernel, stages),
            options=OPTIONS,
            twin=key,
        )
    )
