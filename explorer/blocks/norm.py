"""Normalisation layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.core.block import (
    FLOAT,
    Backward,
    BlockError,
    Category,
    Layer,
    ModuleCall,
    Saved,
    register,
    require_image,
)
from explorer.core.fields import flag, integer, real
from explorer.core.shape import Shape, elements, format_shape


@register
@dataclass(frozen=True, slots=True)
class BatchNorm2d(Layer):
    """Normalises every channel over the batch and the image."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "bn"
    summary: ClassVar[str] = "Normalises every channel over the batch."
    paper: ClassVar[str] = "Ioffe, Szegedy: Batch Normalization, 2015."
    year: ClassVar[int | None] = 2015
    eps: float = real(1e-5, minimum=1e-20, maximum=1.0, help="added to the variance, against division by zero")
    momentum: float = real(0.1, help="share of the newest batch in the running statistics")
    affine: bool = flag(True, help="learns a factor and an offset for every channel")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((2, shape[0]),) if self.affine else ()

    def smallest_batch(self, shape: Shape) -> int:
        return 2 if elements(shape[1:]) == 1 else 1  # torch refuses statistics over a single value

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        # the batch's mean and inverse deviation; a frozen one keeps to its running statistics
        return Saved(input=True, per_batch=2 * shape[0] * FLOAT if backward.trainable else 0)

    def module(self, shape: Shape) -> ModuleCall:
        keywords = {"eps": self.eps, "momentum": self.momentum, "affine": self.affine}
        return ModuleCall.of("torch.nn.BatchNorm2d", shape[0], **keywords)


@register
@dataclass(frozen=True, slots=True)
class LayerNorm(Layer):
    """Normalises every image over its last dimensions."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "norm"
    summary: ClassVar[str] = "Normalises every image over its last dimensions."
    paper: ClassVar[str] = "Ba, Kiros, Hinton: Layer Normalization, 2016."
    year: ClassVar[int | None] = 2016
    dims: int = integer(3, minimum=1, maximum=4, help="how many trailing dimensions are normalised together")
    eps: float = real(1e-5, maximum=1.0, help="added to the variance, against division by zero")
    affine: bool = flag(True, help="learns a factor and an offset for every value")

    def output_shape(self, shape: Shape) -> Shape:
        if self.dims > len(shape):
            raise BlockError(
                f"LayerNorm over {self.dims} dimensions cannot take {format_shape(shape)}.",
                f"Set dims to at most {len(shape)}.",
                "norm_dims",
            )
        return shape

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((2, *shape[-self.dims :]),) if self.affine else ()

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        groups = elements(shape[: -self.dims])
        return Saved(input=True, per_image=2 * groups * FLOAT)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.LayerNorm", shape[-self.dims :], eps=self.eps, elementwise_affine=self.affine)


@register
@dataclass(frozen=True, slots=True)
class GroupNorm(Layer):
    """Normalises groups of channels, image by image."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "norm"
    summary: ClassVar[str] = "Normalises groups of channels, image by image."
    paper: ClassVar[str] = "Wu, He: Group Normalization, 2018."
    year: ClassVar[int | None] = 2018
    groups: int = integer(32, minimum=1, help="number of groups of channels")
    eps: float = real(1e-5, maximum=1.0, help="added to the variance, against division by zero")
    affine: bool = flag(True, help="learns a factor and an offset for every channel")

    def output_shape(self, shape: Shape) -> Shape:
        if shape[0] % self.groups:
            raise BlockError(
                f"GroupNorm cannot split {shape[0]} channels into {self.groups} equal groups.",
                "Choose a number of groups that divides the channels.",
                "groups",
            )
        if elements(shape) == self.groups:  # torch refuses to evaluate a single image, and of more only zeros are left
            raise BlockError(
                f"GroupNorm has a single value of {format_shape(shape)} in each group, and nothing to compare it with.",
                "Use fewer groups, or put it where the image is larger.",
            )
        return shape

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((2, shape[0]),) if self.affine else ()

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        return Saved(input=True, per_image=2 * self.groups * FLOAT)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.GroupNorm", self.groups, shape[0], eps=self.eps, affine=self.affine)

    def describe(self) -> str:
        return f"{self.groups} groups"


@register
@dataclass(frozen=True, slots=True)
class LocalResponseNorm(Layer):
    """Divides by the strength of neighbouring channels."""

    category: ClassVar[Category] = "normalisation"
    slot_name: ClassVar[str] = "lrn"
    summary: ClassVar[str] = "Divides every value by the strength of neighbouring channels."
    paper: ClassVar[str] = (
        "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012, "
        "section 3.3."
    )
    year: ClassVar[int | None] = 2012
    # torch divides alpha by the size, the paper does not: its alpha of 1e-4 is torch's 5e-4
    neighbours: int = integer(5, minimum=1, maximum=255, help="channels that are taken together")
    alpha: float = real(1e-4, maximum=1e3, help="factor of the squares, divided by the number of channels as in torch")
    beta: float = real(0.75, maximum=10.0, help="exponent")
    k: float = real(1.0, maximum=1e3, help="added to the sum")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        # kept: the input, the squares with channels of zeros on both sides, their scaled mean and its power
        channels, height, width = shape
        padded = (channels + self.neighbours - 1) * height * width
        return Saved(input=True, per_image=(padded + 2 * elements(shape)) * FLOAT)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("torch.nn.LocalResponseNorm", self.neighbours, alpha=self.alpha, beta=self.beta, k=self.k)

    def describe(self) -> str:
        return f"{self.neighbours} channels"


@register
@dataclass(frozen=True, slots=True)
class L2Norm2d(Layer):
    """Divides the channels of every pixel by their length, and multiplies each channel by a learned factor."""

    category: ClassVar[Category] = "normalisation"
    statistics: ClassVar[bool] = True
    slot_name: ClassVar[str] = "norm"
    summary: ClassVar[str] = "Scales the channels of every pixel to a learned length."
    paper: ClassVar[str] = "Liu, Rabinovich, Berg: ParseNet: Looking Wider to See Better, 2015, section 3.3."
    year: ClassVar[int | None] = 2015
    scale: float = real(20.0, maximum=1e3, help="the learned factors before training")

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        return ((shape[0],),)

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        # the reciprocal length of every pixel, and for the factors what they multiply
        lengths = elements(shape[1:]) if backward.input_needs_grad else 0
        shrunk = elements(shape) if backward.trainable else 0
        return Saved(input=backward.input_needs_grad, per_image=(lengths + shrunk) * FLOAT)

    def module(self, shape: Shape) -> ModuleCall:
        return ModuleCall.of("explorer.modules.l2_norm2d.L2Norm2d", shape[0], self.scale)

    def describe(self) -> str:
        return f"to {self.scale:g}"
