from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.errors import FileError, TrainingError
from explorer.runs.lock import RunLock, is_locked

HOLD = """
import sys
from pathlib import Path
from explorer.runs.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with RunLock(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(TrainingError, match="Another part of this process is writing the run"), RunLock(tmp_path):
            pass
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    with RunLock(tmp_path):
        pass


def test_the_lock_of_a_killed_process_is_free_and_that_of_a_living_one_names_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert is_locked(tmp_path)
        with pytest.raises(TrainingError, match=f"Process {process.pid} is writing"), RunLock(tmp_path):
            pass
        process.kill()
        process.wait()
        with RunLock(tmp_path):
            assert is_locked(tmp_path)


def test_a_folder_that_cannot_be_written_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"), RunLock(tmp_path / "missing"):
        pass


def test_where_the_lock_cannot_be_asked_what_has_just_grown_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(37, "No locks available")

    with RunLock(tmp_path):
        pass
    monkeypatch.setattr("explorer.runs.lock.try_lock", refuse)
    assert not is_locked(tmp_path), "there are no metrics"
    metrics = tmp_path / "metrics.jsonl"
    metrics.write_text("{}\n")
    assert is_locked(tmp_path)
    os.utime(metrics, (0, 0))
    assert not is_locked(tmp_path)
