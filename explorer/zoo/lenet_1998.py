"""LeNet-5 as of 1998 (LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998).

Section II.B: trainable subsampling, a table of which maps the filters of the third layer see, and outputs that tell how
far the features are from a fixed code of each class. Those codes, small pictures in the paper, are others here, since
they are not trained; and the outputs have a minus, so that the likeliest class has the largest.
"""

from __future__ import annotations

from explorer.blocks.conv import Conv2d
from explorer.blocks.lenet import PAPER, ChannelSelect, RadialBasis, ScaledTanh, TrainableSubsampling
from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Concat, Part
from explorer.zoo.base import Entry, Figure, Option, register

# Table I: which maps of S2 each map of C3 sees; the last sees all six
THREE = ((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5))
FOUR = (
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
)

OPTIONS = {"padding": Option(0, "zeros around the image; 2 gives 28 x 28 images the size of the paper's 32 x 32")}


def build(classes: int, padding: int) -> Chain:
    """The network, with the paper's names."""
    return Chain(
        ("c1", Conv2d(6, 5, padding=padding)),
        ("tanh1", ScaledTanh()),
        ("s2", TrainableSubsampling()),
        ("tanh2", ScaledTanh()),
        ("c3", Chain(Concat(("three", _seeing(THREE)), ("four", _seeing(FOUR)), ("all", Conv2d(1, 5))))),
        ("tanh3", ScaledTanh()),
        ("s4", TrainableSubsampling()),
        ("tanh4", ScaledTanh()),
        ("c5", Conv2d(120, 5)),
        ("tanh5", ScaledTanh()),
        ("flatten", Flatten()),
        ("f6", Linear(84)),
        ("tanh6", ScaledTanh()),
        ("output", RadialBasis(classes)),
    )


def _seeing(maps: tuple[tuple[int, ...], ...]) -> Chain:
    """Filters that each see some maps alone: these are laid side by side, a group for each filter."""
    chosen: Part = ("select", ChannelSelect(sum(maps, ())))
    return Chain(chosen, ("conv", Conv2d(len(maps), 5, groups=len(maps))))


register(
    Entry(
        key="lenet5_1998",
        title="LeNet-5 (1998)",
        family="LeNet",
        year=1998,
        paper=PAPER.format("section II.B and figure 2"),
        summary="The network that read cheques: convolution and subsampling, trained from pixels to classes.",
        input_shape=(1, 32, 32),
        classes=10,
        parameters=Figure(60_000, "LeCun, Bottou, Bengio, Haffner, 1998, section II.B"),
        macs=Figure(327_256),
        build=build,
        options=OPTIONS,
        stages="LeCun et al., 1998, section II.B",
    )
)
