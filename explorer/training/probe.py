"""How many threads are fastest for a network on this computer, just now: measured, since no rule knows.

Two threads on two idle cores beat one; on cores that others use, the threads of a step wait for each other and one can
be ten times faster than two. The number belongs into the settings of a run, because it decides the last bits.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import nn

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.device import settle
from explorer.training.initialisation import initialise
from explorer.training.isolation import Isolation
from explorer.training.optim import make_optimizer
from explorer.training.session import Build
from explorer.training.step import Stepper, loss_weights


def fastest_threads(network: Network, config: TrainConfig, seconds: float = 1.0, *, build: Build = assemble) -> int:
    """Tries a few steps with each thread count worth trying; whatever else goes on is left as it was.

    Args:
        network: What will be trained.
        config: How; a thread count in it is left aside.
        seconds: How long to try, about; each count is tried at least once.
        build: Makes the module of the network.

    Returns:
        The count with the fastest step; PyTorch's own where the CPU does not train.

    Raises:
        ExplorerError: If the network has problems or the device cannot do what the settings ask for.
    """
    hardware = settle(config, threads=torch.get_num_threads())
    most = torch.get_num_threads()
    candidates = sorted({most, most - 1, most // 2, 1} - {0}, reverse=True)
    if hardware.device.type != "cpu" or len(candidates) == 1:
        return most
    with Isolation(hardware.device, most):
        torch.manual_seed(0)
        module = build(network)
        initialise(module, config.initialisation)
        module = module.to(memory_format=hardware.memory_format)
        take_step = Stepper(
            module,
            make_optimizer(config, module.parameters()),
            nn.CrossEntropyLoss(),
            hardware.device,
            hardware.autocast,
            loss_weights(network),
        )
        images = torch.randn(config.batch_size, *network.input_shape).contiguous(memory_format=hardware.memory_format)
        labels = torch.randint((analyse(network).output_shape or (1,))[0], (config.batch_size,))
        return _fastest(lambda: take_step(images, labels, 0.0), candidates, seconds)


def _fastest(step: Callable[[], object], candidates: list[int], seconds: float) -> int:
    """The count with the shortest step in rounds that take turns, so that a busy moment meets all of them."""
    step()  # the first one is slow everywhere
    shortest = dict.fromkeys(candidates, float("inf"))
    until = time.perf_counter() + seconds
    while True:
        for threads in candidates:
            torch.set_num_threads(threads)
            begun = time.perf_counter()
            step()
            shortest[threads] = min(shortest[threads], time.perf_counter() - begun)
        if time.perf_counter() >= until:
            return min(candidates, key=lambda threads: shortest[threads])
