from __future__ import annotations

import os
from pathlib import Path

import pytest

import explorer
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.runs.lock import RunLock
from explorer.runs.run import Run, find_runs, interrupted_run
from tests.runs.facts import ENVIRONMENT


@pytest.fixture
def network() -> Network:
    return explorer.network("resnet18")


@pytest.fixture
def run(tmp_path: Path, network: Network) -> Run:
    return Run.create(tmp_path / "runs" / "first", network, {"epochs": 3}, ENVIRONMENT)


def test_what_it_is_made_of_comes_back(run: Run, network: Network) -> None:
    again = Run.open(run.folder)
    assert again.network == network
    assert again.config == {"epochs": 3}
    assert again.environment == ENVIRONMENT
    assert again.last_record() is None


def test_the_state_is_told_by_the_lock_and_the_last_record(run: Run) -> None:
    assert run.state == "interrupted"
    with RunLock(run.folder):
        assert run.state == "running"
    run.log.append({"event": "finished", "reason": "early_stop"})
    assert run.state == "early_stop"
    run.log.append({"event": "started"})
    assert run.state == "interrupted"


def test_a_folder_in_use_is_not_taken(run: Run, network: Network, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="continue that run or choose another folder"):
        Run.create(run.folder, network, {}, ENVIRONMENT)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(FileError, match="is not empty; choose another folder"):
        Run.create(tmp_path / "photos", network, {}, ENVIRONMENT)
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["a.jpg"]


@pytest.mark.parametrize("name", ["network.json", "config.json", "environment.json"])
def test_a_folder_without_one_of_the_files_is_no_run(run: Run, name: str) -> None:
    (run.folder / name).unlink()
    with pytest.raises(FileError, match=f"it has no {name}"):
        Run.open(run.folder)


def test_runs_are_found_in_their_folder(run: Run, network: Network) -> None:
    Run.create(run.folder.with_name("second"), network, {}, ENVIRONMENT)
    (run.folder.parent / "something else").mkdir()
    assert [found.folder.name for found in find_runs(run.folder.parent)] == ["first", "second"]
    assert find_runs(run.folder.parent / "nowhere") == []


def begun(run: Run, seconds: float) -> Run:
    """The run, with a checkpoint and a lock as if somebody had begun to write it then."""
    (run.folder / "checkpoints" / "0").mkdir(parents=True)
    with RunLock(run.folder):
        pass
    os.utime(run.folder / "run.lock", (seconds, seconds))
    return run


def test_only_the_last_run_counts_as_cut_off(run: Run, network: Network) -> None:
    runs = run.folder.parent
    assert interrupted_run(runs / "nowhere") is None
    assert interrupted_run(runs) is None, "without a checkpoint it cannot go on"
    begun(run, 2_000)
    assert interrupted_run(runs) == run
    with RunLock(run.folder):
        assert interrupted_run(runs) is None, "it goes on elsewhere"
    os.utime(run.folder / "run.lock", (2_000, 2_000))
    before = begun(Run.create(runs / "second", network, {}, ENVIRONMENT), 1_000)
    assert interrupted_run(runs) == run, "by time, not by name"
    run.log.append({"event": "finished", "reason": "stopped"})
    assert interrupted_run(runs) is None, "the other one is no news"
    os.utime(before.folder / "run.lock", (3_000, 3_000))
    assert interrupted_run(runs) == before
