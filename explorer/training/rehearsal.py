"""A dry run: one batch of noise, forward, backward and a step, on a module that is thrown away.

It finds in a second whether a run fits into memory, and how much it needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.training import health
from explorer.training.config import MAX_BATCH, TrainConfig
from explorer.training.device import Hardware, free_memory
from explorer.training.estimate import training_memory
from explorer.training.events import DryRun
from explorer.training.isolation import Isolation
from explorer.training.saved_bytes import SavedBytes
from explorer.training.session import Build
from explorer.training.trial import Trial

SHARE = 0.8  # of the free memory, at most, for a batch that is offered


def rehearse(network: Network, config: TrainConfig, hardware: Hardware, build: Build = assemble) -> DryRun:
    """Takes one step and measures it; whatever else goes on is left as it was.

    Args:
        network: What will be trained.
        config: How.
        hardware: With what.
        build: Makes the module of the network.
    """
    begun, measured = time.perf_counter(), None
    try:
        with Isolation(hardware.device, hardware.threads):
            measured = _measured(network, config, hardware, build)
    except (RuntimeError, MemoryError) as error:
        if not health.is_out_of_memory(error):
            raise
    if measured is None:
        health.release_memory()  # outside the except block, whose traceback keeps the tensors
    return DryRun(
        batch_size=config.batch_size,
        measured=measured,
        estimated=training_memory(analyse(network), config.batch_size, config.optimizer, config.momentum),
        seconds=time.perf_counter() - begun,
    )


def largest_batch(
    network: Network,
    config: TrainConfig,
    hardware: Hardware,
    build: Build = assemble,
    *,
    free: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """The largest power of two that fits as a batch, found by trial.

    A batch is tried only where the two before promise that it stays within four fifths of what is free: the CPU's
    memory does not refuse, it ends the process.

    Args:
        network: What will be trained.
        config: How; its batch size is left aside.
        hardware: With what.
        build: Makes the module of the network.
        free: Bytes that may be used; what the device has by default.
        stopped: Asked between two trials whether to leave it at what was found.

    Returns:
        Images a step; 0 if not even two fit.
    """
    limit = SHARE * (free_memory(hardware.device) if free is None else free)
    fits, before = 0, 0
    for size in _powers():
        measured = rehearse(network, replace(config, batch_size=size), hardware, build).measured
        if measured is None or measured > limit:
            break
        fits, growth, before = size, 2 * (measured - before), measured
        if stopped() or (size > 2 and measured + growth > limit):  # twice the images that came to the last one
            break
    return fits


def _powers() -> list[int]:
    return [1 << exponent for exponent in range(1, MAX_BATCH.bit_length())]


def _measured(network: Network, config: TrainConfig, hardware: Hardware, build: Build) -> int:
    if hardware.device.type == "cuda":
        return _peak(lambda: _step(Trial(network, config, hardware, build), config.batch_size), hardware.device)
    trial = Trial(network, config, hardware, build)
    weights = (*trial.module.parameters(), *trial.module.buffers())
    saved = SavedBytes(weights)
    with saved.counted():
        _step(trial, config.batch_size)
    # once more what is trained: its gradients
    lasting: int = sum(item.numel() * item.element_size() for item in (*weights, *trial.trained))
    return lasting + trial.remembered + saved.peak


def _peak(work: Callable[[], None], device: torch.device) -> int:
    before = torch.cuda.memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    work()
    return int(torch.cuda.max_memory_allocated(device)) - before


def _step(trial: Trial, images: int) -> None:
    trial.take_step(*trial.noise(images), 0.0)[0].item()  # waits for the device
