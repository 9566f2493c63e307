"""What two runs differ in, in lines to read."""

from __future__ import annotations

from pathlib import Path

import explorer
from explorer.gui.runs.difference import difference_lines, network_headline
from explorer.runs.summary import RunsReader
from tests.gui.made_run import make_run


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


def test_a_run_that_took_the_folder_of_another_is_compared_by_its_own_network(tmp_path: Path) -> None:
    make_run(tmp_path, "one", reason="finished")
    make_run(tmp_path, "two", reason="finished")
    one, two = tmp_path / "one", tmp_path / "two"
    assert network_headline(one, two) == "No differences."
    explorer.write(explorer.network("resnet18"), two / "network.json")
    assert network_headline(one, two) != "No differences."
