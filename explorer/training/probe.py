"""What is fastest for a network on this computer, just now: threads, layout and number format, measured.

Two threads on two idle cores beat one; on cores that others use, the threads of a step wait for each other and one can
be ten times faster than two. What was found belongs into the settings of a run, because it decides the last bits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.training import health
from explorer.training.checks import require_image_network
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.control import Control
from explorer.training.device import settle
from explorer.training.events import Event, WayFound, WayTried
from explorer.training.isolation import Isolation
from explorer.training.session import Build
from explorer.training.trial import Trial

_NEVER = float("inf")  # seconds


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
    return _settled(config, list(_measured(network, _ways(config), seconds / 2, build)), seconds / 2, network, build)


def find_fastest(
    network: Network,
    config: TrainConfig,
    control: Control | None = None,
    seconds: float = 2.0,
    *,
    build: Build = assemble,
) -> Iterator[Event]:
    """Measures all ways to compute, for a person who chooses; whatever else goes on is left as it was.

    Args:
        network: What will be trained.
        config: How; its number format, layout and thread count are left aside.
        control: Ends it early.
        seconds: How long to try, about.
        build: Makes the module of the network.

    Yields:
        A `WayTried` for each, and at the end a `WayFound`.

    Raises:
        ExplorerError: If the network has problems, or no way fits into memory.
    """
    require_image_network(network)
    config = replace(config, precision=FASTEST, memory_format=FASTEST, threads=0)
    tried: list[tuple[TrainConfig, float]] = []
    for way, step in _measured(network, _ways(config), seconds / 2, build):
        tried.append((way, step))
        yield WayTried(way.precision, way.memory_format, config.batch_size / step)
        if control is not None and control.stopping:
            return
    if min(step for _, step in tried) == _NEVER:
        raise TrainingError(health.out_of_memory_sentence())
    found = _settled(config, tried, seconds / 2, network, build)
    yield WayFound(found.precision, found.memory_format, found.threads)


def _ways(config: TrainConfig) -> list[TrainConfig]:
    """The settings with each number format and layout that they leave open."""
    device = settle(config).device
    precisions = _precisions(device) if config.precision == FASTEST else (config.precision,)
    layouts = ("contiguous", "channels_last") if config.memory_format == FASTEST else (config.memory_format,)
    return [
        replace(config, precision=precision, memory_format=layout) for precision in precisions for layout in layouts
    ]


def _measured(
    network: Network, ways: list[TrainConfig], seconds: float, build: Build
) -> Iterator[tuple[TrainConfig, float]]:
    """Each way with the seconds of its shortest step; one after the other, as a large network may not fit twice."""
    for way in ways:
        yield way, _seconds_of_a_step(network, way, seconds / len(ways), build)


def _settled(
    config: TrainConfig, tried: list[tuple[TrainConfig, float]], seconds: float, network: Network, build: Build
) -> TrainConfig:
    """The fastest of the ways, on the fastest thread count unless one is given."""
    fastest, step = min(tried, key=lambda one: one[1])
    if config.threads or step == _NEVER or settle(config).device.type != "cpu":
        return fastest
    return replace(fastest, threads=fastest_threads(network, fastest, seconds, build=build))


def _precisions(device: torch.device) -> tuple[str, ...]:
    if device.type == "mps":
        return ("float32",)
    return ("float32", "fp16" if device.type == "cuda" and not torch.cuda.is_bf16_supported() else "bf16")


def _seconds_of_a_step(network: Network, config: TrainConfig, seconds: float, build: Build) -> float:
    """The shortest step within some time; `_NEVER` for what does not fit into memory."""
    hardware = settle(config, threads=torch.get_num_threads())
    try:
        with Isolation(hardware.device, hardware.threads):
            return _shortest(Trial(network, config, hardware, build), config.batch_size, seconds)
    except (RuntimeError, MemoryError) as error:
        if not health.is_out_of_memory(error):
            raise
    health.release_memory()  # outside the except block, whose traceback keeps the tensors
    return _NEVER


def _shortest(trial: Trial, batch_size: int, seconds: float) -> float:
    """The shortest step after the first, which is slow everywhere."""
    images, labels = trial.noise(batch_size)
    trial.take_step(images, labels, 0.0)[0].item()
    shortest, until = _NEVER, time.perf_counter() + seconds
    while shortest == _NEVER or time.perf_counter() < until:
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
