"""Which images: the very same for a look and for a run, and nothing downloaded for a look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.errors import Cancelled, DataError
from explorer.gui.data.shelf import DataChoice, DataShelf, one_of_each


def never() -> bool:
    return False


def test_the_pictures_are_one_of_each_class_then_the_second() -> None:
    labels = np.array([2, 2, 0, 1, 0, 2], dtype=np.int64)
    split = ArraySplit(np.zeros((6, 1, 2, 2), dtype=np.uint8), labels)
    assert one_of_each(split, 5) == [2, 3, 0, 4, 1]
    assert one_of_each(split, 99) == [2, 3, 0, 4, 1, 5]


def test_a_look_shows_real_images_and_the_run_gets_the_very_same_set() -> None:
    shelf, choice = DataShelf(), DataChoice("fashion-mnist-sample", None)
    preview = shelf.preview(choice, never)
    data = shelf.take(choice)
    assert preview.pictures.shape == (16, 1, 28, 28)
    assert set(preview.classes) == set(DATASETS["fashion-mnist-sample"].classes)
    chosen = one_of_each(data.images.train, 16)
    np.testing.assert_array_equal(preview.pictures, data.images.train.read(chosen))
    assert shelf.take(choice) is data


def test_a_look_downloads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHITECTURE_EXPLORER_DATA", str(tmp_path))
    preview = DataShelf().preview(DataChoice("kmnist", None), never)
    assert preview.pictures.shape[0] == 0
    assert preview.dataset.key == "kmnist"
    assert list(tmp_path.iterdir()) == []


def test_a_look_that_nobody_wants_any_more_is_given_up() -> None:
    with pytest.raises(Cancelled):
        DataShelf().preview(DataChoice("fashion-mnist-sample", None), lambda: True)


def test_a_folder_of_images_is_read_in_the_size_and_channels_of_the_network(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        for number in range(6):
            (tmp_path / name).mkdir(exist_ok=True)
            Image.new("RGB", (40, 30), (number * 30, 0, 0)).save(tmp_path / name / f"{number}.png")
    preview = DataShelf().preview(DataChoice("image-folder", tmp_path, (16, 20), 3), never)
    assert preview.dataset.classes == ("cat", "dog")
    assert preview.pictures.shape[1:] == (3, 16, 20)
    with pytest.raises(DataError):
        DataShelf().take(DataChoice("image-folder", tmp_path / "cat", (16, 20), 3))
