"""The ResNeXt networks for CIFAR (Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations, 2016).

Section 5.3: 29 layers in three stages. The paper's blocks have their activation first; its authors later found those
with activation behind the sum better, which are taken here.
"""

from __future__ import annotations

from explorer.core.compose import Chain
from explorer.zoo.base import Builder, Entry, Figure, register, rounded
from explorer.zoo.resnet import ACTIVATION, FAMILY, network, stages
from explorer.zoo.resnext import FIRST_WIDTH

PAPER = (
    "Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks, 2016, section 5.3."
)
SOURCE = "osmr/imgclsmob, table of CIFAR-10 models"
BLOCKS = (3, 3, 3)

#   groups  channels of each  parameters  MACs
TABLE = [
    (32, 4, Figure(4_775_754, SOURCE), 774_055_936),
    (8, 64, rounded("34.4 M", "Xie et al., 2016, table 7"), 5_387_266_048),
    (16, 64, Figure(68_155_210, SOURCE), 10_688_866_304),
]


def builder(groups: int, channels: int) -> Builder:
    """The builder for one row of the table."""
    factor = groups * channels // FIRST_WIDTH

    def build(classes: int, activation: str) -> Chain:
        body = stages("bottleneck", BLOCKS, width_factor=factor, groups=groups, shortcut="auto", activation=activation)
        return network(body, classes, activation=activation)

    return build


for groups, channels, parameters, macs in TABLE:
    register(
        Entry(
            key=f"resnext29_{groups}x{channels}d",
            title=f"ResNeXt-29 ({groups} × {channels}d, CIFAR)",
            family=FAMILY,
            year=2016,
            paper=PAPER,
            summary=f"{groups} paths in every block, for small images.",
            input_shape=(3, 32, 32),
            classes=10,
            parameters=parameters,
            macs=Figure(macs),
            build=builder(groups, channels),
            options={"activation": ACTIVATION},
            stages="Xie et al., 2016, section 5.3",
        )
    )
