"""Stochastic depth: branches of whole images left out at random while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import FLOAT, Backward, Layer, ModuleCall, Saved, register
from explorer.core.fields import real
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class StochasticDepth(Layer):
    """Sets whole images to zero at random while training: at the end of a branch, only its shortcut is left of them."""

    slot_name: ClassVar[str] = "stochastic_depth"
    summary: ClassVar[str] = "Leaves a branch out for some images while training, so that its shortcut is left."
    paper: ClassVar[str] = "Huang, Sun, Liu, Sedra, Weinberger: Deep Networks with Stochastic Depth, 2016."
    year: ClassVar[int | None] = 2016
    p: float = real(0.2, help="share of the images for which the branch is left out")

    def shares_storage(self) -> bool:
        return self.p == 0.0  # the module hands the input on

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(per_image=FLOAT)  # what each image is multiplied by

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.stochastic_depth.StochasticDepth", self.p)

    def describe(self) -> str:
        return f"p = {self.p:g}"
