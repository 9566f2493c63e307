"""YOLO (Redmon, Divvala, Girshick, Farhadi: You Only Look Once, 2015, figure 3).

24 convolutions and two fully connected layers; for each of 7 x 7 cells two boxes of five numbers and a number for each
class, 30 in all with the 20 classes of Pascal VOC.
"""

from __future__ import annotations

from typing import TypeAlias

from explorer.blocks.activation import LeakyReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.to_image import ToImage
from explorer.core.block import Block
from explorer.core.compose import Chain
from explorer.zoo.base import Entry, Figure, Option, register, sequence

SLOPE = 0.1  # of the activation on negative values (equation 2)
CELLS = 7  # along each side
BOXES = 2  # for each cell
FEATURES = 4096
POOL = "pool"

#  channels, kernel size, stride
Row: TypeAlias = tuple[int, int, int] | str
STEMS: dict[str, list[Row]] = {"imagenet": [(64, 7, 2), POOL], "small": [(64, 7, 1)]}
TABLE: list[Row] = [
    (192, 3, 1),
    POOL,
    *((128, 1, 1), (256, 3, 1), (256, 1, 1), (512, 3, 1)),
    POOL,
    *((256, 1, 1), (512, 3, 1)) * 4,
    *((512, 1, 1), (1024, 3, 1)),
    POOL,
    *((512, 1, 1), (1024, 3, 1)) * 2,
    *((1024, 3, 1), (1024, 3, 2)),
    *((1024, 3, 1), (1024, 3, 1)),
]

OPTIONS = {
    "stem": Option(
        "imagenet", "imagenet: a quarter of the size; small: as large as the image, for small images", tuple(STEMS)
    ),
    "features": Option(FEATURES, "numbers between the two fully connected layers"),
    "dropout": Option(0.5, "share of them left out"),
}


def build(classes: int, stem: str, features: int, dropout: float) -> Chain:
    """The network; its map has the boxes and classes of each cell."""
    return Chain(
        ("features", _features([*STEMS[stem], *TABLE])),
        ("flatten", Flatten()),
        ("fc1", Linear(features)),
        ("relu", LeakyReLU(SLOPE)),
        ("dropout", Dropout(dropout)),
        ("fc2", Linear(CELLS * CELLS * (5 * BOXES + classes))),
        ("cells", ToImage(CELLS)),
    )


def _features(rows: list[Row]) -> Chain:
    layers: list[Block] = []
    for row in rows:
        if isinstance(row, str):
            layers.append(MaxPool2d(2))
        else:
            channels, kernel, stride = row
            layers += [Conv2d(channels, kernel, stride, padding=kernel // 2), LeakyReLU(SLOPE)]
    return sequence(*layers)


register(
    Entry(
        key="yolo",
        title="YOLO",
        family="Detection",
        year=2015,
        paper="Redmon, Divvala, Girshick, Farhadi: You Only Look Once: Unified, Real-Time Object Detection, 2015.",
        summary="Boxes and classes of all objects from one look at the whole image, in real time.",
        input_shape=(3, 448, 448),
        classes=20,
        parameters=Figure(271_703_550),
        macs=Figure(20_285_153_280),
        build=build,
        options=OPTIONS,
        stages="Redmon et al., 2015, figure 3",
        task="detection",
    )
)
