from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.errors import FileError
from explorer.runs.metrics import NAME, MetricsLog, read_metrics


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    assert list(read_metrics(tmp_path)) == []
    log = MetricsLog(tmp_path)
    records: list[dict[str, Any]] = [{"event": "step", "loss": 0.5, "note": "Übung"}, {"event": "step", "loss": None}]
    for record in records:
        log.append(record)
    assert list(read_metrics(tmp_path)) == records
    with pytest.raises(ValueError, match="Out of range"):
        log.append({"loss": float("nan")})


def test_half_lines_and_strangers_are_left_out(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'{"event": "a"}\n{"event": "b", "lo\n[1]\n\xff\xfe\n{"event": "c"}\n{"event": "half')
    assert [record["event"] for record in read_metrics(tmp_path)] == ["a", "c"]


def test_who_takes_over_a_file_with_half_a_line_begins_a_new_one(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'{"event": "a"}\n{"event": "half')
    MetricsLog(tmp_path).append({"event": "b"})
    MetricsLog(tmp_path).append({"event": "c"})
    assert [record["event"] for record in read_metrics(tmp_path)] == ["a", "b", "c"]
    assert (tmp_path / NAME).read_bytes().count(b"\n") == 4


def test_cutting_back_forgets_exactly_what_came_later(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path)
    log.append({"event": "kept"})
    size = log.size
    log.append({"event": "forgotten"})
    log.cut(size)
    log.append({"event": "new"})
    assert [record["event"] for record in read_metrics(tmp_path)] == ["kept", "new"]
    log.cut(10**9)  # somebody shortened the file: nothing to cut
    assert len(list(read_metrics(tmp_path))) == 2


def test_after_a_failed_write_the_next_line_stands_on_its_own(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path)
    log.append({"event": "before"})
    with (tmp_path / NAME).open("a") as file:
        file.write('{"event": "half')
    path = tmp_path / NAME
    path.rename(tmp_path / "aside")
    path.mkdir()  # which nobody can append to
    with pytest.raises(FileError, match="cannot be written"):
        log.append({"event": "lost"})
    path.rmdir()
    (tmp_path / "aside").rename(path)
    log._torn = True
    log.append({"event": "after"})
    assert [record["event"] for record in read_metrics(tmp_path)] == ["before", "after"]


def test_half_a_surrogate_pair_comes_back(tmp_path: Path) -> None:
    MetricsLog(tmp_path).append({"network": "a\ud800b"})
    assert list(read_metrics(tmp_path)) == [{"network": "a\ud800b"}]
