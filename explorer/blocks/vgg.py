"""The VGG block: 3x3 convolutions of one width, then a pooling that halves the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import MaxPool2d
from explorer.core.block import Category, Composite, register
from explorer.core.compose import Chain, Part
from explorer.core.fields import flag, integer
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class VGGBlock(Composite):
    """3x3 convolutions of one width, then a pooling that halves the image."""

    category: ClassVar[Category] = "convolution"
    slot_name: ClassVar[str] = "block"
    summary: ClassVar[str] = "3 × 3 convolutions of one width, then a pooling that halves the image."
    paper: ClassVar[str] = (
        "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014, section 2.1."
    )
    year: ClassVar[int | None] = 2014
    convolutions: int = integer(2, minimum=1, maximum=100, help="number of 3 × 3 convolutions")
    out_channels: int = integer(64, minimum=1, help="channels of the output")
    batch_norm: bool = flag(False, help="puts a batch norm behind every convolution")
    pool: bool = flag(True, help="halves the image at the end")

    def body(self, shape: Shape) -> Chain:
        parts: list[Part] = []
        for number in range(1, self.convolutions + 1):
            parts.append((f"conv{number}", Conv2d(self.out_channels, 3, padding=1)))
            if self.batch_norm:
                parts.append((f"bn{number}", BatchNorm2d()))
            parts.append((f"relu{number}", ReLU()))
        if self.pool:
            parts.append(("pool", MaxPool2d(2)))
        return Chain(*parts)

    def describe(self) -> str:
        return f"{self.convolutions} × 3 × 3, {self.out_channels} channels"
