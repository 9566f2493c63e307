"""The residual networks with activation first (He, Zhang, Ren, Sun: Identity Mappings in Deep Residual Networks, 2016).

For CIFAR-10: the blocks of 2015 in 110 layers, and bottlenecks in 9n + 2 layers, whose projections see the activated
input as well and whose stride is in the first convolution, as in the authors' code. Pre-activation variants of other
networks are their option ``activation``.
"""

from __future__ import annotations

from explorer.core.compose import Chain
from explorer.zoo import resnet_cifar
from explorer.zoo.base import Accuracy, Builder, Entry, Figure, cifar_10, register, rounded
from explorer.zoo.resnet import FAMILY, network, stages

PAPER = "He, Zhang, Ren, Sun: Identity Mappings in Deep Residual Networks, 2016, table 4 and appendix."
WIDTH = 16  # channels of the 3x3 convolutions in the first stage

#   n    parameters                                                          MACs           error
TABLE = [
    (18, rounded("1.7 M", "He, Zhang, Ren, Sun, 2016, table 4"), 244_500_992, 5.46),
    # "10.2 M" in table 4 of the paper, which leaves the batch norms out
    (111, Figure(10_327_706, "osmr/imgclsmob, table of CIFAR-10 models"), 1_487_849_984, 4.92),
]


def builder(n: int) -> Builder:
    """The builder of the network with 9n + 2 layers."""

    def build(classes: int) -> Chain:
        body = stages("bottleneck", (n, n, n), first_width=WIDTH, stride_in="1x1", shortcut="auto", activation="pre")
        return network(body, classes, width=WIDTH, activation="pre")

    return build


def build_basic(classes: int) -> Chain:
    """ResNet-110 with activation first: its shortcuts are those of 2015, without parameters."""
    return resnet_cifar.builder(18)(classes, activation="pre")


def _register(layers: int, build: Builder, parameters: Figure, macs: int, accuracy: Accuracy | None = None) -> None:
    entry = Entry(
        key=f"preact_resnet{layers}",
        title=f"ResNet-{layers} (activation first)",
        family=FAMILY,
        year=2016,
        paper=PAPER,
        summary=f"{layers:,} layers that train well, since nothing stands on the way of the shortcuts.",
        input_shape=(3, 32, 32),
        classes=10,
        parameters=parameters,
        macs=Figure(macs),
        accuracy=accuracy,
        build=build,
    )
    register(entry)


_register(110, build_basic, rounded("1.7 M", "He, Zhang, Ren, Sun, 2015, table 6"), 252_887_680)
for n, parameters, macs, error in TABLE:
    _register(9 * n + 2, builder(n), parameters, macs, cifar_10(error, "He, Zhang, Ren, Sun, 2016, table 4"))
