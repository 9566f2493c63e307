"""The highway network for MNIST (Srivastava, Greff, Schmidhuber: Training Very Deep Networks, 2015, table 1).

Ten layers: a convolution, eight highway layers and the classifier, all of one width. The paper tells neither where it
pools nor how large its filters are; with 3x3 and three poolings to 3x3 pixels, both of its counts are met: 39 k for a
width of 16 and 151 k for one of 32. Its negative biases of the gates, which carry almost everything at first, are no
part of the architecture.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.highway import HighwayLayer
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, register, rounded

LAYERS = 8
POOLED = (2, 5, 8)  # the highway layers behind which the image is halved

OPTIONS = {"width": Option(16, "channels of all layers; the paper has 16 and 32")}


def build(classes: int, width: int) -> Chain:
    """The network."""
    parts: list[Part] = [("conv", Conv2d(width, 3, padding=1)), ("relu", ReLU())]
    for number in range(1, LAYERS + 1):
        parts.append((f"highway{number}", HighwayLayer()))
        if number in POOLED:
            parts.append((f"pool{number}", MaxPool2d(2)))
    return Chain(*parts, ("flatten", Flatten()), ("fc", Linear(classes)))


register(
    Entry(
        key="highway",
        title="Highway network",
        family="Highway networks",
        year=2015,
        paper="Srivastava, Greff, Schmidhuber: Training Very Deep Networks, 2015, table 1.",
        summary="Gates let what arrives pass a layer unchanged: the first networks of any depth that train.",
        input_shape=(1, 28, 28),
        classes=10,
        parameters=rounded("39 k", "Srivastava, Greff, Schmidhuber, 2015, table 1"),
        macs=Figure(10_726_560),
        build=build,
        options=OPTIONS,
    )
)
