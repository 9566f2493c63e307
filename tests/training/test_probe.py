from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import torch

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.runs.run import Run
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import Started
from explorer.training.probe import _fastest, fastest_threads, settle_fastest
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
