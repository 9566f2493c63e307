"""The pace of a network, measured before a run: only what is true on any machine, however busy."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import torch

import explorer
from explorer.core.analysis import analyse
from explorer.training import pace
from explorer.training.config import TrainConfig
from explorer.training.pace import measure_pace, typical_seconds

CONFIG = TrainConfig(batch_size=4, device="cpu", threads=1, memory_format="contiguous")


def test_more_images_take_longer_and_looking_takes_less_than_learning(
    restored_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_LONG", 0.03)
    network = explorer.network("resnet20", input_shape=(1, 28, 28))
    torch.set_num_threads(2)
    torch.manual_seed(5)
    expected = torch.rand(3).tolist()
    torch.manual_seed(5)
    few, many = (measure_pace(network, replace(CONFIG, batch_size=size)) for size in (4, 64))
    assert torch.rand(3).tolist() == expected
    assert torch.get_num_threads() == 2
    assert many.step_seconds > 2 * few.step_seconds > 0
    assert 0 < few.image_seconds < few.step_seconds
    assert (many.batch_size, many.macs) == (64, analyse(network).macs)


def test_the_slow_first_time_counts_only_where_one_is_very_long(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def slow_at_first() -> None:
        done.append(1)
        time.sleep(0.1 if len(done) == 1 else 0.001)

    monkeypatch.setattr(pace, "_LONG", 0.03)
    assert typical_seconds(slow_at_first) < 0.1
    assert len(done) > 2
    done.clear()
    monkeypatch.setattr(pace, "_VERY_LONG", 0.05)
    assert typical_seconds(slow_at_first) >= 0.1
    assert len(done) == 1
