"""The residual networks for ImageNet (He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015).

Table 1 of the paper; slots carry torchvision's names, so weights go both ways without a mapping.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import ACTIVATIONS, SHORTCUTS, ResidualStage
from explorer.core.compose import Chain, Part
from explorer.core.shape import Shape
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, giga, register

PAPER = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, table 1."

#        key         layers  block         blocks a stage   parameters   billions of MACs
TABLE = [
    ("resnet18", 18, "basic", (2, 2, 2, 2), 11_689_512, "1.814"),
    ("resnet34", 34, "basic", (3, 4, 6, 3), 21_797_672, "3.664"),
    ("resnet50", 50, "bottleneck", (3, 4, 6, 3), 25_557_032, "4.089"),
    ("resnet101", 101, "bottleneck", (3, 4, 23, 3), 44_549_160, "7.801"),
    ("resnet152", 152, "bottleneck", (3, 8, 36, 3), 60_192_808, "11.514"),
]

OPTIONS = {
    "shortcut": Option("auto", "auto: projection where the shape changes (B); projection: everywhere (C)", SHORTCUTS),
    "activation": Option("post", "post: activation after the sum (2015); pre: before the convolutions (2016)", ACTIVATIONS),
    "stride_in": Option("3x3", "the convolution of a bottleneck with the stride", ("3x3", "1x1")),
    "stem": Option("7x7", "7x7 and max pooling for ImageNet, or one 3x3 for small images", ("7x7", "3x3")),
}


STEMS: dict[str, list[Part]] = {
    "7x7": [
        ("conv1", Conv2d(64, 7, stride=2, padding=3, bias=False)),
        ("bn1", BatchNorm2d()),
        ("relu", ReLU()),
        ("maxpool", MaxPool2d(3, stride=2, padding=1)),
    ],
    "3x3": [("conv1", Conv2d(64, 3, padding=1, bias=False)), ("bn1", BatchNorm2d()), ("relu", ReLU())],
}


def builder(block: str, blocks: tuple[int, ...], *, residual: bool = True) -> Builder:
    """The builder for one row of the table."""

    def build(input_shape: Shape, classes: int, shortcut: str, activation: str, stride_in: str, stem: str) -> Chain:
        stages: list[Part] = []
        for number, count in enumerate(blocks):
            width = 64 * 2**number
            stage = ResidualStage(
                block,
                count,
                out_channels=width if block == "basic" else 4 * width,
                width=width,
                stride=1 if number == 0 else 2,
                stride_in=stride_in,
                shortcut=shortcut,
                activation=activation,
                residual=residual,
            )
            stages.append((f"layer{number + 1}", stage))
        # with the activations first, the last sum still needs one behind it (He et al., 2016)
        tail: list[Part] = [("bn", BatchNorm2d()), ("relu2", ReLU())] if activation == "pre" else []
        head: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(classes))]
        return Chain(*STEMS[stem], *stages, *tail, *head)

    return build


for key, layers, block, blocks, parameters, macs in TABLE:
    register(
        Entry(
            key=key,
            title=f"ResNet-{layers}",
            family="Residual networks",
            year=2015,
            paper=PAPER,
            summary=f"{layers} layers that train because every block adds to its input.",
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=giga(macs),
            build=builder(block, blocks),
            options=OPTIONS,
            twin=key,
        )
    )
