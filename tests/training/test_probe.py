from __future__ import annotations

import functools
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.runs.run import Run
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Finished, Started, WayFound, WayTried
from explorer.training.probe import _fastest, fastest_threads, find_fastest, settle_fastest
from explorer.training.trainer import train


def test_the_fastest_count_wins(restored_threads: None) -> None:
    def step() -> None:
        time.sleep(0.002 if torch.get_num_threads() == 1 else 0.004)

    assert _fastest(step, [2, 1], seconds=0.05) == 1


def test_a_probe_leaves_random_numbers_and_threads_alone(
    network: Network, config: TrainConfig, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    assert fastest_threads(network, config, seconds=0.05) in {1, 2}
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == 2


def test_what_is_fastest_is_settled_and_recorded_with_the_run(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    state = torch.get_rng_state()
    config = replace(config, epochs=1, precision=FASTEST, memory_format=FASTEST, threads=0)
    events = train(network, data, config, tmp_path / "run")
    started = next(events)
    assert isinstance(started, Started)
    assert "Measured to be fastest: " in started.note
    assert torch.equal(torch.get_rng_state(), state)
    events.close()  # type: ignore[attr-defined]
    recorded = Run.open(tmp_path / "run").config
    assert recorded["precision"] == started.precision in {"float32", "bf16"}
    assert recorded["memory_format"] == started.memory_format in {"contiguous", "channels_last"}
    assert recorded["threads"] == started.threads in {1, 2}


def test_only_what_is_left_open_is_measured(network: Network, config: TrainConfig) -> None:
    assert settle_fastest(network, config) is config
    settled = settle_fastest(network, replace(config, memory_format=FASTEST), seconds=0.05)
    assert replace(settled, memory_format=FASTEST) == replace(config, memory_format=FASTEST)


def test_the_fastest_format_wins(network: Network, config: TrainConfig) -> None:
    class Slow(torch.nn.Module):
        """Waits where it computes in float32."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = assemble(network)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            if not torch.is_autocast_enabled("cpu"):
                time.sleep(0.05)
            outputs: torch.Tensor = self.inner(images)
            return outputs

    settled = settle_fastest(network, replace(config, precision=FASTEST), seconds=0.05, build=lambda _: Slow())
    assert settled.precision == "bf16"


def test_all_ways_are_measured_for_a_person_who_chooses(
    network: Network, config: TrainConfig, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    state = torch.get_rng_state()
    *tried, found = find_fastest(network, config, seconds=0.1)
    assert torch.equal(torch.get_rng_state(), state)
    assert isinstance(found, WayFound)
    speeds = {(way.precision, way.memory_format): way.images_per_second for way in tried if isinstance(way, WayTried)}
    assert len(speeds) == 4
    assert min(speeds.values()) > 0
    assert speeds[found.precision, found.memory_format] == max(speeds.values())
    assert found.threads in {1, 2}


def test_measuring_can_be_stopped(network: Network, config: TrainConfig) -> None:
    control = Control()
    control.stop()
    assert [event.kind for event in find_fastest(network, config, control, seconds=0.1)] == ["way"]


class Large(torch.nn.Module):
    """Does not fit into memory in float32, or not at all."""

    def __init__(self, network: Network, *, fits_halved: bool) -> None:
        super().__init__()
        self.inner, self._fits_halved = assemble(network), fits_halved

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if not (self._fits_halved and torch.is_autocast_enabled("cpu")):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        outputs: torch.Tensor = self.inner(images)
        return outputs


def test_a_way_that_does_not_fit_is_not_the_fastest(network: Network, config: TrainConfig) -> None:
    build = functools.partial(Large, fits_halved=True)
    *tried, found = find_fastest(network, config, seconds=0.1, build=build)
    assert [way.images_per_second > 0 for way in tried if isinstance(way, WayTried)] == [False, False, True, True]
    assert isinstance(found, WayFound)
    assert found.precision == "bf16"


@pytest.mark.slow
def test_where_nothing_fits_a_sentence_says_so_and_a_run_finds_it_in_its_dry_run(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    build = functools.partial(Large, fits_halved=False)
    with pytest.raises(TrainingError, match="memory is not enough"):
        list(find_fastest(network, config, seconds=0.1, build=build))
    wish = replace(config, precision=FASTEST)
    assert settle_fastest(network, wish, seconds=0.1, build=build).precision == "float32"
    last = list(train(network, data, wish, tmp_path / "run", build=build))[-1]
    assert isinstance(last, Finished)
    assert last.reason == "out_of_memory"
