"""The residual networks for CIFAR-10 (He, Zhang, Ren, Sun: Deep Residual Learning, 2015, section 4.2): 6n + 2 layers.

Three stages of n blocks with 16, 32 and 64 channels, and shortcuts without parameters (option A).
"""

from __future__ import annotations

from explorer.blocks.residual import SHORTCUTS
from explorer.core.compose import Chain
from explorer.zoo.base import Builder, Entry, Figure, Option, cifar_10, register, rounded
from explorer.zoo.resnet import ACTIVATION, FAMILY, SHORTCUT_HELP, network, stages

PAPER = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, section 4.2."
SOURCE = "He, Zhang, Ren, Sun, 2015, table 6"
INPUT_SHAPE = (3, 32, 32)
CLASSES = 10
WIDTH = 16  # channels of the first stage

#   n    parameters   MACs           error
TABLE = [
    (3, "0.27 M", 40_551_040, 8.75),
    (5, "0.46 M", 68_862_592, 7.51),
    (7, "0.66 M", 97_174_144, 7.17),
    (9, "0.85 M", 125_485_696, 6.97),
    (18, "1.7 M", 252_887_680, 6.43),
    (200, "19.4 M", 2_829_238_912, 7.93),
]

OPTIONS = {"shortcut": Option("zero_pad", SHORTCUT_HELP, SHORTCUTS), "activation": ACTIVATION}


def builder(n: int, *, residual: bool = True) -> Builder:
    """The builder of the network with 6n + 2 layers."""

    def build(classes: int, shortcut: str = "zero_pad", activation: str = "post") -> Chain:
        body = stages(
            "basic", (n, n, n), first_width=WIDTH, shortcut=shortcut, activation=activation, residual=residual
        )
        return network(body, classes, width=WIDTH, activation=activation)

    return build


for n, parameters, macs, error in TABLE:
    layers = 6 * n + 2
    register(
        Entry(
            key=f"resnet{layers}",
            title=f"ResNet-{layers} (CIFAR)",
            family=FAMILY,
            year=2015,
            paper=PAPER,
            summary=f"{layers} layers for small images, with shortcuts that have no parameters.",
            input_shape=INPUT_SHAPE,
            classes=CLASSES,
            parameters=rounded(parameters, SOURCE),
            macs=Figure(macs),
            accuracy=cifar_10(error, SOURCE),
            build=builder(n),
            options=OPTIONS,
        )
    )
