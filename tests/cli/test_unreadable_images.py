"""Image files that cannot be read are left out only when the person says so; a run records what it left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.runs.run import Run
from tests.cli.commands import Terminal, photos


@pytest.fixture
def command(tmp_path: Path) -> list[object]:
    """Trains on 120 images of two classes and two files that are none."""
    photos(tmp_path / "photos", ["cat", "dog"])
    for name in ("cat/broken.png", "dog/text.jpg"):
        (tmp_path / "photos" / name).write_text("no image")
    images = ["--data", tmp_path / "photos", "--image-size", 28]
    return ["train", "lenet5", *images, "--epochs", 1, "--batch-size", 32, "--threads", 1]


def test_a_training_refuses_until_it_is_decided(run: Terminal, tmp_path: Path, command: list[object]) -> None:
    said = run.refusal(*command, "--out", tmp_path / "run")
    assert "2 image files of photos cannot be read (broken.png, text.jpg)" in said
    assert "--leave-out-unreadable" in said
    assert not (tmp_path / "run").exists()
    assert "cannot be read" in run.refusal(*command, "--find-lr")


def test_with_consent_it_trains_and_the_run_says_what_was_left_out(
    run: Terminal, tmp_path: Path, command: list[object]
) -> None:
    assert run(*command, "--leave-out-unreadable", "--out", tmp_path / "run") == 0
    assert "2 of 122 image files are left out." in run.err
    left_out = Run.open(tmp_path / "run").environment.data.left_out
    assert [Path(name).name for name in left_out] == ["broken.png", "text.jpg"]


def test_a_run_goes_on_with_what_was_decided_when_it_began(
    run: Terminal, tmp_path: Path, command: list[object]
) -> None:
    assert run(*command, "--leave-out-unreadable", "--out", tmp_path / "run") == 0
    assert "takes no leave-out-unreadable" in run.refusal(
        "train", "--resume", tmp_path / "run", "--leave-out-unreadable"
    )
    assert run("train", "--resume", tmp_path / "run", "--epochs", 2) == 0


def test_a_file_that_broke_since_is_not_left_out_silently(run: Terminal, tmp_path: Path, command: list[object]) -> None:
    assert run(*command, "--leave-out-unreadable", "--out", tmp_path / "run") == 0
    next((tmp_path / "photos" / "cat").glob("1*.png")).write_text("no image any more")
    assert "not those the run was started with" in run.refusal("train", "--resume", tmp_path / "run", "--epochs", 2)


def test_an_evaluation_asks_for_what_the_run_had_not_left_out(
    run: Terminal, tmp_path: Path, command: list[object]
) -> None:
    assert run(*command, "--leave-out-unreadable", "--out", tmp_path / "run") == 0
    assert run("evaluate", tmp_path / "run") == 0
    assert run.err == ""
    next((tmp_path / "photos" / "cat").glob("1*.png")).write_text("no image any more")
    assert "3 image files of photos cannot be read" in run.refusal("evaluate", tmp_path / "run")
    assert run("evaluate", tmp_path / "run", "--leave-out-unreadable") == 0
    assert "are not those the run was started with" in run.err


def test_an_evaluation_on_other_images_asks_as_a_training_does(
    run: Terminal, tmp_path: Path, command: list[object]
) -> None:
    assert run(*command, "--leave-out-unreadable", "--out", tmp_path / "run") == 0
    others = ["--data", tmp_path / "photos"]
    assert "--leave-out-unreadable" in run.refusal("evaluate", tmp_path / "run", *others)
    assert run("evaluate", tmp_path / "run", *others, "--leave-out-unreadable") == 0
    assert "2 of 122 image files are left out." in run.err
