from __future__ import annotations

import pytest

from explorer.cli.report import Report
from explorer.training.alternatives import smaller
from explorer.training.config import TrainConfig
from explorer.training.events import DryRun, Finished, Started


def test_running_out_of_memory_names_the_options_that_need_less(capsys: pytest.CaptureFixture[str]) -> None:
    alternatives = smaller(TrainConfig(batch_size=64), (64, 48), "cuda")
    message = "The memory is not enough for this run."
    ending = Finished("out_of_memory", message, 0, 0, 0, None, None, None, None, "", 0.0, alternatives)
    assert Report(as_json=False).take(ending) == "out_of_memory"
    assert (
        "Each of these needs less memory: --accumulation 2, --activation-checkpointing, --batch-size 32, "
        "--precision bf16, --image-size 32x24."
    ) in " ".join(capsys.readouterr().err.split())


def test_a_dry_run_is_told_beside_the_count(capsys: pytest.CaptureFixture[str]) -> None:
    Report(as_json=False).take(DryRun(batch_size=1_024, measured=2_500_000_000, estimated=2_400_000_000, seconds=1.0))
    assert "A batch of 1,024 needs 2,500.0 MB (2,400.0 MB by counting)" in capsys.readouterr().out
    shared = DryRun(batch_size=26, measured=None, estimated=2_400_000_000, seconds=1.0, processes=2)
    Report(as_json=False).take(shared)
    assert "A batch of 26 in each of 2 processes does not fit into memory" in capsys.readouterr().out


def test_a_run_says_on_how_many_threads_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    started = Started(
        run="/runs/1", network="LeNet-5", dataset="synthetic", step=0, epoch=1, steps_per_epoch=100, epochs=10,
        batch_size=20, train_images=2000, validation_images=200, test_images=50, parameters=44_426, device="cpu",
        device_name="x86", threads=1, precision="float32", memory_format="contiguous", resident=True, seed=0,
    )  # fmt: skip
    Report(as_json=False).take(started)
    assert "x86 (cpu, 1 thread), float32" in capsys.readouterr().out
