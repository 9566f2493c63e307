"""A dry run: a batch of noise, forward, backward and a step, on a module that is thrown away.

It finds in a second whether a run fits into memory, and how much it needs.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import torch

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.datasets.base import Dataset
from explorer.training import health, host_memory
from explorer.training.alternatives import Alternative, smaller
from explorer.training.checks import require_fit, require_image_network
from explorer.training.config import MAX_BATCH, TrainConfig
from explorer.training.control import Control
from explorer.training.device import Hardware, free_memory, settle
from explorer.training.estimate import heaviest, training_memory
from explorer.training.events import BatchFound, DryRun, Event
from explorer.training.fresh_module import Build
from explorer.training.isolation import Isolation
from explorer.training.live_bytes import LiveBytes
from explorer.training.pace import measure_pace
from explorer.training.sizes import image_size, require_sizes
from explorer.training.trial import Trial

_DOUBT = 0.5  # of the free memory; above it counting, which is right to a quarter or so, does not decide
SHARE = 0.8  # of the free memory, at most, for a batch that is offered


def rehearse(network: Network, config: TrainConfig, hardware: Hardware, build: Build = assemble) -> DryRun:
    """Takes one step and measures it; whatever else goes on is left as it was.

    Args:
        network: What will be trained; of stages and sizes of image, those that need most are tried.
        config: How.
        hardware: With what.
        build: Makes the module of the network.
    """
    begun, form = time.perf_counter(), heaviest(network, config)

    def tried() -> int | None:
        worth_it = _is_worth_a_try(form, config, hardware, build)
        return _measured(form, config, hardware, build) if worth_it else None

    with Isolation(hardware.device, hardware.threads):
        measured = health.unless_out_of_memory(tried)
    return DryRun(
        batch_size=config.batch_size,
        measured=measured,
        estimated=_counted(form, config),
        seconds=time.perf_counter() - begun,
        alternatives=_alternatives(network, config, hardware) if measured is None else (),
    )


def find_batch(
    network: Network,
    config: TrainConfig,
    control: Control | None = None,
    *,
    build: Build = assemble,
    hardware: Hardware | None = None,
    free: int | None = None,
) -> Iterator[Event]:
    """Finds the largest power of two that fits as a batch, by trial.

    A batch is tried only where the two before promise that it stays within four fifths of what is free: the CPU's
    memory does not refuse, it ends the process.

    Args:
        network: What will be trained.
        config: How; its batch size is left aside.
        control: Ends it early, with what was found until then.
        build: Makes the module of the network.
        hardware: With what to compute; what the settings say by default.
        free: Bytes that may be used; what the device has by default.

    Yields:
        A `DryRun` for each batch that was tried, and at the end a `BatchFound`.

    Raises:
        ExplorerError: If the network cannot be trained, or the device cannot do what the settings ask for.
    """
    require_image_network(network)
    require_sizes(network, config)
    hardware = settle(config) if hardware is None else hardware
    free = free_memory(hardware.device) if free is None else free
    fits, before, cut_short = 0, 0, False
    for size in _powers():
        tried = _alone(network, replace(config, batch_size=size), hardware, build)
        yield tried
        if tried.measured is None or tried.measured > SHARE * free:
            break
        fits, growth, before = size, 2 * (tried.measured - before), tried.measured
        # twice the images that came to the last one
        if size > 2 and tried.measured + growth > SHARE * free:
            break
        cut_short = control is not None and control.stopping
        if cut_short:
            break
    others = () if fits else _alternatives(network, replace(config, batch_size=2), hardware)
    yield BatchFound(fits, free, others, cut_short)


def try_batch(network: Network, dataset: Dataset, config: TrainConfig, build: Build = assemble) -> Iterator[Event]:
    """A dry run by itself, without a run to follow: a `DryRun` and, if the batch fits, a `PaceFound`.

    Args:
        network: What will be trained.
        dataset: On what.
        config: How.
        build: Makes the module of the network.

    Raises:
        ExplorerError: If the parts do not fit together.
    """
    require_fit(network, dataset, config)
    tried = _alone(network, config, settle(config), build)
    yield tried
    if tried.measured is None:
        return
    pace = health.unless_out_of_memory(lambda: measure_pace(network, config, build))  # its layout may need more
    host_memory.give_back()
    if pace is not None:
        yield pace


def _alone(network: Network, config: TrainConfig, hardware: Hardware, build: Build) -> DryRun:
    """A dry run behind which no run comes that would need its memory."""
    try:
        return rehearse(network, config, hardware, build)
    finally:
        host_memory.give_back()


def _alternatives(network: Network, config: TrainConfig, hardware: Hardware) -> tuple[Alternative, ...]:
    return smaller(config, image_size(network), hardware.device.type)


def _powers() -> list[int]:
    return [1 << exponent for exponent in range(1, MAX_BATCH.bit_length())]


def _is_worth_a_try(network: Network, config: TrainConfig, hardware: Hardware, build: Build) -> bool:
    """Whether a batch promises to fit: a CPU's memory does not refuse, the system ends the process.

    Where counting says that it may not, two small batches tell, which have all that the settings change.
    """
    free, counted = free_memory(hardware.device), _counted(network, config)
    if hardware.device.type != "cpu" or counted <= _DOUBT * free:
        return True
    two, four = (
        _measured(network, replace(config, batch_size=size, accumulation=1), hardware, build) for size in (2, 4)
    )
    images = -(-config.batch_size // config.accumulation)
    return four + (four - two) / 2 * (images - 4) <= free


def _counted(network: Network, config: TrainConfig) -> int:
    return training_memory(analyse(network), config.batch_size, config.optimizer, config.momentum)


def _measured(network: Network, config: TrainConfig, hardware: Hardware, build: Build) -> int:
    device, live = hardware.device, LiveBytes()
    cuda = device.type == "cuda"
    before = _restarted(device) if cuda else 0
    trial = Trial(network, config, hardware, build)
    live.hold((*trial.module.parameters(), *trial.module.buffers()))

    def peak() -> int:
        return int(torch.cuda.max_memory_allocated(device)) - before if cuda else live.peak

    at_update: list[int] = []
    trial.take_step.optimizer.register_step_pre_hook(lambda *_: at_update.append(peak()))
    with nullcontext() if cuda else live:
        _step(trial, config.batch_size)
    # from the second step on, what the optimiser remembers is there beside the activations
    return max([peak(), *(most + trial.remembered for most in at_update)])


def _restarted(device: torch.device) -> int:
    """Has the peak of a device counted from now on; the bytes that are taken."""
    gc.collect()  # or what is freed meanwhile would be taken off
    torch.cuda.reset_peak_memory_stats(device)
    return int(torch.cuda.memory_allocated(device))


def _step(trial: Trial, images: int) -> None:
    trial.take_step(*trial.noise(images), 0.0)[0].item()  # waits for the device
