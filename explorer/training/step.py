"""One optimiser step, without waiting for the device."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from explorer.core.network import Network
from explorer.insight.preprocessing import main_output
from explorer.training.optim import skip_unless_finite

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
    """

    def __init__(
        self,
        module: nn.Module,
        optimizer: torch.optim.Optimizer,
        criterion: nn.Module,
        device: torch.device,
        autocast: torch.dtype | None,
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> None:
        self._module = module
        self._criterion = criterion
        self._device = device
        self._autocast = autocast
        # what counts for nothing is left out: 0 times an infinite loss would be NaN
        self._weights = {name: weight for name, weight in weights.items() if weight > 0.0}
        self._parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.optimizer = optimizer
        # fp16 has so small a range that gradients vanish unless the loss is scaled up
        self.scaler = torch.amp.GradScaler(device.type) if autocast == torch.float16 else None

    def __call__(self, images: Tensor, labels: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
        """Takes a step.

        Args:
            images: Prepared images. (N, C, H, W)
            labels: (N,), or the share of each class in each image (N, classes).
            lr: The learning rate.

        Returns:
            The mean loss, the number of right predictions (of an image with several classes: that of the largest
            share), and 1 where a number is not finite, else 0; on the device.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        with torch.autocast(self._device.type, self._autocast, enabled=self._autocast is not None):
            outputs = self._module(images)
            loss = self._loss(outputs, labels)
        self.optimizer.zero_grad(set_to_none=True)
        bad = self._update(loss)
        correct = (main_output(outputs).detach().argmax(dim=1) == hard(labels)).sum()
        return loss.detach(), correct, bad

    def _loss(self, outputs: Tensor | Mapping[str, Tensor], labels: Tensor) -> Tensor:
        loss: Tensor = self._criterion(main_output(outputs), labels)
        if isinstance(outputs, Mapping):
            for name, weight in self._weights.items():
                loss = loss + weight * self._criterion(outputs[name], labels)
        return loss

    def _update(self, loss: Tensor) -> Tensor:
        finite = torch.isfinite(loss.detach())
        if self.scaler is not None:  # an infinite gradient is usual then: the scaler skips the step
            self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            self.scaler.step(self.optimizer)
            self.scaler.update()
            return (~finite).float()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.get_total_norm([item.grad for item in self._parameters if item.grad is not None])
        bad = (~(finite & torch.isfinite(norm))).float()
        skip_unless_finite(self.optimizer, bad)
        self.optimizer.step()
        return bad
