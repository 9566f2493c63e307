"""LeNet-5 as it is taught today (LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning, 1998).

Plain max pooling and fully connected layers stand for the trainable subsampling, the connection table and the
radial-basis outputs of the paper; 28 x 28 images come in without the paper's border of two pixels.
"""

from __future__ import annotations

from explorer.blocks.activation import Activation, ReLU, Sigmoid, Tanh
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, register

ACTIVATIONS: dict[str, type[Activation]] = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
POOLS = {"max": MaxPool2d, "average": AvgPool2d}
FILTERS = (6, 16)  # C1 and C3
FEATURES = (120, 84)  # C5 and F6

OPTIONS = {
    "activation": Option("sigmoid", "the nonlinearity behind every layer", tuple(ACTIVATIONS)),
    "pooling": Option("max", "what is taken of every 2 x 2 window", tuple(POOLS)),
    "padding": Option(0, "zeros around the image; 2 gives 28 x 28 images the size of the paper's 32 x 32"),
}


def build(classes: int, activation: str, pooling: str, padding: int) -> Chain:
    """Two convolutions, each with a pooling, and three fully connected layers."""
    nonlinearity, parts = ACTIVATIONS[activation](), list[Part]()
    for number, filters in enumerate(FILTERS, start=1):
        convolution = Conv2d(filters, 5, padding=padding if number == 1 else 0)
        parts += [(f"conv{number}", convolution), (f"{activation}{number}", nonlinearity)]
        parts.append((f"pool{number}", POOLS[pooling](2)))
    parts.append(("flatten", Flatten()))
    for number, features in enumerate(FEATURES, start=1):
        parts += [(f"fc{number}", Linear(features)), (f"{activation}{number + len(FILTERS)}", nonlinearity)]
    return Chain(*parts, ("fc3", Linear(classes)))


register(
    Entry(
        key="lenet5",
        title="LeNet-5",
        family="LeNet",
        year=1998,
        paper="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998.",
        summary="Convolution, pooling, repeat: the plan that all later networks follow.",
        input_shape=(1, 28, 28),
        classes=10,
        parameters=Figure(44_426),
        macs=Figure(281_640),
        build=build,
        options=OPTIONS,
    )
)
