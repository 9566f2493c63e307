"""The DenseNets for CIFAR (Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016).

Three dense blocks of equally many layers (section 3). DenseNet-BC has a 1x1 convolution in every layer, and transitions
that keep half of the channels.
"""

from __future__ import annotations

from explorer.blocks.conv import Conv2d
from explorer.blocks.dense import DenseBlock, Transition
from explorer.core.compose import Chain
from explorer.zoo.base import Builder, Entry, Figure, cifar_10, register, rounded
from explorer.zoo.densenet import DROPOUT, network

PAPER = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016, table 2."
SOURCE = "Huang, Liu, van der Maaten, Weinberger, 2016, table 2"
BLOCKS = 3
FIRST = 16  # channels of the first convolution without bottlenecks; with them, twice the growth rate

#   layers  growth  bottlenecks and compression  parameters  MACs  error with augmentation
TABLE = [
    (40, 12, False, "1.0 M", 264_812_928, 5.24),
    (100, 12, False, "7.0 M", 1_769_516_448, 4.10),
    (100, 24, False, "27.2 M", 6_889_347_744, 3.74),
    (100, 12, True, "0.8 M", 287_929_692, 4.51),
    (250, 24, True, "15.3 M", 5_418_785_724, 3.62),
    (190, 40, True, "25.6 M", 9_301_945_740, 3.46),
]


def builder(layers: int, growth_rate: int, *, bc: bool) -> Builder:
    """The builder for one row of the table."""
    # all but the first convolution, the two transitions and the classifier
    each = (layers - BLOCKS - 1) // (2 * BLOCKS if bc else BLOCKS)
    first = 2 * growth_rate if bc else FIRST

    def build(classes: int, dropout: float) -> Chain:
        dense = DenseBlock(each, growth_rate, bottleneck=4 if bc else 0, dropout=dropout)
        stem = Conv2d(first, 3, padding=1, bias=False)
        return network([("conv0", stem)], [dense] * BLOCKS, Transition(0.5 if bc else 1.0), classes)

    return build


for layers, growth_rate, bc, parameters, macs, error in TABLE:
    name = f"DenseNet-BC-{layers}-{growth_rate}" if bc else f"DenseNet-{layers}-{growth_rate}"
    register(
        Entry(
            key=name.lower().replace("-", "_"),
            title=f"{name} (CIFAR)",
            family="DenseNet",
            year=2016,
            paper=PAPER,
            summary=f"{layers} layers for small images, each adding {growth_rate} channels to all before it.",
            input_shape=(3, 32, 32),
            classes=10,
            parameters=rounded(parameters, SOURCE),
            macs=Figure(macs),
            accuracy=cifar_10(error, SOURCE),
            build=builder(layers, growth_rate, bc=bc),
            options={"dropout": DROPOUT},
            stages="Huang et al., 2016, section 3",
        )
    )
