"""What is fastest for a network on this computer, just now: threads, layout and number format, measured.

Two threads on two idle cores beat one; on cores that others use, the threads of a step wait for each other and one can
be ten times faster than two. What was found belongs into the settings of a run, because it decides the last bits; for
the same reason a run computes in the plain way, contiguous and on all threads, unless another one is clearly faster.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import itemgetter
from typing import TypeVar

import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.training import health
from explorer.training.checks import require_image_network
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.control import Control
from explorer.training.device import settle
from explorer.training.estimate import heaviest
from explorer.training.events import Event, WayFound, WayTried
from explorer.training.fresh_module import Build
from explorer.training.isolation import Isolation
from explorer.training.sizes import require_sizes
from explorer.training.trial import Trial

T = TypeVar("T")

_NEVER = float("inf")  # seconds
_CLEARLY = 0.95  # of the plain way's time, at most, for one that is chosen unasked
_MOMENT = 0.05  # of the time of all trying, that one step may take


def settle_fastest(
    network: Network,
    config: TrainConfig,
    seconds: float = 1.0,
    *,
    control: Control | None = None,
    build: Build = assemble,
) -> TrainConfig:
    """The settings with the layout, the thread count and the number format that are fastest here, where left open.

    Whatever else goes on is left as it was.

    Args:
        network: What will be trained; of stages and sizes of image, those that need most are tried.
        config: How; what is not ``fastest`` stays, as do threads that are given.
        seconds: How long to try, about; where two images need longer, each way takes two steps all the same.
        control: Ends it early, with the plain way.
        build: Makes the module of the network.

    Returns:
        Settings without ``fastest``, and with a thread count where the CPU trains.

    Raises:
        ExplorerError: If the network has problems or the device cannot do what the settings ask for.
    """
    ways, counts = _ways(config), [config.threads] if config.threads else _counts(config)
    plain = replace(ways[0], threads=counts[0])
    if len(ways) == len(counts) == 1:
        return plain
    try:
        probe = _Probe(heaviest(network, config), ways[0], seconds * _MOMENT, build, control)
        fastest = clearly_fastest(list(probe.measured(ways, seconds / 2)))
        return replace(fastest, threads=clearly_fastest(probe.counted(fastest, counts, seconds / 2)))
    except _Stopped:
        return plain


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
        network: What will be trained; of stages and sizes of image, those that need most are tried.
        config: How; its number format, layout and thread count are left aside.
        control: Ends it early.
        seconds: How long to try, about; where two images need longer, each way takes two steps all the same.
        build: Makes the module of the network.

    Yields:
        A `WayTried` for each, and at the end a `WayFound`.

    Raises:
        ExplorerError: If the network has problems, or no way fits into memory.
    """
    require_image_network(network)
    require_sizes(network, config)
    ways = _ways(replace(config, precision=FASTEST, memory_format=FASTEST, threads=0))
    tried: list[tuple[TrainConfig, float]] = []
    try:
        probe = _Probe(heaviest(network, config), ways[0], seconds * _MOMENT, build, control)
        for way, step in probe.measured(ways, seconds / 2):
            tried.append((way, step))
            yield WayTried(way.precision, way.memory_format, probe.images / step)
        found, step = min(tried, key=itemgetter(1))
        if step == _NEVER:
            raise TrainingError(health.out_of_memory_sentence())
        threads, _ = min(probe.counted(found, _counts(found), seconds / 2), key=itemgetter(1))
        yield WayFound(found.precision, found.memory_format, threads)
    except _Stopped:
        return


def _ways(config: TrainConfig) -> list[TrainConfig]:
    """The settings with each number format and layout that they leave open; the plain way first."""
    device = settle(config).device
    precisions = _precisions(device) if config.precision == FASTEST else (config.precision,)
    layouts = ("contiguous", "channels_last") if config.memory_format == FASTEST else (config.memory_format,)
    return [
        replace(config, precision=precision, memory_format=layout) for precision in precisions for layout in layouts
    ]


def _precisions(device: torch.device) -> tuple[str, ...]:
    if device.type == "mps":
        return ("float32",)
    return ("float32", "fp16" if device.type == "cuda" and not torch.cuda.is_bf16_supported() else "bf16")


def _counts(config: TrainConfig) -> list[int]:
    """The thread counts worth trying, PyTorch's own first; 0 alone where the CPU does not train."""
    hardware = settle(replace(config, threads=0))
    most = hardware.threads
    if hardware.device.type != "cpu":
        return [0]
    return sorted({most, most - 1, most // 2, 1} - {0}, reverse=True)


def clearly_fastest(tried: list[tuple[T, float]]) -> T:
    """The first, which is the plain way, unless another takes clearly less time.

    Args:
        tried: The ways with their seconds; infinity for one that does not fit into memory.
    """
    (plain, usual), (fastest, least) = tried[0], min(tried, key=itemgetter(1))
    return fastest if least < _CLEARLY * usual else plain


class _Stopped(Exception):  # noqa: N818 - it is no error
    """Somebody does not want to wait any longer."""


class _Probe:
    """Takes steps of a network that is thrown away, with as many images of a batch as it takes in a moment.

    A network that needs a minute for a batch is measured in seconds so; its ways to compute differ alike.

    Args:
        network: The network.
        plain: How it is trained, with nothing left open but the threads.
        moment: Seconds that a step may take, about.
        build: Makes the module of the network.
        control: Ends it before any step.

    Attributes:
        images: How many images a step has.

    Raises:
        _Stopped: If it was ended, as do the methods.
    """

    def __init__(
        self, network: Network, plain: TrainConfig, moment: float, build: Build, control: Control | None
    ) -> None:
        self._network, self._build, self._control = network, build, control

        def fitting(trial: Trial) -> int:
            return affordable(lambda images: self._steps(trial, images)(), plain.batch_size, moment)

        self.images = plain.batch_size
        if settle(plain).device.type == "cpu":  # a GPU takes a batch in a moment, and few images as slowly as many
            self.images = self._try(plain, fitting) or self.images

    def measured(self, ways: list[TrainConfig], seconds: float) -> Iterator[tuple[TrainConfig, float]]:
        """Each way with the seconds of its shortest step; one after the other, as a large network may not fit twice.

        Where there is nothing to choose, nothing is measured.
        """
        if len(ways) == 1:
            yield ways[0], _NEVER
            return
        for way in ways:
            yield way, self._try(way, lambda trial: self._shortest(trial, seconds / len(ways))) or _NEVER

    def counted(self, way: TrainConfig, counts: list[int], seconds: float) -> list[tuple[int, float]]:
        """Each thread count with the seconds of its shortest step; where there is nothing to choose, as it is."""
        if len(counts) == 1:
            return [(counts[0], _NEVER)]
        found = self._try(way, lambda trial: take_turns(self._steps(trial, self.images), counts, seconds))
        return found or [(counts[0], _NEVER)]

    def _try(self, way: TrainConfig, work: Callable[[Trial], T]) -> T | None:
        """What a trial gives, with whatever else goes on left as it was; None where memory is not enough."""
        hardware = settle(way)
        with Isolation(hardware.device, hardware.threads):
            return health.unless_out_of_memory(lambda: work(Trial(self._network, way, hardware, self._build)))

    def _shortest(self, trial: Trial, seconds: float) -> float:
        """The shortest step within some time."""
        ((_, shortest),) = take_turns(self._steps(trial, self.images), [torch.get_num_threads()], seconds)
        return shortest

    def _steps(self, trial: Trial, images: int) -> Callable[[], float]:
        """Takes a step with one and the same batch, and gives its seconds."""
        batch = trial.noise(images)

        def step() -> float:
            if self._control is not None and self._control.stopping:
                raise _Stopped
            begun = time.perf_counter()
            trial.take_step(*batch, 0.0)[0].item()  # waits for the device
            return time.perf_counter() - begun

        return step


def affordable(step: Callable[[int], float], batch_size: int, moment: float) -> int:
    """As many images of a batch as a step takes in a moment; two at least.

    Args:
        step: Takes a step with so many images, and gives its seconds.
        batch_size: How many there may be.
        moment: Seconds.
    """
    images = min(2, batch_size)
    step(images)  # the first one is slow everywhere
    while images < batch_size:
        possible = min(batch_size, int(images * moment / step(images)))
        if possible < 2 * images and possible < batch_size:
            break
        images = possible
    return images


def take_turns(step: Callable[[], float], counts: list[int], seconds: float) -> list[tuple[int, float]]:
    """The shortest step of each thread count in rounds that take turns, so that a busy moment meets all of them.

    Args:
        step: Takes a step and gives its seconds.
        counts: Threads.
        seconds: How long to go on, about; there is one round at least.
    """
    step()  # the first one is slow everywhere
    shortest = dict.fromkeys(counts, _NEVER)
    until = time.perf_counter() + seconds
    while True:
        for threads in counts:
            torch.set_num_threads(threads)
            shortest[threads] = min(shortest[threads], step())
        if time.perf_counter() >= until:
            return list(shortest.items())
