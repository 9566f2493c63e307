"""The README tells the truth: its commands, options, links and the Python example work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def subcommands() -> list[list[str]]:
    """The lines that call the app's command, split as a shell does, without the command itself."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("architecture-explorer ")]


def run(*arguments: str, cwd: Path) -> str:
    """What the checkout's Python prints for these arguments."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, *arguments]
    result = subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_it_starts_with_a_screenshot_that_exists() -> None:
    match = re.match(r"!\[[^]]+\]\((resources/screenshots/[^)]+\.png)\)", README)
    assert match is not None
    assert (ROOT / match[1]).read_bytes().startswith(b"\x89PNG")


def test_the_two_commands_do_their_own_set_up() -> None:
    environment = "python3 -m venv .venv && .venv/bin/pip install "
    assert [block.strip() for block in blocks("sh") if block.startswith("python3")] == [
        environment + ". && .venv/bin/architecture-explorer",
        environment + "'.[test]' && .venv/bin/python -m pytest -n auto",
    ]


@pytest.mark.parametrize("arguments", subcommands(), ids=" ".join)
def test_the_command_line_knows_each_subcommand_and_option(arguments: list[str], tmp_path: Path) -> None:
    usage = run("-m", "explorer", arguments[0], "--help", cwd=tmp_path)
    options = {argument for argument in arguments if argument.startswith("--")}
    assert options <= set(re.findall(r"--[a-z][a-z-]*", usage))


def test_every_subcommand_of_the_design_is_shown() -> None:
    shown = {arguments[0] for arguments in subcommands()}
    assert shown == {"networks", "summary", "compare", "weights", "train", "evaluate", "export"}


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = blocks("python")
    first, second = run("-c", example, cwd=tmp_path).splitlines()
    assert first.split()[0] == second  # analysed and assembled, the same number of parameters


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
