"""Inception v4 and Inception-ResNet v1 and v2.

Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning,
2016, figures 3 to 19 and table 1. Where a figure writes 1154 or 2048 channels for the output of a module of
Inception-ResNet v2, as many are taken as the module before gives, 1152 and 2144: a sum needs equal shapes.
"""

from __future__ import annotations

from explorer.blocks.dropout import Dropout
from explorer.blocks.inception import inception_conv
from explorer.blocks.inception_resnet import InceptionResNetA, InceptionResNetB, InceptionResNetReduction
from explorer.blocks.inception_v4 import (
    PAPER,
    InceptionV4A,
    InceptionV4B,
    InceptionV4C,
    InceptionV4ReductionA,
    InceptionV4ReductionB,
    convolutions,
)
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain, Concat, Part, Repeat
from explorer.zoo.base import Builder, Entry, Figure, Option, imagenet, register

STEM = Option("imagenet", "imagenet: an eighth of the size; small: one 3x3, for small images", ("imagenet", "small"))
SCALE = Option(0.2, "factor of what the modules add; the paper picks 0.1 to 0.3")
DROPOUT = Option(0.2, "share of the values left out before the last layer")
LONG_STEM, SHORT_STEM = 384, 256  # channels behind them


def build_v4(classes: int, stem: str, dropout: float) -> Chain:
    """Inception v4 (figure 9)."""
    return _network(
        _long_stem(stem),
        (4, InceptionV4A()),
        InceptionV4ReductionA(192, 224, 256, 384),
        (7, InceptionV4B()),
        InceptionV4ReductionB(),
        (3, InceptionV4C()),
        _head(classes, dropout),
    )


def build_resnet_v1(classes: int, stem: str, scale: float, dropout: float) -> Chain:
    """Inception-ResNet v1 (figure 15), about as large as Inception v3."""
    return _network(
        _short_stem(stem),
        (5, InceptionResNetA(32, 32, (32, 32), scale)),
        InceptionV4ReductionA(192, 192, 256, 384),
        (10, InceptionResNetB(128, (128, 128), 7, scale)),
        InceptionResNetReduction((256, 384), (256, 256), (256, 256)),
        (5, InceptionResNetB(192, (192, 192), 3, scale)),
        _head(classes, dropout),
    )


def build_resnet_v2(classes: int, stem: str, scale: float, dropout: float) -> Chain:
    """Inception-ResNet v2 (figure 15), about as large as Inception v4."""
    return _network(
        _long_stem(stem),
        (5, InceptionResNetA(32, 32, (32, 64), scale)),
        InceptionV4ReductionA(256, 256, 384, 384),
        (10, InceptionResNetB(192, (128, 192), 7, scale)),
        InceptionResNetReduction((256, 384), (256, 288), (256, 320)),
        (5, InceptionResNetB(192, (192, 256), 3, scale)),
        _head(classes, dropout),
    )


def _network(
    stem: list[Part],
    first: tuple[int, Block],
    reduction_a: Block,
    second: tuple[int, Block],
    reduction_b: Block,
    third: tuple[int, Block],
    head: list[Part],
) -> Chain:
    """The three rows of modules and what stands between them."""
    a, b, c = (_row(letter, *row) for letter, row in zip("abc", (first, second, third), strict=True))
    return Chain(*stem, a, ("reduction_a", reduction_a), b, ("reduction_b", reduction_b), c, *head)


def _row(letter: str, count: int, block: Block) -> Repeat:
    return Repeat(tuple(f"inception_{letter}{number}" for number in range(1, count + 1)), block)


def _head(classes: int, dropout: float) -> list[Part]:
    pool: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten())]
    return [*pool, ("dropout", Dropout(dropout)), ("fc", Linear(classes))]


def _first_layers() -> list[Part]:
    return [
        ("conv1", inception_conv(32, 3, stride=2, padded=False)),
        ("conv2", inception_conv(32, 3, padded=False)),
        ("conv3", inception_conv(64, 3)),
    ]


def _long_stem(stem: str) -> list[Part]:
    """The stem of Inception v4 and Inception-ResNet v2 (figure 3)."""
    if stem == "small":
        return [("conv1", inception_conv(LONG_STEM, 3))]
    short = Chain(("reduce", inception_conv(64, 1)), ("conv", inception_conv(96, 3, padded=False)))
    long = Chain(*convolutions((64, 1), (64, (7, 1)), (64, (1, 7))).slots, ("3", inception_conv(96, 3, padded=False)))
    last = inception_conv(192, 3, stride=2, padded=False)
    return [
        *_first_layers(),
        ("mixed1", Chain(Concat(("pool", MaxPool2d(3, 2)), ("conv", inception_conv(96, 3, stride=2, padded=False))))),
        ("mixed2", Chain(Concat(("branch1", short), ("branch2", long)))),
        ("mixed3", Chain(Concat(("conv", last), ("pool", MaxPool2d(3, 2))))),
    ]


def _short_stem(stem: str) -> list[Part]:
    """The stem of Inception-ResNet v1 (figure 14)."""
    if stem == "small":
        return [("conv1", inception_conv(SHORT_STEM, 3))]
    return [
        *_first_layers(),
        ("maxpool", MaxPool2d(3, 2)),
        ("conv4", inception_conv(80, 1)),
        ("conv5", inception_conv(192, 3, padded=False)),
        ("conv6", inception_conv(SHORT_STEM, 3, stride=2, padded=False)),
    ]


# Inception-ResNets are larger in the authors' later code.
#  key, title, summary, builder, parameters, MACs, error for one crop
TABLE: list[tuple[str, str, str, Builder, Figure, int, float]] = [
    (
        "inception_v4",
        "Inception v4",
        "One plan for all modules, more of them than ever: Inception without compromises for memory.",
        build_v4,
        Figure(42_679_816, "osmr/imgclsmob, table of ImageNet models"),
        12_253_974_624,
        20.0,
    ),
    (
        "inception_resnet_v1",
        "Inception-ResNet v1",
        "Inception modules with shortcuts: as good as Inception v3, and trained much faster.",
        build_resnet_v1,
        Figure(22_756_328),
        6_206_361_696,
        21.3,
    ),
    (
        "inception_resnet_v2",
        "Inception-ResNet v2",
        "Inception modules with shortcuts: slightly better than Inception v4, and trained much faster.",
        build_resnet_v2,
        Figure(32_433_928),
        9_257_953_632,
        19.9,
    ),
]

for key, title, summary, build, parameters, macs, error in TABLE:
    residual = "resnet" in key
    register(
        Entry(
            key=key,
            title=title,
            family="Inception",
            year=2016,
            paper=PAPER.format("figure 15" if residual else "figure 9"),
            summary=summary,
            input_shape=(3, 299, 299),
            classes=1000,
            parameters=parameters,
            macs=Figure(macs),
            accuracy=imagenet(round(100 - error, 1), "Szegedy et al., 2016, table 2"),
            build=build,
            options={"stem": STEM, **({"scale": SCALE} if residual else {}), "dropout": DROPOUT},
            stages=f"Szegedy et al., 2016, {'figure 15' if residual else 'figures 3 and 9'}",
        )
    )
