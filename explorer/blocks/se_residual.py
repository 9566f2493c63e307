"""The residual block with squeeze and excitation at the end of its branch, before the sum.

Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017: the blocks of SE-ResNet, of SE-ResNeXt, whose 3x3
convolution has groups, and of SENet-154, where half as many channels reach it as leave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.residual import STRIDE_IN
from explorer.blocks.squeeze_excite import SqueezeExcite
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Add, Chain
from explorer.core.fields import choice, integer
from explorer.core.shape import Shape

PROJECTIONS = ("1x1", "3x3")


@register
@dataclass(frozen=True, slots=True)
class SEBottleneck(Composite):
    """A bottleneck whose channels are weighed by gates before the shortcut is added."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "A bottleneck whose channels are weighed by gates before the shortcut is added."
    paper: ClassVar[str] = "Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017, figure 3."
    year: ClassVar[int | None] = 2017
    out_channels: int = integer(256, minimum=1, help="channels of the output")
    width: int = integer(64, minimum=1, help="channels of the 3 × 3 convolution")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the block", unit="pixels")
    stride_in: str = choice("1x1", STRIDE_IN, help="the convolution with the stride: 1x1 as published, or 3x3")
    reduction: int = integer(16, minimum=1, help="times fewer numbers inside the gates, r in the paper")
    groups: int = integer(1, minimum=1, help="groups of the 3 × 3 convolution: 32 in SE-ResNeXt, 64 in SENet-154")
    narrowing: int = integer(1, minimum=1, help="times fewer channels reach the 3 × 3 convolution: 2 in SENet-154")
    projection: str = choice("1x1", PROJECTIONS, help="the convolution of a shortcut with a stride: 3x3 in SENet-154")

    def body(self, shape: Shape) -> Chain:
        first, middle = (self.stride, 1) if self.stride_in == "1x1" else (1, self.stride)
        branch = Chain(
            ("conv1", Conv2d(max(1, self.width // self.narrowing), 1, first, bias=False)),
            ("bn1", BatchNorm2d()),
            ("relu1", ReLU()),
            ("conv2", Conv2d(self.width, 3, middle, padding=1, groups=self.groups, bias=False)),
            ("bn2", BatchNorm2d()),
            ("relu2", ReLU()),
            ("conv3", Conv2d(self.out_channels, 1, bias=False)),
            ("bn3", BatchNorm2d()),
            ("se", SqueezeExcite(max(1, self.out_channels // self.reduction))),
        )
        return Chain(Add(branch, self._shortcut(shape)), ("relu3", ReLU()))

    def describe(self) -> str:
        return f"{self.out_channels} channels" + (f", stride {self.stride}" if self.stride != 1 else "")

    def _shortcut(self, shape: Shape) -> Chain:
        if self.stride == 1 and require_image(self, shape)[0] == self.out_channels:
            return Chain()
        # SENet-154 projects by 1x1 where only the channels change, in its first stage
        kernel, padding = (3, 1) if self.projection == "3x3" and self.stride != 1 else (1, 0)
        convolution = Conv2d(self.out_channels, kernel, self.stride, padding=padding, bias=False)
        return Chain(("downsample", Chain(("0", convolution), ("1", BatchNorm2d()))))
