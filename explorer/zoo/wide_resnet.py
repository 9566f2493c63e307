"""The wide residual networks for ImageNet (Zagoruyko, Komodakis: Wide Residual Networks, 2016, table 8).

ResNets whose 3x3 convolutions have twice the channels; what leaves a block is as wide as before.
"""

from __future__ import annotations

from explorer.zoo.base import TORCHVISION, Entry, Figure, imagenet, register, rounded
from explorer.zoo.resnet import BOTTLENECK_OPTIONS, CLASSES, FAMILY, INPUT_SHAPE, builder

PAPER = "Zagoruyko, Komodakis: Wide Residual Networks, 2016, table 8."
WIDTH_FACTOR = 2

#   layers  blocks a stage  parameters   MACs        top-1
TABLE = [
    (50, (3, 4, 6, 3), 68_883_240, "11.398 G", 78.468),
    (101, (3, 4, 23, 3), 126_886_696, "22.753 G", 78.848),
]

for layers, blocks, parameters, macs, top1 in TABLE:
    key = f"wide_resnet{layers}_{WIDTH_FACTOR}"
    register(
        Entry(
            key=key,
            title=f"Wide ResNet-{layers}-{WIDTH_FACTOR}",
            family=FAMILY,
            year=2016,
            paper=PAPER,
            summary=f"{layers} layers with wider blocks, which beat deeper networks and train faster.",
            input_shape=INPUT_SHAPE,
            classes=CLASSES,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder("bottleneck", blocks, width_factor=WIDTH_FACTOR),
            options=BOTTLENECK_OPTIONS,
            twin=key,
        )
    )
