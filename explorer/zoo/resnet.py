"""The residual networks for ImageNet (He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015).

Table 1 of the paper; slots carry torchvision's names, so weights go both ways without a mapping. With activation first
they are those of He, Zhang, Ren, Sun: Identity Mappings in Deep Residual Networks, 2016.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import ACTIVATIONS, SHORTCUTS, STRIDE_IN, ResidualStage
from explorer.core.compose import Chain, Part
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded

PAPER = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, table 1."
FAMILY = "Residual networks"
INPUT_SHAPE = (3, 224, 224)
CLASSES = 1000

#   layers  block         blocks a stage   parameters   MACs        top-1
TABLE = [
    (18, "basic", (2, 2, 2, 2), 11_689_512, "1.814 G", 69.758),
    (34, "basic", (3, 4, 6, 3), 21_797_672, "3.664 G", 73.314),
    (50, "bottleneck", (3, 4, 6, 3), 25_557_032, "4.089 G", 76.13),
    (101, "bottleneck", (3, 4, 23, 3), 44_549_160, "7.801 G", 77.374),
    (152, "bottleneck", (3, 8, 36, 3), 60_192_808, "11.514 G", 78.312),
]

SHORTCUT_HELP = "auto: projection where the shape changes (B); projection: everywhere (C); zero_pad: zeros (A)"
SHORTCUT = Option("auto", SHORTCUT_HELP, SHORTCUTS)
ACTIVATION = Option("post", "post: activation after the sum (2015); pre: before the convolutions (2016)", ACTIVATIONS)
STEM = Option("7x7", "7x7 and max pooling for ImageNet, or one 3x3 for small images", ("7x7", "3x3"))
STRIDE = Option(
    "3x3", "the convolution of a bottleneck with the stride: 3x3 as in torchvision, 1x1 as in 2015", STRIDE_IN
)

OPTIONS = {"shortcut": SHORTCUT, "activation": ACTIVATION, "stem": STEM}
BOTTLENECK_OPTIONS = {**OPTIONS, "stride_in": STRIDE}


def first_layers(stem: str, width: int = 64, *, bias: bool = False) -> list[Part]:
    """The first layers: one convolution, with 7x7 a pooling too, which make an image a quarter as wide and high."""
    large = stem == "7x7"
    convolution = Conv2d(width, 7, stride=2, padding=3, bias=bias) if large else Conv2d(width, 3, padding=1, bias=bias)
    pool: list[Part] = [("maxpool", MaxPool2d(3, stride=2, padding=1))] if large else []
    return [("conv1", convolution), ("bn1", BatchNorm2d()), ("relu", ReLU()), *pool]


def last_layers(classes: int, activation: str) -> list[Part]:
    """The last layers. With activation first the last sum still needs one behind it (He et al., 2016, appendix)."""
    last: list[Part] = [("bn_last", BatchNorm2d()), ("relu_last", ReLU())] if activation == "pre" else []
    return [*last, ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(classes))]


def stages(
    block: str,
    blocks: tuple[int, ...],
    *,
    first_width: int = 64,
    width_factor: int = 1,
    groups: int = 1,
    stride_in: str = "3x3",
    shortcut: str,
    activation: str,
    residual: bool = True,
    bias: bool = False,
    projection_norm: bool = True,
) -> list[Part]:
    """The stages, each twice as wide as the one before and half as high.

    Args:
        block: The kind of residual block.
        blocks: How many there are in each stage.
        first_width: Channels of the first stage, before a bottleneck multiplies them.
        width_factor: By which the 3x3 convolutions of bottlenecks are wider than those of a ResNet.
        groups: Groups of these convolutions.
        stride_in: The convolution of a bottleneck with the stride.
        shortcut: The kind of shortcut.
        activation: Where the activations stand.
        residual: Whether there are shortcuts.
        bias: Whether convolutions have a bias.
        projection_norm: Whether a batch norm stands behind each projection.
    """
    parts: list[Part] = []
    for number, count in enumerate(blocks):
        width = first_width * 2**number
        stage = ResidualStage(
            block,
            count,
            out_channels=width if block == "basic" else 4 * width,
            width=width * width_factor,
            stride=1 if number == 0 else 2,
            stride_in=stride_in,
            groups=groups,
            shortcut=shortcut,
            activation=activation,
            residual=residual,
            bias=bias,
            projection_norm=projection_norm,
            input_activated=activation == "pre" and number == 0,  # by the stem (He et al., 2016, appendix)
        )
        parts.append((f"layer{number + 1}", stage))
    return parts


def network(
    body: list[Part], classes: int, *, stem: str = "3x3", width: int = 64, activation: str = "post", bias: bool = False
) -> Chain:
    """The network around its stages, for small images unless told otherwise."""
    return Chain(*first_layers(stem, width, bias=bias), *body, *last_layers(classes, activation))


def builder(
    block: str,
    blocks: tuple[int, ...],
    *,
    width_factor: int = 1,
    groups: int = 1,
    residual: bool = True,
    bias: bool = False,
    projection_norm: bool = True,
) -> Builder:
    """The builder for one row of the table."""

    def build(
        classes: int,
        shortcut: str = "auto",
        activation: str = "post",
        stem: str = "7x7",
        stride_in: str = "3x3",
    ) -> Chain:
        body = stages(
            block,
            blocks,
            width_factor=width_factor,
            groups=groups,
            stride_in=stride_in,
            shortcut=shortcut,
            activation=activation,
            residual=residual,
            bias=bias,
            projection_norm=projection_norm,
        )
        return network(body, classes, stem=stem, activation=activation, bias=bias)

    return build


for layers, block, blocks, parameters, macs, top1 in TABLE:
    register(
        Entry(
            key=f"resnet{layers}",
            title=f"ResNet-{layers}",
            family=FAMILY,
            year=2015,
            paper=PAPER,
            summary=f"{layers} layers that train because every block adds to its input.",
            input_shape=INPUT_SHAPE,
            classes=CLASSES,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(block, blocks),
            options=OPTIONS if block == "basic" else BOTTLENECK_OPTIONS,
            stages="He, Zhang, Ren, Sun, 2015, table 1",
            twin=f"resnet{layers}",
        )
    )

register(
    Entry(
        key="resnet18_gray",
        title="ResNet-18 (one channel)",
        family=FAMILY,
        year=2015,
        paper=f"{PAPER[:-1]}; as in Zhang, Lipton, Li, Smola: Dive into Deep Learning, section 8.6.",
        summary="ResNet-18 as textbooks write it: convolutions with bias, projections without batch norm.",
        input_shape=(1, 224, 224),
        classes=10,
        parameters=Figure(11_178_378),
        macs=Figure(1_734_890_496),
        build=builder("basic", (2, 2, 2, 2), bias=True, projection_norm=False),
        options=OPTIONS,
    )
)
