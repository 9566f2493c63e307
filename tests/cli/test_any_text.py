"""Names that are not UTF-8, in folders and in documents, and terminals that are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.core.network import Network
from explorer.runs.run import Run
from tests.cli.commands import COMMAND, Terminal, photos

HALF = "a\ud800b"  # half a surrogate pair, which JSON can carry and UTF-8 cannot


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """LeNet-5 for 28 × 28 with a name that UTF-8 cannot hold."""
    network = explorer.network("lenet5", input_shape=(1, 28, 28), classes=4)
    path = tmp_path / "half.json"
    explorer.write(Network.of(HALF, network.input_shape, network.body), path)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such name for a folder")
def test_a_class_whose_folder_is_not_utf_8_goes_all_the_way(run: Terminal, document: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"c\xff")
    photos(tmp_path / "photos", ["a", "b", "é", odd])
    folder = tmp_path / "run"
    arguments = ["--epochs", 1, "--batch-size", 32, "--threads", 1, "--out", folder]
    assert run("train", document, "--data", tmp_path / "photos", *arguments) == 0, run.err
    assert "a\\ud800b" in run.out
    assert Run.open(folder).network.name == HALF
    assert [entry["name"] for entry in run.json("evaluate", folder)["classes"]] == ["a", "b", odd, "é"]
    assert run("evaluate", folder) == 0
    assert "c\\udcff" in run.out
    for form in ("safetensors", "pt"):
        assert run("export", folder, "--format", form) == 0
    assert run("train", "--resume", folder, "--epochs", 2) == 0, run.err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_terminal_shows_any_network(document: Path, encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*COMMAND, "summary", str(document)]
    shown = subprocess.run(command, env=environment, check=True, capture_output=True).stdout.decode(encoding)
    assert "a\\ud800b" in shown
    assert ("28 × 28" if encoding != "ascii" else "28 \\xd7 28") in shown
    listed = subprocess.run([*command, "--json"], env=environment, check=True, capture_output=True).stdout
    assert json.loads(listed.decode(encoding))["name"] == HALF
