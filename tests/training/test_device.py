from __future__ import annotations

import pytest
import torch

from explorer.errors import TrainingError
from explorer.training.config import TrainConfig
from explorer.training.device import free_memory, settle

CUDA, MPS = torch.cuda.is_available(), torch.backends.mps.is_available()


def test_auto_takes_what_is_there() -> None:
    assert settle(TrainConfig()).device.type == ("cuda" if CUDA else "mps" if MPS else "cpu")


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_gives_a_sentence(name: str) -> None:
    if CUDA if name == "cuda" else MPS:
        pytest.skip(f"this computer has {name}")
    with pytest.raises(TrainingError, match=f"no device '{name}'"):
        settle(TrainConfig(device=name))


def test_half_precision_on_the_cpu_gives_a_sentence() -> None:
    with pytest.raises(TrainingError, match="bf16 or float32"):
        settle(TrainConfig(device="cpu", precision="fp16"))


def test_threads_come_from_the_settings_then_from_the_run_then_from_torch() -> None:
    assert settle(TrainConfig(device="cpu", threads=3), threads=2).threads == 3
    assert settle(TrainConfig(device="cpu"), threads=2).threads == 2
    assert settle(TrainConfig(device="cpu")).threads == torch.get_num_threads()


def test_free_memory_is_a_plausible_number() -> None:
    assert 1 << 26 < free_memory(torch.device("cpu")) < 1 << 50
