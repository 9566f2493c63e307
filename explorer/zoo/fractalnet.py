"""FractalNet (Larsson, Maire, Shakhnarovich: FractalNet: Ultra-Deep Neural Networks without Residuals, 2016, table 1).

Five blocks of three columns for CIFAR, 20 convolutions on the deepest path. Drop-path, which leaves whole columns out
while training, is no part of it here: it draws which of the branches that meet is left, for all of them together.
"""

from __future__ import annotations

from explorer.blocks.dropout import Dropout
from explorer.blocks.fractal import FractalBlock
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, register

#  channels of each block, share of the values left out behind it while training (section 4.1)
TABLE = [(64, 0.0), (128, 0.1), (256, 0.2), (512, 0.3), (512, 0.4)]

OPTIONS = {"columns": Option(3, "columns of each block; one is a plain network")}


def build(classes: int, columns: int) -> Chain:
    """The network."""
    parts: list[Part] = []
    for number, (channels, dropout) in enumerate(TABLE, start=1):
        parts.append((f"block{number}", FractalBlock(channels, columns)))
        # so that images of 28 pixels, with one left behind the fourth block, are not pooled away
        parts.append((f"pool{number}", MaxPool2d(2, ceil_mode=True)))
        if dropout:
            parts.append((f"dropout{number}", Dropout(dropout)))
    return Chain(*parts, ("flatten", Flatten()), ("fc", Linear(classes)))


register(
    Entry(
        key="fractalnet",
        title="FractalNet (CIFAR)",
        family="Fractal networks",
        year=2016,
        paper="Larsson, Maire, Shakhnarovich: FractalNet: Ultra-Deep Neural Networks without Residuals, 2016, table 1.",
        summary="Paths of many lengths side by side, by one rule: as deep as residual networks, without shortcuts.",
        input_shape=(3, 32, 32),
        classes=10,
        parameters=Figure(33_724_618, "osmr/imgclsmob, fractalnet_cifar10"),
        macs=Figure(845_222_912),
        build=build,
        options=OPTIONS,
        stages="Larsson et al., 2016, section 4",
    )
)
