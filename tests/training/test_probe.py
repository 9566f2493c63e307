from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import FileError, TrainingError
from explorer.runs.run import Run
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Event, Finished, Started, WayFound, WayTried
from explorer.training.probe import affordable, clearly_fastest, find_fastest, settle_fastest, take_turns
from explorer.training.stages import Stage
from explorer.training.trainer import train


class Timed(torch.nn.Module):
    """Takes as long for an image as it is told to, whatever it computes."""

    def __init__(self, network: Network, seconds: Callable[[], float]) -> None:
        super().__init__()
        self.inner, self._seconds, self.batches = assemble(network), seconds, list[int]()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.batches.append(len(images))
        time.sleep(self._seconds() * len(images))
        outputs: torch.Tensor = self.inner(images)
        return outputs


def by_format(float32: float, bf16: float) -> Callable[[], float]:
    return lambda: bf16 if torch.is_autocast_enabled("cpu") else float32


def test_another_way_is_taken_where_it_is_clearly_faster() -> None:
    assert clearly_fastest([("plain", 1.0), ("other", 0.97), ("third", 0.96)]) == "plain"
    assert clearly_fastest([("plain", 1.0), ("other", 0.8), ("third", 0.7)]) == "third"
    assert clearly_fastest([("plain", inf), ("other", 9.0)]) == "other"
    assert clearly_fastest([("plain", inf), ("other", inf)]) == "plain"


@pytest.mark.parametrize(
    ("overhead", "image", "batch"),
    [(0.001, 0.0001, 64), (0.0, 0.001, 64), (0.02, 0.001, 64), (0.0, 1.0, 64), (0.0, 1.0, 1)],
)
def test_a_step_has_as_many_images_as_it_takes_in_a_moment(overhead: float, image: float, batch: int) -> None:
    asked: list[int] = []

    def step(images: int) -> float:
        asked.append(images)
        return overhead + image * images

    found = affordable(step, batch, moment=0.05)
    assert len(asked) <= 4
    assert max(asked) <= found
    assert found == min(2, batch) or step(found) <= 0.05
    assert found == batch or step(found) > 0.05 / 2


def test_counts_take_turns_and_the_shortest_step_of_each_counts(restored_threads: None) -> None:
    used: list[int] = []

    def step() -> float:
        used.append(torch.get_num_threads())
        return 1.0 / len(used)  # the computer gets quicker

    torch.set_num_threads(1)
    assert dict(take_turns(step, [2, 1], seconds=0.0)) == {2: 1 / 2, 1: 1 / 3}
    assert used == [1, 2, 1]
    assert dict(take_turns(step, [2, 1], seconds=0.001)) == {2: 1 / (len(used) - 1), 1: 1 / len(used)}


def test_the_fastest_count_wins(network: Network, config: TrainConfig, restored_threads: None) -> None:
    torch.set_num_threads(2)
    timed = Timed(network, lambda: 0.005 if torch.get_num_threads() == 1 else 0.05)
    settled = settle_fastest(network, replace(config, threads=0), seconds=0.1, build=lambda _: timed)
    assert settled == config
    assert set(timed.batches) == {2}  # a whole batch would take seconds


@pytest.mark.parametrize(("bf16", "precision"), [(0.002, "bf16"), (0.06, "float32")])
def test_the_fastest_format_wins(network: Network, config: TrainConfig, bf16: float, precision: str) -> None:
    timed = Timed(network, by_format(0.02, bf16))
    settled = settle_fastest(network, replace(config, precision=FASTEST), seconds=0.1, build=lambda _: timed)
    assert settled.precision == precision


def test_a_probe_leaves_random_numbers_and_threads_alone(
    network: Network, config: TrainConfig, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    assert settle_fastest(network, replace(config, threads=0), seconds=0.05).threads in {1, 2}
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("precision", ["float32", FASTEST])
def test_what_nobody_chose_is_measured_and_recorded_with_the_run(
    network: Network, data: TrainingData, tmp_path: Path, restored_threads: None, precision: str
) -> None:
    torch.set_num_threads(2)
    state = torch.get_rng_state()
    config = TrainConfig(epochs=1, batch_size=32, precision=precision)
    events = train(network, data, config, tmp_path / "run")
    started = next(events)
    assert isinstance(started, Started)
    assert torch.equal(torch.get_rng_state(), state)
    events.close()  # type: ignore[attr-defined]
    recorded = Run.open(tmp_path / "run").config
    assert recorded["precision"] == started.precision
    assert started.precision in ({"float32"} if precision == "float32" else {"float32", "bf16"})
    assert recorded["memory_format"] == started.memory_format in {"contiguous", "channels_last"}
    assert recorded["threads"] == started.threads in {1, 2}


def test_only_what_is_left_open_is_measured(network: Network, config: TrainConfig, restored_threads: None) -> None:
    assert settle_fastest(network, config) == config
    settled = settle_fastest(network, replace(config, memory_format=FASTEST), seconds=0.05)
    assert replace(settled, memory_format="contiguous") == config
    torch.set_num_threads(1)
    assert settle_fastest(network, replace(config, threads=0)) == config  # there is nothing to choose


def test_who_stops_a_run_does_not_wait_for_the_rest_of_the_probe(network: Network, restored_threads: None) -> None:
    torch.set_num_threads(2)
    control = Control()
    control.stop()
    made: list[Network] = []

    def build(asked: Network) -> torch.nn.Module:
        made.append(asked)
        return assemble(asked)

    settled = settle_fastest(network, TrainConfig(batch_size=32), seconds=0.2, control=control, build=build)
    assert (settled.memory_format, settled.threads) == ("contiguous", 2)
    assert len(made) == 1


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
    assert list(find_fastest(network, config, control, seconds=0.1)) == []
    control = Control()
    found = _until_the_first(find_fastest(network, config, control, seconds=0.1), control)
    assert [event.kind for event in found] == ["way"]


def _until_the_first(events: Iterator[Event], control: Control) -> Iterator[Event]:
    for event in events:
        control.stop()
        yield event


def test_what_is_measured_is_what_the_stages_train(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, restored_threads: None
) -> None:
    torch.set_num_threads(2)
    frozen = functools.reduce(lambda so_far, slot: so_far.freeze((slot.name,)), network.body.slots, network)
    for batch_size in (1, 32):
        config = replace(config, batch_size=batch_size, memory_format=FASTEST, threads=0, stages=(Stage("head"),))
        first = next(train(frozen, data, config, tmp_path / str(batch_size)))
        assert isinstance(first, Started)


def test_the_folder_of_a_run_is_taken_before_anything_is_measured(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    there: list[bool] = []

    def build(network: Network) -> torch.nn.Module:
        there.append((tmp_path / "run").is_dir())
        return assemble(network)

    next(train(network, data, replace(config, memory_format=FASTEST), tmp_path / "run", build=build))
    assert set(there) == {True}
    measured = len(there)
    with pytest.raises(FileError, match="is not empty"):
        next(train(network, data, replace(config, memory_format=FASTEST), tmp_path / "run", build=build))
    assert len(there) == measured


def test_a_run_that_cannot_be_measured_leaves_no_folder(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    def build(_: Network) -> torch.nn.Module:
        raise ValueError("no such module")

    with pytest.raises(ValueError, match="no such module"):
        next(train(network, data, replace(config, memory_format=FASTEST), tmp_path / "run", build=build))
    assert not (tmp_path / "run").exists()


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
