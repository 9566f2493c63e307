"""The inception module (Szegedy et al.: Going Deeper with Convolutions, 2014, figure 2b).

Four branches see one input and their channels are joined. Slots carry torchvision's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.pool import MaxPool2d
from explorer.core.block import Block, BlockError, Category, Composite, register
from explorer.core.compose import Chain, Concat
from explorer.core.fields import choice, flag, integer, integers
from explorer.core.shape import Shape, Size, pair

KERNELS = ("5x5", "3x3")
EPS = 1e-3  # of the batch norms, as in TensorFlow's inception networks and torchvision's


def inception_conv(
    out_channels: int, kernel: Size, stride: int = 1, *, padded: bool = True, batch_norm: bool = True
) -> ConvBlock:
    """A convolution of an inception network: padded, the image keeps its size; a bias where no batch norm follows."""
    height, width = pair(kernel)
    padding = (height // 2, width // 2) if padded else 0
    norm = "batch" if batch_norm else "none"
    return ConvBlock(out_channels, kernel, stride, padding, bias=not batch_norm, norm=norm, eps=EPS)


def two_numbers(block: Block, name: str) -> tuple[int, int]:
    """The two numbers of a field.

    Raises:
        BlockError: If there is only one.
    """
    numbers: tuple[int, ...] = getattr(block, name)
    if len(numbers) != 2:
        raise BlockError(
            f"{name} of {block.type_name()} holds one number; it needs two, of the reduction and of the convolution.",
            "Give both, such as 96, 128.",
            "two_numbers",
        )
    return numbers[0], numbers[1]


@register
@dataclass(frozen=True, slots=True)
class Inception(Composite):
    """Filters of 1x1, 3x3 and 5x5 and a pooling side by side, each behind or before a 1x1 reduction."""

    category: ClassVar[Category] = "merge"
    slot_name: ClassVar[str] = "inception"
    summary: ClassVar[str] = "Filters of 1 × 1, 3 × 3 and 5 × 5 and a pooling side by side."
    paper: ClassVar[str] = "Szegedy et al.: Going Deeper with Convolutions, 2014, figure 2b."
    year: ClassVar[int | None] = 2014
    branch1: int = integer(64, minimum=1, help="channels of the 1 × 1 convolution")
    branch2: tuple[int, ...] = integers(
        (96, 128), most=2, help="channels of the reduction and of the 3 × 3 convolution"
    )
    branch3: tuple[int, ...] = integers((16, 32), most=2, help="channels of the reduction and of the 5 × 5 convolution")
    branch4: int = integer(32, minimum=1, help="channels of the 1 × 1 convolution behind the max pooling")
    # torchvision's googlenet has 3x3 where the paper has 5x5 (pytorch/vision issue 906)
    branch3_kernel: str = choice("5x5", KERNELS, help="5x5 as in the paper, 3x3 as in torchvision's googlenet")
    batch_norm: bool = flag(False, help="puts a batch norm behind every convolution, in place of its bias")

    def body(self, shape: Shape) -> Chain:
        def conv(out_channels: int, kernel: int) -> ConvBlock:
            return inception_conv(out_channels, kernel, batch_norm=self.batch_norm)

        reduced2, wide2 = two_numbers(self, "branch2")
        reduced3, wide3 = two_numbers(self, "branch3")
        return Chain(
            Concat(
                ("branch1", conv(self.branch1, 1)),
                ("branch2", Chain(("0", conv(reduced2, 1)), ("1", conv(wide2, 3)))),
                ("branch3", Chain(("0", conv(reduced3, 1)), ("1", conv(wide3, int(self.branch3_kernel[0]))))),
                ("branch4", Chain(("0", MaxPool2d(3, stride=1, padding=1)), ("1", conv(self.branch4, 1)))),
            )
        )

    def describe(self) -> str:
        widths = (self.branch1, self.branch2, self.branch3, self.branch4)
        return ", ".join("–".join(map(str, width)) if isinstance(width, tuple) else str(width) for width in widths)
