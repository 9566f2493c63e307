"""Dropout: values or whole channels left out at random while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import FLOAT, Backward, Layer, ModuleCall, Saved, register, require_image
from explorer.core.fields import real
from explorer.core.shape import Shape, elements


class _Dropout(Layer):
    __slots__ = ()

    slot_name: ClassVar[str] = "dropout"
    paper: ClassVar[str] = "Srivastava et al.: Dropout, 2014."
    year: ClassVar[int | None] = 2014
    p: float

    def shares_storage(self) -> bool:
        return self.p == 0.0  # torch hands the input on

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of(f"torch.nn.{self.type_name()}", self.p)

    def describe(self) -> str:
        return f"p = {self.p:g}"


@register
@dataclass(frozen=True, slots=True)
class Dropout(_Dropout):
    """Sets values to zero at random while training and scales the others up."""

    summary: ClassVar[str] = "Sets values to zero at random while training."
    p: float = real(0.5, help="share of the values that are left out")

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        if backward.device == "cuda":
            return Saved(per_image=elements(shape))  # the fused kernel keeps a mask of bytes
        return Saved() if self.p == 1.0 else Saved(per_image=elements(shape) * FLOAT)


@register
@dataclass(frozen=True, slots=True)
class Dropout2d(_Dropout):
    """Sets whole channels to zero at random while training and scales the others up."""

    summary: ClassVar[str] = "Sets whole channels to zero at random while training."
    p: float = real(0.5, help="share of the channels that are left out")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved() if self.p == 1.0 else Saved(per_image=shape[0] * FLOAT)
