"""How long a step takes and how long a prediction, measured before a run with a module that is thrown away."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

from explorer.assembly import assemble
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.insight.preprocessing import main_output
from explorer.training.config import TrainConfig
from explorer.training.device import settle
from explorer.training.estimate import heaviest
from explorer.training.events import PaceFound
from explorer.training.fresh_module import Build
from explorer.training.isolation import Isolation
from explorer.training.probe import settle_fastest
from explorer.training.sizes import image_size, image_sizes
from explorer.training.trial import Trial

_LONG, _VERY_LONG = 0.4, 10.0  # seconds for which each is repeated, and above which it is not repeated at all


def measure_pace(network: Network, config: TrainConfig, build: Build = assemble) -> PaceFound:
    """Takes steps with one batch, and looks at one image, again and again; whatever else goes on is left as it was.

    What the settings leave open is chosen as a run chooses it.

    Args:
        network: What will be trained; in stages, the one that needs most is measured. Of several sizes of image, a
            step's time is the mean, since as many epochs take each; a prediction has the network's own.
        config: How; one batch of it fits into memory.
        build: Makes the module of the network.
    """
    config = settle_fastest(network, config, build=build)
    hardware = settle(config)
    with Isolation(hardware.device, hardware.threads):
        trial = Trial(heaviest(network, config), config, hardware, build)

        def step_seconds(size: tuple[int, int]) -> float:
            batch = trial.noise(config.batch_size, size)
            return typical_seconds(lambda: float(trial.take_step(*batch, 0.0)[0]))  # which waits for the device

        step = statistics.mean(map(step_seconds, image_sizes(network, config)))
        image, _ = trial.noise(1, image_size(network))
        module = trial.module.eval()
        with torch.no_grad():
            look = typical_seconds(lambda: float(main_output(module(image)).sum()))
    return PaceFound(config.batch_size, step, look, analyse(network).macs or 0)


def typical_seconds(work: Callable[[], object]) -> float:
    """The median time of some work; the first time, which is slow everywhere, counts only where it was very long."""

    def once() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    first, times = once(), list[float]()
    if first > _VERY_LONG:
        return first
    while sum(times) < _LONG:
        times.append(once())
    return statistics.median(times)
