"""``weights``: what torchvision publishes, and a download from a server that is laid out as theirs is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.runs import published_weights
from explorer.runs.published_weights import VARIABLE, choose
from tests.cli.commands import Terminal
from tests.file_server import FileServer, serving


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving() as served:
        yield served


def test_the_sets_are_listed_for_people_and_programs(run: Terminal) -> None:
    assert run("weights", "resnet50") == 0
    assert "IMAGENET1K_V2         80.86 %  224 x 224  103 MB  not yet" in run.out
    listed = run.json("weights", "googlenet")
    assert [(one["name"], one["options"], one["file"]) for one in listed] == [
        ("IMAGENET1K_V1", {"transform_input": True}, None)
    ]
    assert run("weights", "googlenet") == 0
    assert "train googlenet --option transform_input=true --weights FILE" in run.out


def test_some_are_downloaded(
    run: Terminal, server: FileServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 100
    path = f"/models/resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    server.files[path] = content
    here = replace(choose("resnet18"), url=f"{server.address}{path}")
    monkeypatch.setattr(published_weights, "published_weights", lambda _: (here,))
    assert run("weights", "resnet18", "--get") == 0
    file = Path(run.out.strip())
    assert (file.parent, file.read_bytes()) == (tmp_path / "weights", content)
    assert run.json("weights", "resnet18", "--get", "IMAGENET1K_V1")["file"] == str(file)


def test_what_there_is_not_ends_in_a_sentence(run: Terminal) -> None:
    assert run("weights", "lenet5") == 2
    assert "no twin in torchvision" in run.err
    assert run("weights", "resnet18", "--get", "V9") == 2
    assert "there are: IMAGENET1K_V1" in run.err
    assert run("weights", "resnet99") == 2
    assert "There is no network named" in run.err


@pytest.mark.parametrize(("key", "task"), [("u_net", "segmentation"), ("dcgan_generator", "generation")])
def test_a_network_that_does_not_classify_is_not_trained(run: Terminal, tmp_path: Path, key: str, task: str) -> None:
    assert run("train", key, "--data", "synthetic", "--out", tmp_path / "run") == 2
    assert f"is made for {task}, but a run here learns one class for each image" in run.err
