"""The depthwise separable convolution of MobileNet: one filter for each channel, then 1x1 over all channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.core.block import Category, Composite, describe_window, register, require_image
from explorer.core.compose import Chain
from explorer.core.fields import integer
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class SeparableBlock(Composite):
    """One filter for each channel, then a 1x1 convolution, each with a norm and an activation."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "One filter for each channel, then 1 × 1, each with a norm and an activation."
    paper: ClassVar[str] = (
        "Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, 2017, "
        "figure 3."
    )
    year: ClassVar[int | None] = 2017
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the filters", unit="pixels")

    def body(self, shape: Shape) -> Chain:
        channels, size = require_image(self, shape)[0], self.kernel_size
        return Chain(
            ("depthwise", Conv2d(channels, size, self.stride, (size - 1) // 2, groups=channels, bias=False)),
            ("bn1", BatchNorm2d()),
            ("relu1", ReLU()),
            ("pointwise", Conv2d(self.out_channels, 1, bias=False)),
            ("bn2", BatchNorm2d()),
            ("relu2", ReLU()),
        )

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels))
