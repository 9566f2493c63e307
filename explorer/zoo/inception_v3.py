"""Inception v3 (Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015, table 1).

Slots carry torchvision's names. Its network follows the authors' code: one convolution of the stem is 1x1, and the
modules have the widths of the code.
"""

from __future__ import annotations

from explorer.blocks.dropout import Dropout
from explorer.blocks.inception import inception_conv
from explorer.blocks.inception_v3 import InceptionA, InceptionB, InceptionC, InceptionD, InceptionE
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.transform_input import TransformInput
from explorer.core.block import Block
from explorer.core.compose import Chain, Output, Part
from explorer.zoo.base import TORCHVISION, Entry, Figure, Option, imagenet, register
from explorer.zoo.googlenet import TRANSFORM_INPUT

AUXILIARY_BEHIND = "Mixed_6e"

TABLE: dict[str, Block] = {
    "Mixed_5b": InceptionA(32),
    "Mixed_5c": InceptionA(64),
    "Mixed_5d": InceptionA(64),
    "Mixed_6a": InceptionB(),
    "Mixed_6b": InceptionC(128),
    "Mixed_6c": InceptionC(160),
    "Mixed_6d": InceptionC(160),
    "Mixed_6e": InceptionC(192),
    "Mixed_7a": InceptionD(),
    "Mixed_7b": InceptionE(),
    "Mixed_7c": InceptionE(),
}

OPTIONS = {
    "transform_input": TRANSFORM_INPUT,
    "aux_logits": Option(True, "a further classifier in the middle, while training, which needs images of 299 x 299"),
    "stem": Option(
        "imagenet", "imagenet: an eighth of the size; small: one 3x3, for small images", ("imagenet", "small")
    ),
    "dropout": Option(0.5, "share of the values left out before the last layer"),
}


def build(classes: int, transform_input: bool, aux_logits: bool, stem: str, dropout: float) -> Chain:
    """The network with torchvision's names."""
    parts: list[Part] = [("transform_input", TransformInput())] if transform_input else []
    parts += _stem() if stem == "imagenet" else [("Conv2d_4a_3x3", inception_conv(192, 3))]
    for name, module in TABLE.items():
        parts.append((name, module))
        if aux_logits and name == AUXILIARY_BEHIND:
            parts.append(("AuxLogits", _auxiliary(classes)))
    head: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("dropout", Dropout(dropout)), ("flatten", Flatten())]
    return Chain(*parts, *head, ("fc", Linear(classes)))


def _stem() -> list[Part]:
    return [
        ("Conv2d_1a_3x3", inception_conv(32, 3, stride=2, padded=False)),
        ("Conv2d_2a_3x3", inception_conv(32, 3, padded=False)),
        ("Conv2d_2b_3x3", inception_conv(64, 3)),
        ("maxpool1", MaxPool2d(3, stride=2)),
        ("Conv2d_3b_1x1", inception_conv(80, 1)),
        ("Conv2d_4a_3x3", inception_conv(192, 3, padded=False)),
        ("maxpool2", MaxPool2d(3, stride=2)),
    ]


def _auxiliary(classes: int) -> Output:
    """The classifier behind the last 17x17 module; torchvision's recipe counts its loss 0.4."""
    body = Chain(
        ("pool", AvgPool2d(5, stride=3)),
        ("conv0", inception_conv(128, 1)),
        ("conv1", inception_conv(768, 5, padded=False)),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("fc", Linear(classes)),
    )
    return Output("auxiliary", body, training_only=True, weight=0.4)


register(
    Entry(
        key="inception_v3",
        title="Inception v3",
        family="Inception",
        year=2015,
        paper="Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015, table 1.",
        summary="Large filters taken apart into small ones, rows and columns: more accurate for little more.",
        input_shape=(3, 299, 299),
        classes=1000,
        parameters=Figure(27_161_264, TORCHVISION),
        # torchvision publishes 5.713 G, without the classifier in the middle, but counts its parameters
        macs=Figure(5_718_899_296),
        accuracy=imagenet(77.294),
        build=build,
        options=OPTIONS,
        twin="inception_v3",
    )
)
