"""The command line under ``torchrun``, which starts it in two processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.runs.run import Run

ROOT = Path(__file__).parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
TRAIN = ["-m", "explorer", "train", "lenet5", "--data", "synthetic", "--threads", "1"]


@contextmanager
def started(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*TORCHRUN, *TRAIN, "--out", str(folder), *more],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()  # which ends the two as well
        process.communicate()


def test_the_command_line_trains_unchanged(tmp_path: Path) -> None:
    with started(tmp_path / "run", "--epochs", "1", "--batch-size", "128") as process:
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert out.count("Trained for its one epoch.") == 1  # one process speaks
    run = Run.open(tmp_path / "run")
    assert run.state == "finished"
    assert run.checkpoints.pointed("best") is not None


@pytest.mark.slow
def test_a_learning_rate_is_not_found_by_several(tmp_path: Path) -> None:
    with started(tmp_path / "run", "--find-lr") as process:
        _, err = process.communicate(timeout=200)
    assert process.returncode != 0
    assert "A learning rate is found in one process; run train --find-lr without torchrun." in err


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with started(folder, "--epochs", "1000") as process:
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
