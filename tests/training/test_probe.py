from __future__ import annotations

import time

import torch

from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.probe import _fastest, fastest_threads


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
