"""Xception (Chollet: Xception: Deep Learning with Depthwise Separable Convolutions, 2016, figure 5)."""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.xception import SeparableConv, XceptionModule
from explorer.core.compose import Chain, Part, Repeat
from explorer.zoo.base import Entry, Figure, Option, imagenet, register
from explorer.zoo.stems import STEM, first_stride

ENTRY = (128, 256, 728)  # of the modules of the entry flow, two convolutions each
MIDDLE = 8  # modules of the middle flow
EXIT = (1536, 2048)  # of the last two separable convolutions

OPTIONS = {
    "stem": STEM,
    "dropout": Option(0.5, "share of the values left out before the last layer"),
}


def build(classes: int, stem: str, dropout: float) -> Chain:
    """The network: entry, middle and exit flow."""
    entry = [
        (f"block{number}", XceptionModule((width, width), halves=True, starts_activated=number > 1))
        for number, width in enumerate(ENTRY, start=1)
    ]
    names = tuple(f"block{number}" for number in range(len(ENTRY) + 1, len(ENTRY) + MIDDLE + 1))
    return Chain(
        *_stem(stem),
        *entry,
        Repeat(names, XceptionModule()),
        (f"block{len(ENTRY) + MIDDLE + 1}", XceptionModule((728, 1024), halves=True)),
        *_exit(),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("dropout", Dropout(dropout)),
        ("fc", Linear(classes)),
    )


def _stem(stem: str) -> list[Part]:
    """Two convolutions without padding, as the 147 x 147 pixels of the authors' code tell; padded for small images."""
    padding = 0 if stem == "imagenet" else 1
    return [
        ("conv1", Conv2d(32, 3, first_stride(stem), padding, bias=False)),
        ("bn1", BatchNorm2d()),
        ("relu1", ReLU()),
        ("conv2", Conv2d(64, 3, padding=padding, bias=False)),
        ("bn2", BatchNorm2d()),
        ("relu2", ReLU()),
    ]


def _exit() -> list[Part]:
    parts: list[Part] = []
    for number, width in enumerate(EXIT, start=3):
        parts += [(f"conv{number}", SeparableConv(width)), (f"bn{number}", BatchNorm2d()), (f"relu{number}", ReLU())]
    return parts


register(
    Entry(
        key="xception",
        title="Xception",
        family="Inception",
        year=2016,
        paper="Chollet: Xception: Deep Learning with Depthwise Separable Convolutions, 2016, figure 5.",
        summary="Inception taken to its end: each channel is filtered on its own, then all are mixed.",
        input_shape=(3, 299, 299),
        classes=1000,
        parameters=Figure(22_855_952, "Chollet, 2016, table 3"),
        macs=Figure(8_357_403_496),
        accuracy=imagenet(79.0, "Chollet, 2016, table 1"),
        build=build,
        options=OPTIONS,
        stages="Chollet, 2016, figure 5",
    )
)
