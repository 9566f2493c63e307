"""The wide residual network for CIFAR (Zagoruyko, Komodakis: Wide Residual Networks, 2016, tables 1 and 4).

WRN-28-10: 28 layers, ten times as wide as a ResNet with activation first.
"""

from __future__ import annotations

from explorer.core.compose import Chain
from explorer.zoo.base import Entry, Figure, cifar_10, register, rounded
from explorer.zoo.resnet import FAMILY, first_layers, last_layers, stages

BLOCKS = 4  # of each of the three stages, two convolutions each
FIRST, WIDENING = 16, 10  # channels of the first convolution; times as many in the first stage


def build(classes: int) -> Chain:
    """The network; a projection stands where the shape changes, and sees the activated input."""
    body = stages("basic", (BLOCKS,) * 3, first_width=FIRST * WIDENING, shortcut="auto", activation="pre")
    return Chain(*first_layers("3x3", FIRST), *body, *last_layers(classes, "pre"))


register(
    Entry(
        key="wrn_28_10",
        title="WRN-28-10 (CIFAR)",
        family=FAMILY,
        year=2016,
        paper="Zagoruyko, Komodakis: Wide Residual Networks, 2016, table 4.",
        summary="28 layers ten times as wide: better than a thousand thin ones, and many times faster.",
        input_shape=(3, 32, 32),
        classes=10,
        parameters=rounded("36.5 M", "Zagoruyko, Komodakis, 2016, table 4"),
        macs=Figure(5_243_328_768),
        accuracy=cifar_10(4.00, "Zagoruyko, Komodakis, 2016, the authors' repository"),
        build=build,
    )
)
