"""One optimiser step, without waiting for the device."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from explorer.core.lr_factors import USUAL
from explorer.core.network import Network
from explorer.insight.preprocessing import main_output
from explorer.training.average import WeightAverage
from explorer.training.optim import FACTOR, skip_unless_finite

NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


def loss_weights(network: Network) -> dict[str, float]:
    """How much the loss of each further output counts beside that of the main one, which counts once."""
    return {output.name: output.weight for output in network.count().outputs}


def hard(labels: Tensor) -> Tensor:
    """The class of each image (N,); where it has shares of several, that of the largest."""
    return labels.argmax(dim=1) if labels.ndim == 2 else labels


class Stepper:
    """Takes optimiser steps; a step whose loss or gradient is not finite changes no weight.

    Args:
        module: What is trained.
        optimizer: A fused optimiser over its parameters.
        criterion: Logits and labels, or shares of classes, to a mean loss.
        device: Where both lie.
        autocast: The number format of the forward pass, or None for float32.
        weights: How much the loss of each further output counts, by name; the main output counts once.
        clip_norm: The length that the gradient of all parameters together is cut to; 0 leaves it.
        parts: In how many parts a batch is computed, one after the other, where each then has two images or more.
        average: Follows the weights.
    """

    def __init__(
        self,
        module: nn.Module,
        optimizer: torch.optim.Optimizer,
        criterion: nn.Module,
        device: torch.device,
        autocast: torch.dtype | None,
        weights: Mapping[str, float] = NO_WEIGHTS,
        *,
        clip_norm: float = 0.0,
        parts: int = 1,
        average: WeightAverage | None = None,
    ) -> None:
        self._module = module
        self._criterion = criterion
        self._device = device
        self._autocast = autocast
        self._clip_norm, self._parts, self._average = clip_norm, parts, average
        # what counts for nothing is left out: 0 times an infinite loss would be NaN
        self._weights = {name: weight for name, weight in weights.items() if weight > 0.0}
        self._parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        # kept here, since a checkpoint of before there were factors brings groups without any
        self._factors = [group.get(FACTOR, USUAL) for group in optimizer.param_groups]
        self.optimizer = optimizer
        # fp16 has so small a range that gradients vanish unless the loss is scaled up
        self.scaler = torch.amp.GradScaler(device.type) if autocast == torch.float16 else None

    def __call__(self, images: Tensor, labels: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
        """Takes a step.

        Args:
            images: Prepared images. (N, C, H, W)
            labels: (N,), or the share of each class in each image (N, classes).
            lr: The learning rate, of which each group of parameters takes its multiple.

        Returns:
            The mean loss, the number of right predictions (of an image with several classes: that of the largest
            share), and 1 where a number is not finite, else 0; on the device.
        """
        for group, factor in zip(self.optimizer.param_groups, self._factors, strict=True):
            group["lr"] = lr * factor
        self.optimizer.zero_grad(set_to_none=True)
        parts = min(self._parts, max(len(images) // 2, 1))
        figures = [self._differentiate(*part, len(images)) for part in _cut(images, labels, parts)]
        loss, correct = figures[0] if parts == 1 else [torch.stack(each).sum(0) for each in zip(*figures, strict=True)]
        bad = self._update(torch.isfinite(loss))
        if self._average is not None:
            self._average.update()
        return loss, correct, bad

    def _differentiate(self, images: Tensor, labels: Tensor, of: int) -> tuple[Tensor, Tensor]:
        """Adds the gradient of a part of a batch; its share of the mean loss, and the number of right predictions."""
        outputs, loss = self._forward(images, labels)
        if len(images) != of:
            loss = loss * (len(images) / of)
        (loss if self.scaler is None else self.scaler.scale(loss)).backward()  # type: ignore[no-untyped-call]
        return loss.detach(), (main_output(outputs).detach().argmax(dim=1) == hard(labels)).sum()

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of a batch, a scalar, by which no weight is moved."""
        return self._forward(images, labels)[1]

    def _forward(self, images: Tensor, labels: Tensor) -> tuple[Tensor | Mapping[str, Tensor], Tensor]:
        with torch.autocast(self._device.type, self._autocast, enabled=self._autocast is not None):
            outputs = self._module(images)
            return outputs, self._loss(outputs, labels)

    def _loss(self, outputs: Tensor | Mapping[str, Tensor], labels: Tensor) -> Tensor:
        loss: Tensor = self._criterion(main_output(outputs), labels)
        if isinstance(outputs, Mapping):
            for name, weight in self._weights.items():
                loss = loss + weight * self._criterion(outputs[name], labels)
        return loss

    def _update(self, finite: Tensor) -> Tensor:
        if self.scaler is not None:  # an infinite gradient is usual then: the scaler skips the step
            if self._clip_norm:
                self.scaler.unscale_(self.optimizer)
                self._clip(self._norm())
            self.scaler.step(self.optimizer)
            self.scaler.update()
            return (~finite).float()
        norm = self._norm()
        self._clip(norm)
        bad = (~(finite & torch.isfinite(norm))).float()
        skip_unless_finite(self.optimizer, bad)
        self.optimizer.step()
        return bad

    def _norm(self) -> Tensor:
        return nn.utils.get_total_norm([item.grad for item in self._parameters if item.grad is not None])

    def _clip(self, norm: Tensor) -> None:
        if self._clip_norm:
            nn.utils.clip_grads_with_norm_(self._parameters, self._clip_norm, norm)


def _cut(images: Tensor, labels: Tensor, parts: int) -> list[tuple[Tensor, Tensor]]:
    """A batch in parts that differ by at most one image."""
    return list(zip(images.tensor_split(parts), labels.tensor_split(parts), strict=True))
