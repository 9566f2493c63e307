"""The wide residual networks for CIFAR (Zagoruyko, Komodakis: Wide Residual Networks, 2016, tables 1 and 4).

WRN-28-10: 28 layers, ten times as wide as a ResNet with activation first.
"""

from __future__ import annotations

from explorer.core.compose import Chain
from explorer.zoo.base import Builder, Entry, Figure, cifar_10, register, rounded
from explorer.zoo.resnet import FAMILY, network, stages

FIRST = 16  # channels of the first convolution

SOURCE = "Zagoruyko, Komodakis, 2016, table 4"
WRN_28_10 = cifar_10(4.00, "Zagoruyko, Komodakis, 2016, the authors' repository")

#   layers  times as wide  parameters  MACs  accuracy
TABLE = [
    (16, 4, Figure(2_748_890), 392_612_352, None),
    (40, 2, rounded("2.2 M", SOURCE), 327_599_360, None),
    (28, 10, rounded("36.5 M", SOURCE), 5_243_328_768, WRN_28_10),
]


def builder(layers: int, widening: int) -> Builder:
    """The builder for one row of the table."""
    blocks = (layers - 4) // 6  # of each of the three stages, two convolutions each

    def build(classes: int) -> Chain:
        # a projection stands where the shape changes, and sees the activated input
        body = stages("basic", (blocks,) * 3, first_width=FIRST * widening, shortcut="auto", activation="pre")
        return network(body, classes, width=FIRST, activation="pre")

    return build


for layers, widening, parameters, macs, accuracy in TABLE:
    register(
        Entry(
            key=f"wrn_{layers}_{widening}",
            title=f"WRN-{layers}-{widening} (CIFAR)",
            family=FAMILY,
            year=2016,
            paper="Zagoruyko, Komodakis: Wide Residual Networks, 2016, tables 1 and 4.",
            summary=f"{layers} layers, {widening} times as wide: better than many thin ones, and quicker to train.",
            input_shape=(3, 32, 32),
            classes=10,
            parameters=parameters,
            macs=Figure(macs),
            accuracy=accuracy,
            build=builder(layers, widening),
            stages="Zagoruyko, Komodakis, 2016, table 1",
        )
    )
