"""What is fastest for a network on this computer, just now: threads, layout and number format, measured.

Two threads on two idle cores beat one; on cores that others use, the threads of a step wait for each other and one can
be ten times faster than two. What was found belongs into the settings of a run, because it decides the last bits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.device import settle
from explorer.training.isolation import Isolation
from explorer.training.session import Build
from explorer.training.trial import Trial


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
        trial = Trial(network, config, hardware, build)
        images, labels = trial.noise(config.batch_size)
        return _fastest(lambda: trial.take_step(images, labels, 0.0), candidates, seconds)


def settle_fastest(
    network: Network, config: TrainConfig, seconds: float = 1.0, *, build: Build = assemble
) -> TrainConfig:
    """The settings with the number format, the layout and the thread count that are fastest here, where left open.

    Args:
        network: What will be trained.
        config: How; what is not ``fastest`` stays, as do threads that are given.
        seconds: How long to try, about.
        build: Makes the module of the network.

    Raises:
        ExplorerError: If the network has problems or the device cannot do what the settings ask for.
    """
    if FASTEST not in {config.precision, config.memory_format}:
        return config
    hardware = settle(config, threads=torch.get_num_threads())
    precisions = _precisions(hardware.device) if config.precision == FASTEST else (config.precision,)
    layouts = ("contiguous", "channels_last") if config.memory_format == FASTEST else (config.memory_format,)
    ways = [
        replace(config, precision=precision, memory_format=layout) for precision in precisions for layout in layouts
    ]
    with Isolation(hardware.device, hardware.threads):
        # one after the other, since a large network may not fit several times
        times = [_seconds_of_a_step(network, way, seconds / len(ways) / 2, build) for way in ways]
    fastest = ways[times.index(min(times))]
    if config.threads or hardware.device.type != "cpu":
        return fastest
    return replace(fastest, threads=fastest_threads(network, fastest, seconds / 2, build=build))


def _precisions(device: torch.device) -> tuple[str, ...]:
    if device.type == "mps":
        return ("float32",)
    return ("float32", "fp16" if device.type == "cuda" and not torch.cuda.is_bf16_supported() else "bf16")


def _seconds_of_a_step(network: Network, config: TrainConfig, seconds: float, build: Build) -> float:
    """The shortest step within some time, after the first, which is slow everywhere."""
    trial = Trial(network, config, settle(config, threads=torch.get_num_threads()), build)
    images, labels = trial.noise(config.batch_size)
    trial.take_step(images, labels, 0.0)[0].item()
    shortest, until = float("inf"), time.perf_counter() + seconds
    while shortest == float("inf") or time.perf_counter() < until:
        begun = time.perf_counter()
        trial.take_step(images, labels, 0.0)[0].item()  # waits for the device
        shortest = min(shortest, time.perf_counter() - begun)
    return shortest


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
