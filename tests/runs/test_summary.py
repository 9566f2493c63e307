"""The lines of the table of runs, read from folders that a process is writing, has left, or has damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

import explorer
from explorer.runs import checkpoint, summary
from explorer.runs.lock import RunLock
from explorer.runs.run import Run
from explorer.runs.starting_points import starting_points
from explorer.runs.summary import RunsReader, RunSummary, settings_that_differ
from tests.runs.facts import CHECKPOINT, ENVIRONMENT


def make(runs: Path, name: str = "first", **settings: Any) -> Run:
    return Run.create(runs / name, explorer.network("lenet5"), {"epochs": 4, **settings}, ENVIRONMENT)


def epoch(number: int, accuracy: float, loss: float | None, *, best: bool) -> dict[str, Any]:
    figures = {"validation_accuracy": accuracy, "validation_loss": loss}
    return {"event": "epoch", "epoch": number, "best": best, **figures}


def only(reader: RunsReader, runs: Path) -> RunSummary:
    (found,) = reader.read(runs)
    return found


def test_a_run_is_followed_while_it_is_written(tmp_path: Path) -> None:
    run, reader = make(tmp_path), RunsReader()
    with RunLock(run.folder):
        found = only(reader, tmp_path)
        assert (found.name, found.network, found.data) == ("first", "LeNet-5", "Synthetic shapes")
        assert (found.state, found.epochs_done, found.epochs_planned) == ("running", 0, 4)
        run.log.append(epoch(1, 0.8, 0.5, best=True))
        run.log.append(epoch(2, 0.7, None, best=False))
        found = only(reader, tmp_path)
    assert (found.epochs_done, found.best_epoch, found.best_accuracy, found.best_loss) == (2, 1, 0.8, 0.5)
    assert (found.last_accuracy, found.last_loss) == (0.7, None)
    assert only(reader, tmp_path).state == "interrupted"
    run.log.append({"event": "finished", "reason": "early_stop", "message": "Stopped early.", "test_accuracy": 0.75})
    found = only(reader, tmp_path)
    assert (found.state, found.message, found.test_accuracy) == ("early_stop", "Stopped early.", 0.75)


def test_what_a_run_that_goes_on_takes_back_is_taken_back_here(tmp_path: Path) -> None:
    run, reader = make(tmp_path), RunsReader()
    run.log.append(epoch(1, 0.5, 1.0, best=True))
    size = run.log.size
    run.log.append(epoch(2, 0.9, 0.2, best=True))
    assert only(reader, tmp_path).best_accuracy == 0.9
    run.log.cut(size)
    run.log.append(epoch(2, 0.6, 0.80, best=True))  # as long as the line that is gone
    run.log.append(epoch(3, 0.7, 0.7, best=True))
    found = only(reader, tmp_path)
    assert (found.epochs_done, found.best_accuracy) == (3, 0.7)
    assert found == only(RunsReader(), tmp_path)


def test_half_a_line_counts_once_it_is_whole(tmp_path: Path) -> None:
    run, reader = make(tmp_path), RunsReader()
    line = json.dumps(epoch(1, 0.5, 1.0, best=True)) + "\n"
    with (run.folder / "metrics.jsonl").open("a") as file:
        file.write(line[:20])
        file.flush()
        assert only(reader, tmp_path).epochs_done == 0
        file.write(line[20:])
    assert only(reader, tmp_path).epochs_done == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("environment.json", None, "environment.json is missing"),
        ("network.json", "{", "network.json"),
        ("config.json", "[]", "holds no JSON object"),
    ],
)
def test_a_damaged_folder_is_listed_with_the_reason(
    tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    make(tmp_path, "good")
    bad = make(tmp_path, "bad").folder / name
    if content is None:
        bad.unlink()
    else:
        bad.write_text(content)
    reader = RunsReader()
    damaged, sound = reader.read(tmp_path)
    assert (damaged.name, damaged.readable, sound.readable) == ("bad", False, True)
    assert reason in damaged.message
    assert damaged.size == sum(file.stat().st_size for file in bad.parent.rglob("*") if file.is_file()) > 0
    with RunLock(bad.parent):
        assert [found.name for found in reader.read(tmp_path)] == ["good"]  # it is just being made


def test_what_is_no_run_is_not_listed(tmp_path: Path) -> None:
    assert RunsReader().read(tmp_path / "nowhere") == ()
    (tmp_path / "photos").mkdir()
    (tmp_path / "file.txt").touch()
    assert RunsReader().read(tmp_path) == ()


def test_a_run_that_was_taken_away_is_gone(tmp_path: Path) -> None:
    run, reader = make(tmp_path), RunsReader()
    assert len(reader.read(tmp_path)) == 1
    run.folder.rename(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    assert reader.read(tmp_path) == ()


def test_the_size_is_that_of_the_files_and_a_note_comes_back(tmp_path: Path) -> None:
    run, reader = make(tmp_path), RunsReader()
    run.rewrite_note("  the one with the wide stem  ")
    assert only(reader, tmp_path).note == "the one with the wide stem"
    checkpoint = run.folder / "checkpoints" / "7"
    checkpoint.mkdir(parents=True)
    (checkpoint / "model.safetensors").write_bytes(bytes(5_000))
    found = only(reader, tmp_path)
    assert found.size == sum(file.stat().st_size for file in run.folder.rglob("*") if file.is_file())
    assert found.size > 5_000


def test_weights_count_only_as_long_as_a_checkpoint_is_whole(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.log.append(epoch(1, 0.5, 1.0, best=True))
    run.log.append({"event": "finished", "reason": "finished", "message": "Trained."})
    state = {"weight": torch.ones(3)}
    for step in (1, 2):
        checkpoint.save(run.checkpoints.path(str(step)), state, {"step": step}, CHECKPOINT)

    def found() -> tuple[bool, bool]:
        summary = only(RunsReader(), tmp_path)
        return summary.has_checkpoint, summary.has_lost_weights

    assert found() == (True, False)
    os.truncate(run.checkpoints.path("2") / "model.safetensors", 40)
    assert found() == (True, False)  # it goes on from the one before
    assert [point.name for point in starting_points(run) if point.is_last] == ["1"]
    (run.checkpoints.path("1") / "train_state.pt").unlink()
    assert found() == (False, True)
    assert starting_points(run) == ()


def test_files_that_have_not_changed_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, reader = make(tmp_path), RunsReader()
    before = only(reader, tmp_path)
    stat = (run.folder / "network.json").stat()
    (run.folder / "network.json").write_bytes(bytes(stat.st_size))  # damaged, but as large and as old as before
    os.utime(run.folder / "network.json", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert only(reader, tmp_path) == before
    assert not only(RunsReader(), tmp_path).readable
    monkeypatch.setattr(summary, "_bytes_in", lambda folder: pytest.fail(f"{folder} was weighed again"))
    assert only(reader, tmp_path) == before


def test_the_settings_that_differ_are_named(tmp_path: Path) -> None:
    make(tmp_path, "a", lr=0.1, seed=1)
    make(tmp_path, "b", lr=0.2, seed=1, momentum=0.9)
    left, right = RunsReader().read(tmp_path)
    assert settings_that_differ(left, right) == (("lr", 0.1, 0.2), ("momentum", None, 0.9))
