"""The fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import Backward, BlockError, Category, Layer, ModuleCall, Saved, register
from explorer.core.fields import flag, integer
from explorer.core.receptive_field import WHOLE, ReceptiveField
from explorer.core.shape import Shape, elements, format_shape


@register
@dataclass(frozen=True, slots=True)
class Linear(Layer):
    """A fully connected layer on a vector, or on the last dimension of any shape."""

    category: ClassVar[Category] = "linear"
    slot_name: ClassVar[str] = "fc"
    summary: ClassVar[str] = "Connects every input with every output."
    out_features: int = integer(10, minimum=1, help="length of the output; the number of classes in the last layer")
    bias: bool = flag(True, help="adds a learned number to every output")
    last_dim: bool = flag(False, help="works on the last dimension of any shape, as torch does, instead of a vector")

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1 and not self.last_dim:
            raise BlockError(
                f"Linear needs a vector, but {format_shape(shape)} arrives.",
                "Put a Flatten or a GlobalAvgPool before it.",
                "no_vector",
            )
        return (*shape[:-1], self.out_features)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        weight = (shape[-1], self.out_features)
        return (weight, (self.out_features,)) if self.bias else (weight,)

    def macs(self, shape: Shape, output: Shape) -> int:
        return elements(shape) * self.out_features

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        # behind a Flatten that is so already; on an image the last dimension is a row of pixels
        return WHOLE

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=backward.trainable)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.Linear", shape[-1], self.out_features, bias=self.bias)

    def describe(self) -> str:
        return str(self.out_features)
