"""The residual block that is left out at random while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.reshape import ZeroPadShortcut
from explorer.blocks.stochastic_depth import StochasticDepth
from explorer.core.block import Category, Composite, register, require_image
from explorer.core.compose import Add, Chain
from explorer.core.fields import integer, real
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class StochasticBlock(Composite):
    """Two 3x3 convolutions that are left out for some images while training, and the shortcut around them."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "Two 3 × 3 convolutions, left out for some images while training, and a shortcut."
    paper: ClassVar[str] = (
        "Huang, Sun, Liu, Sedra, Weinberger: Deep Networks with Stochastic Depth, 2016, section 3 and figure 2."
    )
    year: ClassVar[int | None] = 2016
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the first convolution", unit="pixels")
    drop: float = real(0.5, help="share of the images for which only the shortcut is left, while training")

    def body(self, shape: Shape) -> Chain:
        branch = Chain(
            ("conv1", Conv2d(self.out_channels, 3, self.stride, padding=1, bias=False)),
            ("bn1", BatchNorm2d()),
            ("relu1", ReLU()),
            ("conv2", Conv2d(self.out_channels, 3, padding=1, bias=False)),
            ("bn2", BatchNorm2d()),
            ("stochastic_depth", StochasticDepth(self.drop)),
        )
        changes = self.stride != 1 or require_image(self, shape)[0] != self.out_channels
        shortcut = Chain(("downsample", ZeroPadShortcut(self.out_channels, self.stride))) if changes else Chain()
        return Chain(Add(branch, shortcut), ("relu2", ReLU()))

    def describe(self) -> str:
        stride = f", stride {self.stride}" if self.stride != 1 else ""
        return f"{self.out_channels} channels{stride}, p = {self.drop:.2g}"
