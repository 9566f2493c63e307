from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.terminal import Bar, duration, percent, table
from tests.cli.commands import COMMAND


def test_a_table_aligns_numbers_on_the_right() -> None:
    text = table(("name", "count"), [("a", "1"), ("long name", "1,000")], numbers=(1,))
    assert text.splitlines() == ["name       count", "----------------", "a              1", "long name  1,000"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (42, "42 s"), (187, "3:07"), (7_387, "2:03:07")]
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_an_unknown_share_is_a_dash() -> None:
    assert (percent(None), percent(0.12345)) == ("—", "12.35%")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    paper, screen = io.StringIO(), Screen()
    monkeypatch.setattr(sys, "stderr", paper)
    bar = Bar()
    bar.show(0.5, "half")
    bar.clear()
    assert paper.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((40, 20)))
    bar = Bar()
    bar.show(0.5, "a long text about half of the work")
    bar.show(2.0, "done")
    bar.clear()
    lines = screen.getvalue().split("\r")
    assert lines[1] == "[############............] a long text "
    assert lines[2].rstrip() == "[########################] done"
    assert len(lines[2]) == len(lines[1])  # nothing of the longer text stays
    assert lines[3].strip() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize(
    "command", [["summary", "lenet5"], ["summary", "lenet5", "--json"], ["networks"]], ids=" ".join
)
def test_results_that_cannot_be_written_are_one_sentence(command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert ended.returncode == 2
    sentence = "The results cannot be written (no space left on device); make room or write them elsewhere."
    assert ended.stderr.splitlines() == [sentence]
