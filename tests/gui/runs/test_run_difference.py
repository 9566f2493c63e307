"""What two runs differ in, in lines to read."""

from __future__ import annotations

from pathlib import Path

from explorer.gui.runs.difference import difference_lines
from explorer.runs.summary import RunsReader
from tests.gui.runs.test_runs_page import make_run


def test_how_long_two_runs_were_is_said_once(tmp_path: Path) -> None:
    make_run(tmp_path, "long", reason="finished", epochs=4)
    make_run(tmp_path, "short", reason="stopped", epochs=1, lr=0.1)
    long, short = RunsReader().read(tmp_path)
    assert difference_lines(long, short) == [
        ("learning rate", "0.001", "0.1"),
        ("epochs", "4 of 4", "1 of 1"),
        ("state", "finished", "stopped"),
    ]
    assert difference_lines(long, long) == []
