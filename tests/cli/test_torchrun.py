"""The command line under ``torchrun``, which starts it in two processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.runs.run import Run

ROOT = Path(__file__).parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "0"]
TRAIN = ["-m", "explorer", "train", "lenet5", "--data", "synthetic", "--threads", "1"]


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TORCHRUN, *TRAIN, "--out", str(folder), *more],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_line_trains_unchanged(tmp_path: Path) -> None:
    with start(tmp_path / "run", "--epochs", "1", "--batch-size", "128") as process:
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert out.count("Trained for all 1 epochs.") == 1  # one process speaks
    run = Run.open(tmp_path / "run")
    assert run.state == "finished"
    assert run.checkpoints.pointed("best") is not None


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with start(folder, "--epochs", "1000") as process:
        while not (folder / "checkpoints" / "best.json").exists():
            assert process.poll() is None
            time.sleep(0.05)
        writer = int((folder / "run.lock").read_text())
        os.kill(writer, signal.SIGKILL)
        _, err = process.communicate(timeout=200)
    assert process.returncode == 1
    ending = Run.open(folder).last_record() or {}
    assert ending["event"] == "finished", err
    assert "The process that wrote the run is gone; its last checkpoint, " in ending["message"]
    assert ending["message"] in err
