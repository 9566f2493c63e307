"""The residual blocks: two 3x3 convolutions or a bottleneck, and the shortcut around them.

He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015 (figures 2 and 5, section 3.3 for the options A,
B and C of the shortcut), and Identity Mappings in Deep Residual Networks, 2016 (figure 1b for the order in which the
activations come first, and its appendix for the first unit and the projections). Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.reshape import ZeroPadShortcut
from explorer.core.block import Block, Category, Composite, register, require_image
from explorer.core.compose import Add, Chain, Part, Repeat
from explorer.core.fields import choice, flag, integer
from explorer.core.shape import Shape

SHORTCUTS = ("auto", "projection", "zero_pad")
ACTIVATIONS = ("post", "pre")
STRIDE_IN = ("3x3", "1x1")

_SHORTCUT_HELP = (
    "auto: identity where the shape stays, 1 × 1 projection where it changes (option B); projection: everywhere (C); "
    "zero_pad: channels of zeros where it changes (A)"
)
_ACTIVATION_HELP = "post: after the sum (2015); pre: before the convolutions (2016)"
_STRIDE_IN_HELP = "the convolution of a bottleneck with the stride: 3x3 as in torchvision, 1x1 as in 2015"
_RESIDUAL_HELP = "off leaves the shortcut out: the plain twin"
_ACTIVATED_HELP = (
    "with activation first: the input is activated already, as behind a stem, so the first norm is left out"
)


class _Residual(Composite):
    """What both residual blocks have in common; ``_convolutions`` makes them differ."""

    __slots__ = ()

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    year: ClassVar[int | None] = 2015
    out_channels: int
    stride: int
    shortcut: str
    activation: str
    residual: bool
    bias: bool
    projection_norm: bool
    input_activated: bool

    def body(self, shape: Shape) -> Chain:
        if self.activation == "post":
            *branch, last = _post_activated(self._convolutions())
            return Chain(Add(Chain(*branch), self._shortcut(shape)), last) if self.residual else Chain(*branch, last)
        norm, relu, *branch = _pre_activated(self._convolutions())
        first = [] if self.input_activated else [norm, relu]
        if not self.residual:
            return Chain(*first, *branch)
        shortcut = self._shortcut(shape)
        if self._projects(shape):  # a projection sees the activated input as well (He et al., 2016, appendix)
            return Chain(*first, Add(Chain(*branch), shortcut))
        return Chain(Add(Chain(*first, *branch), shortcut))

    def describe(self) -> str:
        words = [f"{self.out_channels} channels"]
        if self.stride != 1:
            words.append(f"stride {self.stride}")
        if not self.residual:
            words.append("plain")
        elif self.shortcut != "auto":
            words.append(f"{self.shortcut.replace('_', '-')} shortcut")
        return ", ".join(words)

    def _convolutions(self) -> list[Conv2d]:
        raise NotImplementedError

    def _changes(self, shape: Shape) -> bool:
        return self.stride != 1 or require_image(self, shape)[0] != self.out_channels

    def _projects(self, shape: Shape) -> bool:
        return self.shortcut == "projection" or (self.shortcut == "auto" and self._changes(shape))

    def _shortcut(self, shape: Shape) -> Chain:
        if self._projects(shape):
            projection: list[Part] = [("0", Conv2d(self.out_channels, 1, stride=self.stride, bias=self.bias))]
            if self.projection_norm and self.activation == "post":
                projection.append(("1", BatchNorm2d()))
            return Chain(("downsample", Chain(*projection)))
        if self._changes(shape):
            return Chain(("downsample", ZeroPadShortcut(self.out_channels, self.stride)))
        return Chain()


def _post_activated(convolutions: list[Conv2d]) -> list[Part]:
    parts: list[Part] = []
    for number, convolution in enumerate(convolutions, start=1):
        parts += [(f"conv{number}", convolution), (f"bn{number}", BatchNorm2d()), (f"relu{number}", ReLU())]
    return parts


def _pre_activated(convolutions: list[Conv2d]) -> list[Part]:
    parts: list[Part] = []
    for number, convolution in enumerate(convolutions, start=1):
        parts += [(f"bn{number}", BatchNorm2d()), (f"relu{number}", ReLU()), (f"conv{number}", convolution)]
    return parts


@register
@dataclass(frozen=True, slots=True)
class BasicBlock(_Residual):
    """Two 3x3 convolutions and the shortcut around them."""

    summary: ClassVar[str] = "Two 3 × 3 convolutions and the shortcut around them."
    paper: ClassVar[str] = (
        "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, figure 2 and figure 5 left."
    )
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the first convolution", unit="pixels")
    shortcut: str = choice("auto", SHORTCUTS, help=_SHORTCUT_HELP)
    activation: str = choice("post", ACTIVATIONS, help=_ACTIVATION_HELP)
    residual: bool = flag(True, help=_RESIDUAL_HELP)
    bias: bool = flag(False, help="gives the convolutions a bias, which the batch norm behind them makes superfluous")
    projection_norm: bool = flag(True, help="puts a batch norm behind the projection")
    input_activated: bool = flag(False, help=_ACTIVATED_HELP)

    def _convolutions(self) -> list[Conv2d]:
        return [
            Conv2d(self.out_channels, 3, stride=self.stride, padding=1, bias=self.bias),
            Conv2d(self.out_channels, 3, padding=1, bias=self.bias),
        ]


@register
@dataclass(frozen=True, slots=True)
class Bottleneck(_Residual):
    """A 3x3 convolution between two of 1x1, on fewer channels, and the shortcut around them."""

    summary: ClassVar[str] = "A 3 × 3 convolution between two of 1 × 1, and the shortcut around them."
    paper: ClassVar[str] = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, figure 5 right."
    out_channels: int = integer(256, minimum=1, help="channels of the output")
    width: int = integer(64, minimum=1, help="channels of the 3 × 3 convolution")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the block", unit="pixels")
    # torchvision's resnet50 has its stride in the 3x3 convolution, the paper in the first 1x1
    stride_in: str = choice("3x3", STRIDE_IN, help=_STRIDE_IN_HELP)
    groups: int = integer(1, minimum=1, help="groups of the 3 × 3 convolution; more than one is a ResNeXt block")
    shortcut: str = choice("auto", SHORTCUTS, help=_SHORTCUT_HELP)
    activation: str = choice("post", ACTIVATIONS, help=_ACTIVATION_HELP)
    residual: bool = flag(True, help=_RESIDUAL_HELP)
    bias: bool = flag(False, help="gives the convolutions a bias, which the batch norm behind them makes superfluous")
    projection_norm: bool = flag(True, help="puts a batch norm behind the projection")
    input_activated: bool = flag(False, help=_ACTIVATED_HELP)

    def _convolutions(self) -> list[Conv2d]:
        first, middle = (self.stride, 1) if self.stride_in == "1x1" else (1, self.stride)
        return [
            Conv2d(self.width, 1, stride=first, bias=self.bias),
            Conv2d(self.width, 3, stride=middle, padding=1, groups=self.groups, bias=self.bias),
            Conv2d(self.out_channels, 1, bias=self.bias),
        ]


@register
@dataclass(frozen=True, slots=True)
class ResidualStage(Composite):
    """Residual blocks of one width one after the other; the first may halve the image."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "stage"
    summary: ClassVar[str] = "Several residual blocks of one width; the first may halve the image."
    paper: ClassVar[str] = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, table 1."
    year: ClassVar[int | None] = 2015
    block: str = choice("basic", ("basic", "bottleneck"), help="the kind of residual block")
    blocks: int = integer(2, minimum=1, maximum=1_000, help="number of residual blocks")
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    width: int = integer(64, minimum=1, help="channels of the 3 × 3 convolutions of bottlenecks")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the first block", unit="pixels")
    stride_in: str = choice("3x3", STRIDE_IN, help=_STRIDE_IN_HELP)
    groups: int = integer(1, minimum=1, help="groups of the 3 × 3 convolutions of bottlenecks")
    shortcut: str = choice("auto", SHORTCUTS, help=_SHORTCUT_HELP)
    activation: str = choice("post", ACTIVATIONS, help=_ACTIVATION_HELP)
    residual: bool = flag(True, help=_RESIDUAL_HELP)
    bias: bool = flag(False, help="gives the convolutions a bias")
    projection_norm: bool = flag(True, help="puts a batch norm behind the projections")
    input_activated: bool = flag(False, help=_ACTIVATED_HELP)

    def body(self, shape: Shape) -> Chain:
        first, other = self._block(self.stride, self.input_activated), self._block(1)
        if first == other and shape[:1] == (self.out_channels,):  # with a projection, the first is not like the others
            return Chain(Repeat(_numbers(0, self.blocks), other))
        if self.blocks == 2:  # one block needs no fold
            return Chain(("0", first), ("1", other))
        rest = [Repeat(_numbers(1, self.blocks), other)] if self.blocks > 1 else []
        return Chain(("0", first), *rest)

    def describe(self) -> str:
        kind = "BasicBlock" if self.block == "basic" else "Bottleneck"
        stride = f", stride {self.stride}" if self.stride != 1 else ""
        return f"{self.blocks} × {kind}, {self.out_channels} channels{stride}{'' if self.residual else ', plain'}"

    def _block(self, stride: int, input_activated: bool = False) -> Block:
        common = {
            "shortcut": self.shortcut,
            "activation": self.activation,
            "residual": self.residual,
            "bias": self.bias,
            "projection_norm": self.projection_norm,
            "input_activated": input_activated,
        }
        if self.block == "basic":
            return BasicBlock(self.out_channels, stride, **common)  # type: ignore[arg-type]
        return Bottleneck(self.out_channels, self.width, stride, self.stride_in, self.groups, **common)  # type: ignore[arg-type]


def _numbers(first: int, end: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, end))
