"""Optimisers that can be told on the device to leave a step out."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from explorer.errors import TrainingError
from explorer.training.config import TrainConfig


def make_optimizer(config: TrainConfig, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser over the parameters that are trained.

    The fused kernels of all devices skip a step on the device itself when they are told that a gradient is not finite
    (see :func:`skip_unless_finite`), so nothing has to wait for that.

    Raises:
        TrainingError: If nothing is trained.
    """
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    if not trained:
        raise TrainingError("No parameter is trained: the network has none, or all are frozen. Unfreeze a block.")
    lr, weight_decay = config.lr, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            trained, lr=lr, momentum=config.momentum, nesterov=config.nesterov, weight_decay=weight_decay, fused=True
        )
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(trained, lr=lr, weight_decay=weight_decay, fused=True)


def skip_unless_finite(optimizer: torch.optim.Optimizer, bad: Tensor) -> None:
    """Has the next steps change nothing where ``bad`` is 1, the way gradient scaling does it.

    Args:
        optimizer: A fused optimiser.
        bad: 0 or 1, float32, on the device. ()
    """
    optimizer.grad_scale = None  # type: ignore[attr-defined]
    optimizer.found_inf = bad  # type: ignore[attr-defined]
