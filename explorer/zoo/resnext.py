"""The ResNeXt networks (Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations, 2016).

A ResNet whose 3x3 convolutions are wider and split into groups: table 1 of the paper, figure 3 (c). "32x4d" are 32
groups of 4 channels in the first stage.
"""

from __future__ import annotations

from explorer.zoo.base import TORCHVISION, Entry, Figure, imagenet, register, rounded
from explorer.zoo.resnet import BOTTLENECK_OPTIONS, CLASSES, FAMILY, INPUT_SHAPE, builder

PAPER = (
    "Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks, 2016, "
    "table 1 and figure 3 (c)."
)
FIRST_WIDTH = 64  # of a ResNet's first stage

#   layers  blocks a stage  groups  channels of each  parameters   MACs        top-1
TABLE = [
    (50, (3, 4, 6, 3), 32, 4, 25_028_904, "4.23 G", 77.618),
    (101, (3, 4, 23, 3), 32, 8, 88_791_336, "16.414 G", 79.312),
    (101, (3, 4, 23, 3), 64, 4, 83_455_272, "15.46 G", 83.246),
]

for layers, blocks, groups, channels, parameters, macs, top1 in TABLE:
    key = f"resnext{layers}_{groups}x{channels}d"
    register(
        Entry(
            key=key,
            title=f"ResNeXt-{layers} ({groups} × {channels}d)",
            family=FAMILY,
            year=2016,
            paper=PAPER,
            summary=f"{groups} narrow paths in every block: more of them help more than depth or width.",
            input_shape=INPUT_SHAPE,
            classes=CLASSES,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder("bottleneck", blocks, width_factor=groups * channels // FIRST_WIDTH, groups=groups),
            options=BOTTLENECK_OPTIONS,
            twin=key,
        )
    )
