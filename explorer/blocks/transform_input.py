"""The change of normalisation in front of networks whose weights come from TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import Category, Layer, ModuleCall, register, require_image
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class TransformInput(Layer):
    """Takes images normalised as for torchvision's networks to values from -1 to 1, as TensorFlow's have them."""

    category: ClassVar[Category] = "normalisation"
    slot_name: ClassVar[str] = "transform_input"
    summary: ClassVar[str] = "From ImageNet's mean and deviation to values from −1 to 1, for weights from TensorFlow."

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.transform_input.TransformInput")
