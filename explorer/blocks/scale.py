"""A fixed factor on all values, which no training changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import Layer, ModuleCall, register
from explorer.core.fields import real
from explorer.core.shape import Shape


@register
@dataclass(frozen=True, slots=True)
class Scale(Layer):
    """Multiplies all values by one number, which is not learned."""

    slot_name: ClassVar[str] = "scale"
    summary: ClassVar[str] = "Multiplies all values by one number that is not learned."
    paper: ClassVar[str] = (
        "Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of Residual Connections on "
        "Learning, 2016, section 3.3."
    )
    year: ClassVar[int | None] = 2016
    factor: float = real(0.2, minimum=1e-3, maximum=1e3, help="by which all values are multiplied")

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.scale.Scale", self.factor)

    def describe(self) -> str:
        return f"× {self.factor:g}"
