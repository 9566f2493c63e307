"""GoogLeNet (Szegedy et al.: Going Deeper with Convolutions, 2014, table 1 and figure 3), without auxiliary heads.

Slots carry torchvision's names, so that the same builder makes torchvision's variant: batch norm in place of local
response normalisation and biases, 3x3 where the paper has 5x5, and a last pooling of 2x2.
"""

from __future__ import annotations

from explorer.blocks.dropout import Dropout
from explorer.blocks.inception import KERNELS, Inception, inception_conv
from explorer.blocks.linear import Linear
from explorer.blocks.norm import LocalResponseNorm
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Builder, Entry, Figure, Option, register

#  name   1x1  reduction, 3x3  reduction, 5x5  behind the pooling
TABLE = {
    "3a": (64, (96, 128), (16, 32), 32),
    "3b": (128, (128, 192), (32, 96), 64),
    "4a": (192, (96, 208), (16, 48), 64),
    "4b": (160, (112, 224), (24, 64), 64),
    "4c": (128, (128, 256), (24, 64), 64),
    "4d": (112, (144, 288), (32, 64), 64),
    "4e": (256, (160, 320), (32, 128), 128),
    "5a": (256, (160, 320), (32, 128), 128),
    "5b": (384, (192, 384), (48, 128), 128),
}

OPTIONS = {
    "stem": Option("7x7", "7x7 and two poolings for ImageNet, or one 3x3 for small images", ("7x7", "3x3")),
    "batch_norm": Option(False, "a batch norm behind every convolution in place of local response normalisation"),
    "branch3_kernel": Option("5x5", "5x5 as in the paper, 3x3 as in torchvision's googlenet", KERNELS),
    "dropout": Option(0.4, "share of the values left out before the last layer"),
}


def builder(last_pool: int = 3) -> Builder:
    """The builder of the network; torchvision's has a last pooling of 2x2, the paper's one of 3x3."""

    def build(classes: int, stem: str, batch_norm: bool, branch3_kernel: str, dropout: float) -> Chain:
        parts = _stem(stem, batch_norm=batch_norm)
        for name, (one, three, five, pooled) in TABLE.items():
            if name == "4a":
                parts.append(("maxpool3", _pool(3)))
            elif name == "5a":
                parts.append(("maxpool4", _pool(last_pool)))
            block = Inception(one, three, five, pooled, branch3_kernel, batch_norm)
            parts.append((f"inception{name}", block))
        head: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten())]
        return Chain(*parts, *head, ("dropout", Dropout(dropout)), ("fc", Linear(classes)))

    return build


def _pool(kernel_size: int) -> MaxPool2d:
    return MaxPool2d(kernel_size, stride=2, ceil_mode=True)


def _stem(stem: str, *, batch_norm: bool) -> list[Part]:
    if stem == "3x3":
        return [("conv1", inception_conv(192, 3, batch_norm=batch_norm))]
    first_norm: list[Part] = [] if batch_norm else [("lrn1", LocalResponseNorm(5))]
    second_norm: list[Part] = [] if batch_norm else [("lrn2", LocalResponseNorm(5))]
    return [
        ("conv1", inception_conv(64, 7, stride=2, batch_norm=batch_norm)),
        ("maxpool1", _pool(3)),
        *first_norm,
        ("conv2", inception_conv(64, 1, batch_norm=batch_norm)),
        ("conv3", inception_conv(192, 3, batch_norm=batch_norm)),
        *second_norm,
        ("maxpool2", _pool(3)),
    ]


register(
    Entry(
        key="googlenet_paper",
        title="GoogLeNet",
        family="Inception",
        year=2014,
        paper="Szegedy et al.: Going Deeper with Convolutions, 2014, table 1 and figure 3.",
        summary="Filters of several sizes side by side: better than VGG with a twentieth of its weights.",
        input_shape=(3, 224, 224),
        classes=1000,
        # Table 1 adds up to 6.8 M parameters and 1.5 G MACs: it gives the first convolution 2.7 K and 34 M, as only a
        # separable one has; figure 3, which all implementations follow, shows a full one (9.4 K and 118 M).
        parameters=Figure(6_998_552),
        macs=Figure(1_582_671_872),
        build=builder(),
        options=OPTIONS,
    )
)
