"""SSD300 (Liu et al.: SSD: Single Shot MultiBox Detector, 2015, figure 2 and section 3).

VGG-16 whose fully connected layers have become convolutions, with further ones behind them; at six sizes of maps every
position gives four or six boxes, 8,732 in all: a number for each class in the main output, where 21 are the classes of
Pascal VOC and the background, and four numbers in the output ``locations``.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import L2Norm2d
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.ssd import BoxRows
from explorer.core.compose import Chain, Concat, Output, Part, Recall, Tap
from explorer.zoo.base import Entry, Figure, Option, register

COORDINATES = 4  # of a box

#  the maps with boxes, and how many boxes at each of their positions
SOURCES = {"conv4_3": 4, "conv7": 6, "conv8_2": 6, "conv9_2": 6, "conv10_2": 4, "conv11_2": 4}

#  number, channels of 1x1 and of 3x3, stride and padding of the latter
EXTRAS = [(8, 256, 512, 2, 1), (9, 128, 256, 2, 1), (10, 128, 256, 1, 0), (11, 128, 256, 1, 0)]

OPTIONS = {
    "stem": Option(
        "imagenet",
        "imagenet: pools twice before the third stage; small: not at all, and halves the last maps as SSD512 does",
        ("imagenet", "small"),
    )
}


def build(classes: int, stem: str) -> Chain:
    """The network."""
    small = stem == "small"
    return Chain(
        *_stage(1, 64, 2),
        *([] if small else [("pool1", MaxPool2d(2))]),
        *_stage(2, 128, 2),
        *([] if small else [("pool2", MaxPool2d(2))]),
        *_stage(3, 256, 3),
        ("pool3", MaxPool2d(2, ceil_mode=True)),
        *_stage(4, 512, 3),
        ("before_norm", Tap("before_norm")),
        ("norm4_3", L2Norm2d(20.0)),
        ("tap_conv4_3", Tap("conv4_3")),
        ("after_norm", Recall("before_norm", "replace")),
        ("pool4", MaxPool2d(2)),
        *_stage(5, 512, 3),
        ("pool5", MaxPool2d(3, stride=1, padding=1)),
        *_activated("conv6", Conv2d(1024, 3, padding=6, dilation=6)),
        *_activated("conv7", Conv2d(1024, 1)),
        ("tap_conv7", Tap("conv7")),
        *_extras(halving=small),
        ("locations", Output("locations", Chain(_boxes(COORDINATES)), weight=1.0)),
        ("classes", Chain(_boxes(classes))),
    )


def _activated(name: str, convolution: Conv2d) -> list[Part]:
    return [(name, convolution), (f"relu_{name}", ReLU())]


def _stage(number: int, channels: int, convolutions: int) -> list[Part]:
    parts: list[Part] = []
    for place in range(1, convolutions + 1):
        parts += _activated(f"conv{number}_{place}", Conv2d(channels, 3, padding=1))
    return parts


def _extras(*, halving: bool) -> list[Part]:
    parts: list[Part] = []
    for number, reduced, channels, stride, padding in EXTRAS:
        window = (2, 1) if halving else (stride, padding)
        parts += _activated(f"conv{number}_1", Conv2d(reduced, 1))
        parts += _activated(f"conv{number}_2", Conv2d(channels, 3, *window))
        parts.append((f"tap_conv{number}_2", Tap(f"conv{number}_2")))
    return parts


def _boxes(values: int) -> Concat:
    """So many numbers for every box of all maps."""
    return Concat(*((source, _boxes_of(source, boxes, values)) for source, boxes in SOURCES.items()))


def _boxes_of(source: str, boxes: int, values: int) -> Chain:
    convolution = Conv2d(boxes * values, 3, padding=1)
    return Chain(("recall", Recall(source, "replace")), ("conv", convolution), ("rows", BoxRows(values)))


register(
    Entry(
        key="ssd300",
        title="SSD300",
        family="Detection",
        year=2015,
        paper="Liu et al.: SSD: Single Shot MultiBox Detector, 2015, figure 2.",
        summary="Boxes from maps of six sizes at once: as accurate as proposals, and many times faster.",
        input_shape=(3, 300, 300),
        classes=21,
        parameters=Figure(26_285_486),
        macs=Figure(31_373_537_792),
        build=build,
        options=OPTIONS,
        stages="Liu et al., 2015, figure 2",
        task="detection",
    )
)
