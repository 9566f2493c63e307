"""The separable convolution and the module of Xception.

Chollet: Xception: Deep Learning with Depthwise Separable Convolutions, 2016. Unlike in MobileNet, nothing stands
between the filters of single channels and the 1x1 convolution (figure 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import MaxPool2d
from explorer.core.block import Category, Composite, describe_window, register, require_image
from explorer.core.compose import Add, Chain, Part
from explorer.core.fields import flag, integer, integers
from explorer.core.shape import Shape

PAPER = "Chollet: Xception: Deep Learning with Depthwise Separable Convolutions, 2016, {}."


@register
@dataclass(frozen=True, slots=True)
class SeparableConv(Composite):
    """One filter or more for each channel, and a 1x1 convolution behind them, with nothing between."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "sepconv"
    summary: ClassVar[str] = "Filters for single channels and a 1 × 1 convolution behind them, with nothing between."
    paper: ClassVar[str] = PAPER.format("section 1 and figure 10")
    year: ClassVar[int | None] = 2016
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the filters", unit="pixels")
    multiplier: int = integer(1, minimum=1, maximum=64, help="filters for each channel")
    bias: bool = flag(False, help="gives the 1 × 1 convolution a bias")

    def body(self, shape: Shape) -> Chain:
        channels, size = require_image(self, shape)[0], self.kernel_size
        wide = channels * self.multiplier
        return Chain(
            ("depthwise", Conv2d(wide, size, self.stride, (size - 1) // 2, groups=channels, bias=False)),
            ("pointwise", Conv2d(self.out_channels, 1, bias=self.bias)),
        )

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels))


@register
@dataclass(frozen=True, slots=True)
class XceptionModule(Composite):
    """Separable convolutions, each behind an activation, and a shortcut around them; some halve the image."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "module"
    summary: ClassVar[str] = "Separable convolutions, each behind an activation, and a shortcut around them."
    paper: ClassVar[str] = PAPER.format("figure 5")
    year: ClassVar[int | None] = 2016
    widths: tuple[int, ...] = integers((728, 728, 728), most=8, help="channels of each separable convolution")
    halves: bool = flag(False, help="ends in a max pooling that halves the image, beside a projection that does")
    starts_activated: bool = flag(True, help="has an activation before its first convolution too")

    def body(self, shape: Shape) -> Chain:
        parts: list[Part] = []
        for number, width in enumerate(self.widths, start=1):
            if number > 1 or self.starts_activated:
                parts.append((f"relu{number}", ReLU()))
            parts += [(f"sepconv{number}", SeparableConv(width)), (f"bn{number}", BatchNorm2d())]
        if self.halves:
            parts.append(("pool", MaxPool2d(3, stride=2, padding=1)))
        return Chain(Add(Chain(*parts), self._shortcut(shape)))

    def describe(self) -> str:
        return ", ".join(map(str, self.widths)) + (", halves" if self.halves else "")

    def _shortcut(self, shape: Shape) -> Chain:
        last = self.widths[-1]
        if not self.halves and require_image(self, shape)[0] == last:
            return Chain()
        projection = Conv2d(last, 1, stride=2 if self.halves else 1, bias=False)
        return Chain(("projection", projection), ("projection_bn", BatchNorm2d()))
