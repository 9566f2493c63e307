"""One optimiser step, without waiting for the device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from explorer.core.lr_factors import USUAL
from explorer.core.network import Network
from explorer.insight.preprocessing import main_output
from explorer.training.average import WeightAverage
from explorer.training.optim import FACTOR, skip_unless_finite
from explorer.training.order import part_sizes

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
        loss, correct = _sums([self._differentiate(*part) for part in self._in_parts(images, labels)])
        bad = self._update(loss)
        if self._average is not None:
            self._average.update()
        return loss, correct, bad

    def _in_parts(self, images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor, float]]:
        """The parts of a batch, and the share of the mean loss that each one has."""
        sizes = part_sizes(len(images), self._parts)
        for part, targets in zip(images.split(sizes), labels.split(sizes), strict=True):  # type: ignore[no-untyped-call]
            yield part, targets, len(part) / len(images)

    def _differentiate(self, images: Tensor, labels: Tensor, share: float) -> tuple[Tensor, Tensor]:
        """Adds the gradient of a part of a batch; its share of the mean loss, and the number of right predictions."""
        outputs, loss = self._forward(self._module, images, labels)
        right = (main_output(outputs).detach().argmax(dim=1) == hard(labels)).sum()
        loss, figures = self._weighed(loss, right, share)
        (loss if self.scaler is None else self.scaler.scale(loss)).backward()  # type: ignore[no-untyped-call]
        return figures

    def _weighed(self, loss: Tensor, right: Tensor, share: float) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """What is differentiated, and the figures to tell, of the loss of a part with that share of the batch."""
        if share != 1.0:
            loss = loss * share
        return loss, (loss.detach(), right)

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of a batch, a scalar, by which no weight is moved."""
        return self._forward(self._module, images, labels)[1]

    def _forward(
        self, module: nn.Module, images: Tensor, labels: Tensor
    ) -> tuple[Tensor | Mapping[str, Tensor], Tensor]:
        with torch.autocast(self._device.type, self._autocast, enabled=self._autocast is not None):
            outputs = module(images)
            return outputs, self._loss(outputs, labels)

    def _loss(self, outputs: Tensor | Mapping[str, Tensor], labels: Tensor) -> Tensor:
        loss: Tensor = self._criterion(main_output(outputs), labels)
        if isinstance(outputs, Mapping):
            for name, weight in self._weights.items():
                loss = loss + weight * self._criterion(outputs[name], labels)
        return loss

    def _update(self, loss: Tensor) -> Tensor:
        if self.scaler is not None:  # an infinite gradient is usual then: the scaler skips the step
            if self._clip_norm:
                self.scaler.unscale_(self.optimizer)
                self._clip(self._norm())
            self.scaler.step(self.optimizer)
            self.scaler.update()
            return _not_finite(loss)
        norm = self._norm()
        self._clip(norm)
        bad = _not_finite(loss + norm)
        skip_unless_finite(self.optimizer, bad)
        self.optimizer.step()
        return bad

    def _norm(self) -> Tensor:
        return nn.utils.get_total_norm([item.grad for item in self._parameters if item.grad is not None])

    def _clip(self, norm: Tensor) -> None:
        if self._clip_norm:
            nn.utils.clip_grads_with_norm_(self._parameters, self._clip_norm, norm)


def _not_finite(number: Tensor) -> Tensor:
    """1 for an infinite number or none, else 0: in three kernels, where ``isfinite`` alone has four."""
    return (number - number != 0).float()


def _sums(figures: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """The loss and the right predictions of a batch, from those of its parts."""
    if len(figures) == 1:
        return figures[0]
    losses, right = zip(*figures, strict=True)
    return torch.stack(losses).sum(), torch.stack(right).sum()
