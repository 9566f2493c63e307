"""The inverted residuals of MobileNetV3 and EfficientNet, with a gate inside, and their fused variant.

Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.inverted_residual import numbered_chain, residual
from explorer.blocks.squeeze_excite import ACTIVATIONS as SQUEEZE_ACTIVATIONS
from explorer.blocks.squeeze_excite import GATES, SqueezeExcite
from explorer.blocks.stochastic_depth import StochasticDepth
from explorer.core.block import Block, Category, Composite, describe_window, register, require_image
from explorer.core.compose import Chain
from explorer.core.fields import choice, integer, real
from explorer.core.shape import Shape

ACTIVATIONS = ("silu", "hardswish", "relu")

_EXPANDED_HELP = "channels inside; as many as arrive need no convolution to get there"
_DROP_HELP = "share of the images for which only the shortcut is left, while training"


class _Inverted(Composite):
    __slots__ = ()

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    out_channels: int
    expanded_channels: int
    stride: int
    activation: str
    drop: float
    eps: float
    momentum: float

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        drop = Chain(("stochastic_depth", StochasticDepth(self.drop))) if self.drop > 0.0 else None
        joined = self.stride == 1 and channels == self.out_channels
        inside = numbered_chain(self._inside(channels))
        return residual(Chain(("block", inside)), joined=joined, behind=drop)

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels), f"{self.expanded_channels} inside")

    def _inside(self, channels: int) -> list[Block]:
        raise NotImplementedError

    def _conv(
        self, channels: int, kernel: int = 1, stride: int = 1, groups: int = 1, *, activated: bool = True
    ) -> ConvBlock:
        return ConvBlock(
            channels,
            kernel,
            stride,
            (kernel - 1) // 2,
            groups=groups,
            eps=self.eps,
            activation=self.activation if activated else "none",
            momentum=self.momentum,
            naming="numbers",
        )


@register
@dataclass(frozen=True, slots=True)
class MBConv(_Inverted):
    """An inverted residual with a filter for each channel and a squeeze-and-excitation gate behind it."""

    summary: ClassVar[str] = "1 × 1 to more channels, one filter and a gate for each, and 1 × 1 back."
    paper: ClassVar[str] = "Howard et al.: Searching for MobileNetV3, 2019, figure 4."
    year: ClassVar[int | None] = 2019
    out_channels: int = integer(24, minimum=1, help="channels of the output")
    expanded_channels: int = integer(96, minimum=1, help=_EXPANDED_HELP)
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the filters", unit="pixels")
    squeeze_channels: int = integer(
        0, help="numbers between the two layers of the gate; 0 leaves it out", zero="no gate"
    )
    activation: str = choice("silu", ACTIVATIONS, help="the nonlinearity behind the first two convolutions")
    squeeze_activation: str = choice("silu", tuple(SQUEEZE_ACTIVATIONS), help="the nonlinearity inside the gate")
    gate: str = choice("sigmoid", tuple(GATES), help="what makes a gate from 0 to 1 of a number")
    drop: float = real(0.0, help=_DROP_HELP)
    eps: float = real(1e-5, maximum=1.0, help="added to the variance by the batch norms")
    momentum: float = real(0.1, help="share of the newest batch in the running statistics of the batch norms")

    def _inside(self, channels: int) -> list[Block]:
        wide = self.expanded_channels
        first: list[Block] = [self._conv(wide)] if wide != channels else []
        depthwise = self._conv(wide, self.kernel_size, self.stride, groups=wide)
        squeezed = self.squeeze_channels
        gate: list[Block] = [SqueezeExcite(squeezed, self.squeeze_activation, self.gate)] if squeezed else []
        return [*first, depthwise, *gate, self._conv(self.out_channels, activated=False)]


@register
@dataclass(frozen=True, slots=True)
class FusedMBConv(_Inverted):
    """An inverted residual whose first two convolutions are one full one, which early in a network is faster."""

    summary: ClassVar[str] = "A full convolution to more channels and 1 × 1 back; a shortcut where the shape stays."
    paper: ClassVar[str] = "Tan, Le: EfficientNetV2: Smaller Models and Faster Training, 2021, figure 2."
    year: ClassVar[int | None] = 2021
    out_channels: int = integer(24, minimum=1, help="channels of the output")
    expanded_channels: int = integer(
        96, minimum=1, help="channels inside; as many as arrive leave one convolution in all"
    )
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the first convolution", unit="pixels")
    activation: str = choice("silu", ACTIVATIONS, help="the nonlinearity behind the first convolution")
    drop: float = real(0.0, help=_DROP_HELP)
    eps: float = real(1e-5, maximum=1.0, help="added to the variance by the batch norms")
    momentum: float = real(0.1, help="share of the newest batch in the running statistics of the batch norms")

    def _inside(self, channels: int) -> list[Block]:
        if self.expanded_channels == channels:
            return [self._conv(self.out_channels, self.kernel_size, self.stride)]
        wide = self._conv(self.expanded_channels, self.kernel_size, self.stride)
        return [wide, self._conv(self.out_channels, activated=False)]
