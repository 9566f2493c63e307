"""Evaluating a run whose images are not what they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import Terminal, photos

SETTINGS = ["--epochs", "1", "--batch-size", "32", "--threads", "1"]


@pytest.fixture
def place(run: Terminal, tmp_path: Path) -> Path:
    """Images of three classes, and LeNet-5 that learned them."""
    photos(tmp_path / "photos", ["cat", "dog", "owl"])
    images = ["--data", tmp_path / "photos", "--image-size", 28]
    assert run("train", "lenet5", *images, *SETTINGS, "--out", tmp_path / "run") == 0
    return tmp_path


def test_unchanged_images_need_no_word(run: Terminal, place: Path) -> None:
    assert run("evaluate", place / "run") == 0
    assert run.err == ""


def test_a_class_with_another_name_is_refused(run: Terminal, place: Path) -> None:
    (place / "photos" / "cat").rename(place / "photos" / "zebra")
    said = run.refusal("evaluate", place / "run")
    assert "The classes of" in said
    assert "class 1 is 'dog', but was 'cat'; restore them or choose a data set that matches." in said


def test_a_further_class_is_refused(run: Terminal, place: Path) -> None:
    shutil.copytree(place / "photos" / "cat", place / "photos" / "aaa")
    assert "has 4 classes of 1-channel images, but the run learned 3 classes" in run.refusal("evaluate", place / "run")


def test_other_images_of_the_same_classes_are_evaluated_with_a_word(run: Terminal, place: Path) -> None:
    shutil.copy(next((place / "photos" / "cat").iterdir()), place / "photos" / "cat" / "another.png")
    assert run("evaluate", place / "run") == 0
    assert "are not those the run was started with" in run.err
    assert "Accuracy" in run.out


@pytest.mark.parametrize(("classes", "fits"), [(["cat", "dog", "owl"], True), (["cat", "dog", "pig"], False)])
def test_another_data_set_needs_the_same_classes(run: Terminal, place: Path, classes: list[str], fits: bool) -> None:
    photos(place / "others", classes)
    if fits:
        assert run("evaluate", place / "run", "--data", place / "others") == 0
        assert run.err == ""
    else:
        assert "class 3 is 'pig', but was 'owl'" in run.refusal("evaluate", place / "run", "--data", place / "others")
