"""AlexNet: as published, as simplified for one graphics card, and for images of one channel.

``alexnet_2012`` is that of Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural
Networks, 2012, with two groups of filters for two graphics cards and local response normalisation; its images have
227 x 227 pixels, since the paper's 224 do not give its 55. ``alexnet`` is torchvision's, after Krizhevsky: One weird
trick for parallelizing convolutional neural networks, 2014; ``alexnet_gray`` has the widths of 2012 for images of one
channel, as textbooks train it on Fashion-MNIST.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import LocalResponseNorm
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.block import Block
from explorer.core.compose import Chain, Part
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, Option, imagenet, register, rounded, sequence

POOLED = (1, 2, 5)  # the convolutions behind which the image is halved
NORMED = (1, 2)  # those that local response normalisation follows
SPLIT = (2, 4, 5)  # those in two groups
FEATURES = 4096
COUNTED = "HewlettPackard/dlcookbook-dlbs, table of models"


@dataclass(frozen=True, slots=True)
class Variant:
    """What the networks differ in.

    Attributes:
        channels: Of the five convolutions.
        first_padding: Of the first convolution.
        cells: Rows and columns that are pooled to before the classifier; None takes what arrives.
        dropout_first: Whether a dropout stands before each hidden layer (torchvision) instead of behind it.
        groups: Groups of the convolutions that see one of the two graphics cards alone (2012).
        normed: Whether the first two convolutions are normalised (2012).
    """

    channels: tuple[int, ...]
    first_padding: int
    cells: int | None
    dropout_first: bool
    groups: int = 1
    normed: bool = False


ONE_WEIRD_TRICK = Variant((64, 192, 384, 256, 256), first_padding=2, cells=6, dropout_first=True)
TWO_CARDS = Variant((96, 256, 384, 384, 256), 0, cells=None, dropout_first=False, groups=2, normed=True)
GRAY = Variant((96, 256, 384, 384, 256), first_padding=0, cells=None, dropout_first=False)

OPTIONS = {
    "stem": Option(
        "11x11", "11x11 with stride 4 for ImageNet, or 5x5 with stride 1 for small images", ("11x11", "5x5")
    ),
    "dropout": Option(0.5, "share of the values left out between the fully connected layers"),
}


def builder(variant: Variant) -> Builder:
    """The builder of one of the networks."""

    def build(classes: int, stem: str, dropout: float) -> Chain:
        pool: list[Part] = [] if variant.cells is None else [("avgpool", AdaptiveAvgPool2d(variant.cells))]
        return Chain(
            ("features", _features(variant, stem)),
            *pool,
            ("flatten", Flatten()),
            ("classifier", _classifier(variant, classes, dropout)),
        )

    return build


def _features(variant: Variant, stem: str) -> Chain:
    first, *others = variant.channels
    stems = {
        "11x11": Conv2d(first, 11, stride=4, padding=variant.first_padding),
        "5x5": Conv2d(first, 5, padding=2),
    }
    second, *rest = others
    kernels = [(second, 5), *((width, 3) for width in rest)]
    convolutions = [stems[stem]]
    for number, (width, kernel) in enumerate(kernels, start=2):
        groups = variant.groups if number in SPLIT else 1
        convolutions.append(Conv2d(width, kernel, padding=kernel // 2, groups=groups))
    layers: list[Block] = []
    for number, convolution in enumerate(convolutions, start=1):
        layers += [convolution, ReLU()]
        if variant.normed and number in NORMED:
            layers.append(LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0))  # the paper's alpha is a fifth of torch's
        if number in POOLED:
            layers.append(MaxPool2d(3, stride=2))
    return sequence(*layers)


def _classifier(variant: Variant, classes: int, dropout: float) -> Chain:
    hidden, left_out = (Linear(FEATURES), ReLU()), Dropout(dropout)
    layers = (left_out, *hidden) if variant.dropout_first else (*hidden, left_out)
    return sequence(*layers, *layers, Linear(classes))


register(
    Entry(
        key="alexnet_2012",
        title="AlexNet (2012)",
        family="AlexNet",
        year=2012,
        paper=(
            "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012, "
            "figure 2."
        ),
        summary="The network that won ImageNet in 2012 on two graphics cards, each with half of the filters.",
        input_shape=(3, 227, 227),
        classes=1000,
        parameters=Figure(60_965_224, COUNTED),  # "60 million parameters" in the paper
        macs=Figure(724_406_816),
        build=builder(TWO_CARDS),
        options=OPTIONS,
        stages="Krizhevsky et al., 2012, figure 2",
    )
)
register(
    Entry(
        key="alexnet",
        title="AlexNet",
        family="AlexNet",
        year=2014,
        paper="Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014.",
        summary="The network of 2012 that made deep learning known, simplified for one graphics card.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(61_100_840, TORCHVISION),
        macs=rounded("0.714 G", TORCHVISION),
        accuracy=imagenet(56.522),
        build=builder(ONE_WEIRD_TRICK),
        options=OPTIONS,
        twin="alexnet",
    )
)
register(
    Entry(
        key="alexnet_gray",
        title="AlexNet (one channel)",
        family="AlexNet",
        year=2012,
        paper="Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012.",
        summary="The widths of 2012 for images of one channel and ten classes.",
        input_shape=(1, 224, 224),
        classes=10,
        parameters=Figure(46_764_746),
        macs=Figure(938_146_176),
        build=builder(GRAY),
        options=OPTIONS,
    )
)
