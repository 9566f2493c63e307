"""Activations: one nonlinearity on every value. None works in place, so that what autograd keeps stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import Backward, Category, Layer, ModuleCall, Saved, register
from explorer.core.fields import real
from explorer.core.receptive_field import IDENTITY, WHOLE, ReceptiveField
from explorer.core.shape import Shape


class Activation(Layer):
    """What activations have in common: the shape stays, and the backward pass needs the input or the output."""

    __slots__ = ()

    category: ClassVar[Category] = "activation"
    keeps_output: ClassVar[bool] = False  # the gradient is written in terms of the output

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=not self.keeps_output, output=self.keeps_output)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of(f"torch.nn.{self.type_name()}")


@register
@dataclass(frozen=True, slots=True)
class ReLU(Activation):
    """max(0, x)."""

    slot_name: ClassVar[str] = "relu"
    summary: ClassVar[str] = "max(0, x)"
    paper: ClassVar[str] = "Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, 2010."
    year: ClassVar[int | None] = 2010
    keeps_output: ClassVar[bool] = True


@register
@dataclass(frozen=True, slots=True)
class ReLU6(Activation):
    """min(max(0, x), 6)."""

    slot_name: ClassVar[str] = "relu"
    summary: ClassVar[str] = "min(max(0, x), 6)"


@register
@dataclass(frozen=True, slots=True)
class LeakyReLU(Activation):
    """x where it is positive, a small part of it elsewhere."""

    slot_name: ClassVar[str] = "relu"
    summary: ClassVar[str] = "x where it is positive, a small part of it elsewhere"
    negative_slope: float = real(0.01, minimum=0.0, maximum=10.0, help="factor of negative values")

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.LeakyReLU", self.negative_slope)


@register
@dataclass(frozen=True, slots=True)
class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    slot_name: ClassVar[str] = "sigmoid"
    summary: ClassVar[str] = "1 / (1 + exp(−x))"
    keeps_output: ClassVar[bool] = True


@register
@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    """tanh(x)."""

    slot_name: ClassVar[str] = "tanh"
    summary: ClassVar[str] = "tanh(x)"
    keeps_output: ClassVar[bool] = True


@register
@dataclass(frozen=True, slots=True)
class GELU(Activation):
    """x times the normal distribution at x."""

    slot_name: ClassVar[str] = "gelu"
    summary: ClassVar[str] = "x · Φ(x), with the distribution function of the normal distribution"
    paper: ClassVar[str] = "Hendrycks, Gimpel: Gaussian Error Linear Units, 2016."
    year: ClassVar[int | None] = 2016


@register
@dataclass(frozen=True, slots=True)
class SiLU(Activation):
    """x times its sigmoid, also called swish."""

    slot_name: ClassVar[str] = "silu"
    summary: ClassVar[str] = "x · sigmoid(x), also called swish"


@register
@dataclass(frozen=True, slots=True)
class Hardswish(Activation):
    """x times its hard sigmoid."""

    slot_name: ClassVar[str] = "hardswish"
    summary: ClassVar[str] = "x · hard sigmoid(x)"
    paper: ClassVar[str] = "Howard et al.: Searching for MobileNetV3, 2019, section 5.2."
    year: ClassVar[int | None] = 2019


@register
@dataclass(frozen=True, slots=True)
class Hardsigmoid(Activation):
    """min(max(0, x + 3), 6) / 6."""

    slot_name: ClassVar[str] = "hardsigmoid"
    summary: ClassVar[str] = "min(max(0, x + 3), 6) / 6"


@register
@dataclass(frozen=True, slots=True)
class Softmax(Activation):
    """Shares that add up to one over the channels or classes.

    Training applies it inside the loss; in a network it is for reading probabilities.
    """

    slot_name: ClassVar[str] = "softmax"
    summary: ClassVar[str] = "Shares over the channels or classes that add up to one. The loss has its own."
    keeps_output: ClassVar[bool] = True

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        return IDENTITY if len(shape) == 3 else WHOLE

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.Softmax", dim=1)
