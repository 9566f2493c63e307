"""Training images as the run sees them: the preview of augmentation, and a batch with its labels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from explorer.datasets.base import DATASETS
from explorer.gui.data.shelf import one_of_each
from explorer.gui.training.run_state import State
from explorer.gui.widgets.sample_grid import SampleGrid, labels_of
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.samples import augmented_samples, drawn
from tests.gui.desk import Desk, small_network


def grid(desk: Desk, name: str = "augmented_samples") -> SampleGrid:
    found = desk.find(name)
    assert isinstance(found, SampleGrid)
    return found


def pixels(shown: SampleGrid) -> npt.NDArray[np.uint8]:
    """The grey images of a grid, as they are before they are scaled to the screen. (n, H, W)"""
    images = [picture.toImage().convertToFormat(QImage.Format.Format_Grayscale8) for picture in shown.pictures]
    rows = [
        np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width()]
        for image in images
    ]
    return np.stack(rows) if rows else np.empty((0, 0, 0), np.uint8)


def of_the_engine(config: TrainConfig, draw: int = 0) -> npt.NDArray[np.uint8]:
    """The same images by the engine's own code."""
    data = TrainingData.load(DATASETS["synthetic"])
    return drawn(data, config, np.array(one_of_each(data.images.train, 6)), draw).images[:, 0]


def wait_for(desk: Desk, expected: npt.NDArray[np.uint8], name: str = "augmented_samples") -> None:
    desk.qtbot.waitUntil(lambda: np.array_equal(pixels(grid(desk, name)), expected), timeout=10_000)


def test_the_preview_is_what_the_engine_makes_of_the_same_images(desk: Desk) -> None:
    wait_for(desk, of_the_engine(desk.training.config))
    assert not desk.find("button_draw_again").isEnabled(), "without augmentation nothing is drawn by chance"
    desk.training.change("rotation", 60.0)
    desk.training.change("erasing", 1.0)
    turned = of_the_engine(desk.training.config)
    wait_for(desk, turned)
    desk.click("button_draw_again")
    other = of_the_engine(desk.training.config, draw=1)
    assert not np.array_equal(turned, other)
    wait_for(desk, other)
    QTest.keyClick(desk.window, Qt.Key.Key_F11)
    wait_for(desk, of_the_engine(desk.training.config, draw=2))
    assert grid(desk).labels == ("square", "circle", "triangle", "cross", "square", "circle")


def test_mixed_images_say_how_much_of_each_class_they_have(desk: Desk) -> None:
    desk.training.change("mixup", 1.0)
    data = TrainingData.load(DATASETS["synthetic"])
    shares = drawn(data, desk.training.config, np.array(one_of_each(data.images.train, 6)), 0).shares
    desk.qtbot.waitUntil(lambda: any("\n" in label for label in grid(desk).labels))
    for label, share in zip(grid(desk).labels, shares, strict=True):
        said = {name: int(part) for part, name in (line.split(" % ") for line in label.split("\n") if " % " in line)}
        assert said == {
            data.dataset.classes[place]: round(100 * float(share[place]))
            for place in np.flatnonzero(share > 0.005)
            if share.max() < 0.995
        }


def test_labels_in_words() -> None:
    shares = np.array([[0, 1, 0], [0.3, 0, 0.7], [0.998, 0.002, 0]], dtype=np.float32)
    assert labels_of(shares, ("bag", "boot", "coat")) == ["boot", "70 % coat\n30 % bag", "bag"]


def test_while_settings_change_quickly_only_the_last_wish_is_shown(desk: Desk) -> None:
    for angle in range(1, 40):
        desk.training.change("rotation", float(angle))
    wait_for(desk, of_the_engine(desk.training.config))


def test_a_batch_is_the_first_of_the_next_run(desk: Desk) -> None:
    desk.training.change("cutmix", 1.0)
    desk.click("button_show_batch")
    data = TrainingData.load(DATASETS["synthetic"])
    expected = augmented_samples(data, desk.training.config, 256)
    wait_for(desk, expected.images[:, 0], "batch_samples")
    assert len(expected.images) == 20
    assert list(grid(desk, "batch_samples").labels) == labels_of(expected.shares, data.dataset.classes)
    title = "The first batch of epoch 1 of the next run, as its network sees it: batch size 20."
    assert desk.text("batch_title") == title
    desk.click("button_batch_close")


def test_a_batch_has_the_size_that_the_network_takes(desk: Desk) -> None:
    desk.session.open_network(small_network().with_input_shape((1, 40, 40)))
    desk.click("button_show_batch")
    desk.qtbot.waitUntil(lambda: pixels(grid(desk, "batch_samples")).shape == (20, 40, 40))
    original = torch.from_numpy(augmented_samples(
        TrainingData.load(DATASETS["synthetic"]), desk.training.config, 20
    ).images).float()  # fmt: skip
    larger = torch.nn.functional.interpolate(original, (40, 40), mode="bilinear", antialias=True)
    np.testing.assert_allclose(pixels(grid(desk, "batch_samples")), larger[:, 0].numpy(), atol=0.51)
    desk.click("button_batch_close")


def test_while_a_run_goes_on_it_is_the_first_of_its_next_epoch(desk: Desk, tmp_path: Path) -> None:
    desk.training.change("epochs", 100_000)
    desk.training.change("flip", True)
    own = desk.training.config
    desk.click("button_train_start")
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 40, timeout=20_000)
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    desk.until(State.PAUSED)
    desk.training.change("rotation", 90.0)  # of the next run, which this is not about
    epoch = desk.training.record.epoch
    assert epoch >= 2
    desk.click("button_show_batch")
    expected = augmented_samples(TrainingData.load(DATASETS["synthetic"]), dataclasses.replace(own), 20, epoch)
    wait_for(desk, expected.images[:, 0], "batch_samples")
    assert desk.training.record.folder is not None
    assert desk.text("batch_title").startswith(
        f"The first batch of epoch {epoch + 1} of {desk.training.record.folder.name}, as "
    )
    desk.click("button_batch_close")
    desk.training.stop()
    desk.until(State.FINISHED)


def test_what_is_not_here_cannot_be_shown(desk: Desk, tmp_path: Path) -> None:
    desk.training.data.choose("image-folder")
    desk.click("button_show_batch")
    assert "not here to look at yet" in desk.text("batch_title")
    desk.click("button_batch_close")
