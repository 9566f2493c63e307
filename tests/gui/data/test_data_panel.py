"""The data set in the Train workspace: its facts, its classes, and files that cannot be read."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QListWidget, QPushButton

from explorer.core.network import Network
from explorer.datasets.image_file import read_image
from explorer.gui.data.look_line import waiting_words
from explorer.gui.plots.class_histogram import ClassHistogram
from explorer.gui.training.run_state import State
from explorer.runs.run import Run
from tests.gui.desk import Desk, small_network


def photos(folder: Path, **counts: int) -> Path:
    """A folder with so many images of each class, and some room for others."""
    for name, count in counts.items():
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)):
            Image.fromarray(image).save(place / f"{number}.png")
    return folder


def look(desk: Desk, folder: Path) -> None:
    desk.training.data.choose("image-folder", folder)
    desk.qtbot.waitUntil(lambda: desk.training.data.preview is not None or bool(desk.training.data.problem))


def two_classes() -> Network:
    return small_network(2)


def test_a_data_set_says_all_that_there_is_to_know(desk: Desk) -> None:
    desk.training.data.choose("fashion-mnist-sample")
    desk.qtbot.waitUntil(lambda: "on the disk" in desk.text("data_facts"))
    lines = desk.text("data_facts").splitlines()
    assert lines[:4] == [
        "12,000 images · 10 classes",
        "1 × 28 × 28",
        "9,000 to train, 1,000 to validate, 2,000 for the test",
        "mean 0.286 · deviation 0.353",
    ]
    assert lines[4].endswith("on the disk, 6 files")
    assert lines[5].startswith("MIT licence")
    histogram = desk.find("class_histogram")
    assert isinstance(histogram, ClassHistogram)
    assert "Sneaker: 1,000" in histogram.accessibleDescription()


def test_the_share_that_validates_is_counted_as_the_run_divides(desk: Desk) -> None:
    desk.training.change("validation_fraction", 0.23)
    desk.qtbot.waitUntil(lambda: "to validate" in desk.text("data_facts"))
    said = desk.text("data_facts").splitlines()[2]
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    started = desk.training.record.started
    assert started is not None
    train, validation, test = started.train_images, started.validation_images, started.test_images
    assert said == f"{train} to train, {validation} to validate, {test} for the test"


def test_a_folder_is_counted_class_by_class(desk: Desk, tmp_path: Path) -> None:
    desk.session.open_network(two_classes())
    folder = photos(tmp_path / "pets", cat=10, dog=30)
    look(desk, folder)
    size = sum(file.stat().st_size for file in folder.rglob("*.png"))
    said = desk.text("data_facts")
    assert "40 images · 2 classes" in said
    assert f"{size / 1000:.1f} kB on the disk, 40 files" in said
    assert desk.find("class_histogram").accessibleDescription() == "cat: 8, dog: 24"


def test_a_folder_that_is_divided_keeps_its_parts(desk: Desk, tmp_path: Path) -> None:
    desk.session.open_network(two_classes())
    for part, count in (("train", 20), ("val", 6), ("test", 8)):
        photos(tmp_path / "pets" / part, cat=count, dog=count)
    look(desk, tmp_path / "pets")
    assert "68 images" in desk.text("data_facts")
    assert "40 to train, 12 to validate, 16 for the test" in desk.text("data_facts")


# Files that cannot be read


@pytest.fixture
def damaged(desk: Desk, tmp_path: Path) -> Path:
    """A folder with three files that are no images, chosen in the window."""
    desk.session.open_network(two_classes())
    folder = photos(tmp_path / "pets", cat=20, dog=30)
    for name in ("cat/a.png", "cat/b.jpg", "dog/c.png"):
        (folder / name).write_text("no image")
    look(desk, folder)
    return folder


def check(desk: Desk) -> QCheckBox:
    found = desk.find("check_leave_out")
    assert isinstance(found, QCheckBox)
    return found


def test_they_are_listed_and_start_refuses_until_it_is_decided(desk: Desk, damaged: Path) -> None:
    listed = desk.find("unreadable_files")
    assert isinstance(listed, QListWidget)
    assert [listed.item(row).text() for row in range(listed.count())] == ["cat/a.png", "cat/b.jpg", "dog/c.png"]
    assert "a.png" in listed.item(0).toolTip()
    assert desk.text("unreadable_title") == "3 image files cannot be read:"
    assert check(desk).text() == "Leave these 3 files out"
    assert not desk.find("button_train_start").isEnabled()
    assert "3 image files of pets cannot be read (a.png, b.jpg, c.png)" in desk.text("notice_text")
    QTest.keyClick(desk.window, Qt.Key.Key_F5)
    assert desk.training.state is State.FAILED
    assert not (damaged.parent / "runs").exists()


def test_with_the_check_it_trains_and_records_what_was_left_out(desk: Desk, damaged: Path) -> None:
    QTest.keyClick(check(desk), Qt.Key.Key_Space)
    assert desk.text("notice_text") == ""
    desk.training.change("epochs", 1)
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    folder = desk.training.record.folder
    assert folder is not None
    left_out = Run.open(folder).environment.data.left_out
    assert left_out == tuple(str(damaged / name) for name in ("cat/a.png", "cat/b.jpg", "dog/c.png"))


def test_the_check_can_be_taken_back(desk: Desk, damaged: Path) -> None:
    check(desk).click()
    assert desk.training.data.leave_out
    check(desk).click()
    assert not desk.training.data.leave_out
    assert not desk.find("button_train_start").isEnabled()


def test_the_decision_stands_as_long_as_it_is_the_same_files(desk: Desk, damaged: Path) -> None:
    check(desk).click()
    desk.training.data.choose("synthetic")
    assert not check(desk).isVisible()
    look(desk, damaged)
    assert check(desk).isChecked()
    (damaged / "dog" / "1.png").write_text("broke since")
    desk.training.data.choose("synthetic")
    desk.qtbot.waitUntil(lambda: desk.training.data.preview is not None)
    look(desk, damaged)
    assert check(desk).text() == "Leave these 4 files out"
    assert not check(desk).isChecked()


def test_start_refuses_too_when_nobody_has_looked_yet(desk: Desk, tmp_path: Path) -> None:
    desk.session.open_network(two_classes())
    folder = photos(tmp_path / "pets", cat=20, dog=30)
    (folder / "cat" / "a.png").write_text("no image")
    desk.training.data.choose("image-folder", folder)
    desk.training.data.cancel_look()
    desk.training.start(two_classes())
    desk.until(State.FAILED)
    assert "1 image file of pets cannot be read (a.png)" in desk.training.error


# A folder that cannot be used


def test_start_is_closed_for_a_folder_without_images_until_it_has_some(desk: Desk, tmp_path: Path) -> None:
    desk.session.open_network(two_classes())
    (tmp_path / "pets" / "cat").mkdir(parents=True)
    look(desk, tmp_path / "pets")
    sentence = desk.training.data.problem
    assert "pets" in sentence
    assert desk.text("problem_dataset") == desk.text("notice_text") == sentence
    assert "Press Start" not in desk.text("empty_hint")
    assert not desk.find("button_train_start").isEnabled()
    photos(tmp_path / "pets", cat=10, dog=10)
    desk.click("button_look")
    desk.qtbot.waitUntil(lambda: desk.training.data.preview is not None)
    assert desk.text("notice_text") == ""
    assert desk.find("button_train_start").isEnabled()
    assert not desk.find("look_line").isVisible()


# The look


def test_a_look_waits_for_a_run_and_says_so_only_then(desk: Desk) -> None:
    assert waiting_words(behind_a_run=False) == "Looking at the images"
    desk.training.change("epochs", 500)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    desk.training.data.choose("fashion-mnist-sample")
    desk.qtbot.waitUntil(lambda: desk.text("look_words") == waiting_words(behind_a_run=True))
    desk.training.stop()
    desk.until(State.FINISHED)
    desk.qtbot.waitUntil(lambda: desk.training.data.preview is not None)


def test_a_look_that_takes_long_says_how_far_it_is_and_can_be_given_up(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    lock, count = threading.Lock(), [0]

    def slowly(*arguments: object) -> object:
        with lock:
            count[0] += 1
        if count[0] > 64:
            goes_on.wait(20)
        return read_image(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("explorer.datasets.image_check.read_image", slowly)
    desk.session.open_network(two_classes())
    desk.training.data.choose("image-folder", photos(tmp_path / "pets", cat=100, dog=100))
    desk.qtbot.waitUntil(lambda: "Checking images · 32%" in desk.text("look_words"))
    desk.click("button_look")
    goes_on.set()
    assert desk.text("look_words") == "Nobody has looked at the images."
    desk.qtbot.wait(50)
    assert desk.training.data.preview is None
    monkeypatch.undo()
    button = desk.find("button_look")
    assert isinstance(button, QPushButton)
    assert button.text() == "Look again"
    desk.click("button_look")
    desk.qtbot.waitUntil(lambda: desk.training.data.preview is not None)
    assert not desk.find("look_line").isVisible()
