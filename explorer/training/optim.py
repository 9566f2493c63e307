"""Optimisers that can be told on the device to leave a step out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from explorer.core.lr_factors import USUAL, LrFactors, factor_at
from explorer.errors import TrainingError
from explorer.training.config import TrainConfig

_NO_FACTORS: Mapping[nn.Parameter, float] = MappingProxyType({})
FACTOR = "lr_factor"  # the key under which a group of parameters has its multiple of the learning rate


def make_optimizer(
    config: TrainConfig, parameters: Iterable[nn.Parameter], factors: Mapping[nn.Parameter, float] = _NO_FACTORS
) -> torch.optim.Optimizer:
    """The optimiser over the parameters that are trained, those of one learning rate in a group.

    The fused kernels of all devices skip a step on the device itself when they are told that a gradient is not finite
    (see :func:`skip_unless_finite`), so nothing has to wait for that.

    Args:
        config: The settings.
        parameters: All parameters.
        factors: The multiples of the learning rate at which some are trained.

    Raises:
        TrainingError: If nothing is trained.
    """
    by_factor: dict[float, list[nn.Parameter]] = {}
    for parameter in parameters:
        if parameter.requires_grad:
            by_factor.setdefault(factors.get(parameter, USUAL), []).append(parameter)
    if not by_factor:
        raise TrainingError("No parameter is trained: the network has none, or all are frozen. Unfreeze a block.")
    trained = [{"params": group, FACTOR: factor} for factor, group in by_factor.items()]
    lr, weight_decay = config.lr, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            trained, lr=lr, momentum=config.momentum, nesterov=config.nesterov, weight_decay=weight_decay, fused=True
        )
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(trained, lr=lr, weight_decay=weight_decay, fused=True)


def rate_factors(module: nn.Module, factors: LrFactors) -> dict[nn.Parameter, float]:
    """The multiples of the learning rate at which parameters of an assembled network are trained."""
    if not factors:
        return {}
    named = module.named_parameters()
    return {parameter: factor_at(factors, tuple(name.split("."))) for name, parameter in named}


def skip_unless_finite(optimizer: torch.optim.Optimizer, bad: Tensor) -> None:
    """Has the next steps change nothing where ``bad`` is 1, the way gradient scaling does it.

    Args:
        optimizer: A fused optimiser.
        bad: 0 or 1, float32, on the device. ()
    """
    optimizer.grad_scale = None  # type: ignore[attr-defined]
    optimizer.found_inf = bad  # type: ignore[attr-defined]
