"""The inverted residual of MobileNetV2: narrow where its shortcut is, wide where its filters are, one for a channel.

MNASNet found the same block by search. Slots carry the names of torchvision's two networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import Activation, ReLU, ReLU6
from explorer.blocks.conv import Conv2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.norm import BatchNorm2d
from explorer.core.block import Block, Category, Composite, describe_window, register, require_image
from explorer.core.compose import Add, Chain
from explorer.core.fields import choice, integer, real
from explorer.core.shape import MAX_CHANNELS, Shape

ACTIVATIONS: dict[str, type[Activation]] = {"relu6": ReLU6, "relu": ReLU}
NAMING = ("mobilenet", "mnasnet")


def residual(branch: Chain, *, joined: bool, behind: Chain | None = None) -> Chain:
    """A branch with a shortcut around it where ``joined`` says so, and what stands in the branch alone with one."""
    if not joined:
        return branch
    return Chain(Add(Chain(*branch.slots, *(behind or Chain()).slots), Chain()))


def numbered_chain(blocks: list[Block]) -> Chain:
    """Blocks under the names of a Sequential."""
    return Chain(*((str(number), block) for number, block in enumerate(blocks)))


@register
@dataclass(frozen=True, slots=True)
class InvertedResidual(Composite):
    """A 1x1 convolution to more channels, a filter for each of them, and a 1x1 convolution back, with a shortcut."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = (
        "1 × 1 to more channels, one filter each, and 1 × 1 back; a shortcut where the shape stays."
    )
    paper: ClassVar[str] = (
        "Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, "
        "figure 4 (d)."
    )
    year: ClassVar[int | None] = 2018
    out_channels: int = integer(24, minimum=1, help="channels of the output")
    expansion: int = integer(6, minimum=1, maximum=64, help="times as many channels inside as arrive")
    kernel_size: int = integer(3, minimum=1, maximum=63, help="height and width of the filters", unit="pixels")
    stride: int = integer(1, minimum=1, maximum=63, help="stride of the filters", unit="pixels")
    activation: str = choice("relu6", tuple(ACTIVATIONS), help="the nonlinearity behind the first two convolutions")
    momentum: float = real(0.1, help="share of the newest batch in the running statistics of the batch norms")
    naming: str = choice("mobilenet", NAMING, help="the network of torchvision whose names the parts have")

    def body(self, shape: Shape) -> Chain:
        channels = require_image(self, shape)[0]
        joined = self.stride == 1 and channels == self.out_channels
        wide = min(channels * self.expansion, MAX_CHANNELS + 1)  # one more than there can be is refused further on
        if self.naming == "mnasnet":
            return residual(Chain(("layers", self._flat(wide))), joined=joined)
        return residual(Chain(("conv", self._nested(wide, expands=self.expansion > 1))), joined=joined)

    def describe(self) -> str:
        return describe_window(self, str(self.out_channels), f"× {self.expansion} inside")

    def _nested(self, wide: int, *, expands: bool) -> Chain:
        narrow: list[Block] = [Conv2d(self.out_channels, 1, bias=False), BatchNorm2d(momentum=self.momentum)]
        first: list[Block] = [self._block(wide, 1)] if expands else []
        depthwise = self._block(wide, self.kernel_size, self.stride, groups=wide)
        return numbered_chain([*first, depthwise, *narrow])

    def _block(self, channels: int, kernel: int, stride: int = 1, groups: int = 1) -> ConvBlock:
        return ConvBlock(
            channels,
            kernel,
            stride,
            (kernel - 1) // 2,
            groups=groups,
            activation=self.activation,
            momentum=self.momentum,
            naming="numbers",
        )

    def _flat(self, wide: int) -> Chain:
        def normed(convolution: Conv2d) -> list[Block]:
            return [convolution, BatchNorm2d(momentum=self.momentum)]

        size, activation = self.kernel_size, ACTIVATIONS[self.activation]()
        depthwise = Conv2d(wide, size, self.stride, (size - 1) // 2, groups=wide, bias=False)
        first, middle, last = (
            normed(convolution)
            for convolution in (Conv2d(wide, 1, bias=False), depthwise, Conv2d(self.out_channels, 1, bias=False))
        )
        return numbered_chain([*first, activation, *middle, activation, *last])
