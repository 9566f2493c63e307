"""A classifier made of a network that learns something else: boxes, a class for every pixel, or real from generated."""

from __future__ import annotations

from dataclasses import replace

from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool
from explorer.core.analysis import analyse
from explorer.core.compose import Output
from explorer.core.network import CLASSIFICATION, Network
from explorer.remedies.classes import with_classes

_MAP = 3  # dimensions of channels, height and width


def as_classifier(network: Network, classes: int) -> Network:
    """The network with classes for an image at its end.

    A map gets a mean over each channel and a linear layer behind it; further outputs, which mean something else, count
    nothing.

    Raises:
        EditError: If its end cannot be made one, or another output lies where nobody can reach it.
    """
    made = replace(network, task=CLASSIFICATION)
    for output in analyse(made).further_outputs:
        block = made.block(output.path)
        if isinstance(block, Output):
            made = made.replace(output.path, replace(block, weight=0.0))
    shape = analyse(made).output_shape
    if shape is not None and len(shape) == _MAP:
        made, _ = made.append(GlobalAvgPool())
        made, _ = made.append(Linear(classes))
    return with_classes(made, classes)
