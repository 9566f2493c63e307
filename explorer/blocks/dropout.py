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

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        if self.p == 1.0:
            return Saved(per_batch=FLOAT)  # one zero that all values are multiplied by
        return Saved(per_image=self._mask(shape, backward.device))

    def _mask(self, shape: Shape, device: str) -> int:
        """Bytes an image of what the values are multiplied by."""
        raise NotImplementedError

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

    def _mask(self, shape: Shape, device: str) -> int:
        return elements(shape) * (1 if device == "cuda" else FLOAT)  # CUDA's fused kernel keeps bytes


@register
@dataclass(frozen=True, slots=True)
class Dropout2d(_Dropout):
    """Sets whole channels to zero at random while training and scales the others up."""

    summary: ClassVar[str] = "Sets whole channels to zero at random while training."
    p: float = real(0.5, help="share of the channels that are left out")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def _mask(self, shape: Shape, device: str) -> int:
        return shape[0] * FLOAT
