"""GoogLeNet (Szegedy et al.: Going Deeper with Convolutions, 2014, table 1 and figure 3).

``googlenet_paper`` is the paper's, without auxiliary heads; ``googlenet`` is torchvision's, with its names: batch norm
in place of local response normalisation and biases, 3x3 where the paper has 5x5, and a last pooling of 2x2.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.blocks.activation import ReLU
from explorer.blocks.dropout import Dropout
from explorer.blocks.inception import KERNELS, Inception, inception_conv
from explorer.blocks.linear import Linear
from explorer.blocks.norm import LocalResponseNorm
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.transform_input import TransformInput
from explorer.core.block import Block
from explorer.core.compose import Chain, Output, Part
from explorer.zoo.base import TORCHVISION, Entry, Figure, Option, imagenet, register, rounded

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

AUXILIARY = {"4a": "aux1", "4d": "aux2"}  # the heads, by the module whose output they see

TRANSFORM_INPUT = Option(
    False, "takes images normalised as usual to values from -1 to 1, as torchvision's published weights expect"
)
STEM = Option("7x7", "7x7 and two poolings for ImageNet, or one 3x3 for small images", ("7x7", "3x3"))
OPTIONS = {
    "stem": STEM,
    "batch_norm": Option(False, "a batch norm behind every convolution in place of local response normalisation"),
    "branch3_kernel": Option("5x5", "5x5 as in the paper, 3x3 as in torchvision's googlenet", KERNELS),
    "dropout": Option(0.4, "share of the values left out before the last layer"),
}
TWIN_OPTIONS = {
    "transform_input": TRANSFORM_INPUT,
    "aux_logits": Option(False, "two further classifiers in the middle, while training"),
    "stem": STEM,
    "dropout": Option(0.2, "share of the values left out before the last layer"),
}


def build_paper(classes: int, stem: str, batch_norm: bool, branch3_kernel: str, dropout: float) -> Chain:
    """The network of the paper; with its options, others in between."""
    modules = _modules(batch_norm=batch_norm, branch3_kernel=branch3_kernel, last_pool=3)
    return Chain(*_stem(stem, batch_norm=batch_norm), *modules, *_head(classes, dropout))


def build_twin(classes: int, transform_input: bool, aux_logits: bool, stem: str, dropout: float) -> Chain:
    """Torchvision's network."""
    transform: list[Part] = [("transform_input", TransformInput())] if transform_input else []
    parts: list[Part] = []
    for name, block in _modules(batch_norm=True, branch3_kernel="3x3", last_pool=2):
        parts.append((name, block))
        auxiliary = AUXILIARY.get(name.removeprefix("inception")) if aux_logits else None
        if auxiliary is not None:
            parts.append((auxiliary, _auxiliary(auxiliary, classes)))
    return Chain(*transform, *_stem(stem, batch_norm=True), *parts, *_head(classes, dropout))


def _modules(*, batch_norm: bool, branch3_kernel: str, last_pool: int) -> Iterator[tuple[str, Block]]:
    """The inception modules and the poolings between them."""
    for name, (one, three, five, pooled) in TABLE.items():
        if name == "4a":
            yield "maxpool3", _pool(3)
        elif name == "5a":
            yield "maxpool4", _pool(last_pool)
        yield f"inception{name}", Inception(one, three, five, pooled, branch3_kernel, batch_norm)


def _head(classes: int, dropout: float) -> list[Part]:
    pool: list[Part] = [("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten())]
    return [*pool, ("dropout", Dropout(dropout)), ("fc", Linear(classes))]


def _auxiliary(name: str, classes: int) -> Output:
    """A classifier in the middle of the network (section 5); torchvision pools to 4x4 whatever arrives."""
    body = Chain(
        ("pool", AdaptiveAvgPool2d(4)),
        ("conv", inception_conv(128, 1)),
        ("flatten", Flatten()),
        ("fc1", Linear(1024)),
        ("relu", ReLU()),
        ("dropout", Dropout(0.7)),
        ("fc2", Linear(classes)),
    )
    return Output(name, body, training_only=True, weight=0.3)


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
        build=build_paper,
        options=OPTIONS,
        stages="Szegedy et al., 2014, table 1",
    )
)

register(
    Entry(
        key="googlenet",
        title="GoogLeNet (torchvision)",
        family="Inception",
        year=2014,
        paper="Szegedy et al.: Going Deeper with Convolutions, 2014, table 1 and figure 3.",
        summary="GoogLeNet with batch norm and no 5 × 5, as torchvision's weights have it.",
        input_shape=(3, 224, 224),
        classes=1000,
        parameters=Figure(6_624_904, TORCHVISION),
        macs=rounded("1.498 G", TORCHVISION),
        accuracy=imagenet(69.778),
        build=build_twin,
        options=TWIN_OPTIONS,
        twin="googlenet",
    )
)
