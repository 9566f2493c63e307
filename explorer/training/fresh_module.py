"""The module of a network as a training begins with it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.device import Hardware
from explorer.training.initialisation import initialise
from explorer.training.narrow_maps import mend_narrow

Build = Callable[[Network], nn.Module]


def fresh_module(network: Network, config: TrainConfig, hardware: Hardware, build: Build) -> nn.Module:
    """A module with its first weights, on the device and in the layout in which it computes.

    It seeds torch's generator, so whoever calls it isolates it.

    Args:
        network: The network.
        config: The settings.
        hardware: With what to compute.
        build: Makes the module of the network.
    """
    torch.manual_seed(config.seed)
    module = build(network)  # on the CPU, so that all devices begin with the same weights
    initialise(module, config.initialisation)
    placed: nn.Module = module.to(device=hardware.device, memory_format=hardware.memory_format)  # type: ignore[call-overload]
    mend_narrow(placed, hardware)
    return placed
