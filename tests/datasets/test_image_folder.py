"""A folder of images from the first look to the loaded splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets import image_folder
from explorer.datasets.base import DATASETS
from explorer.datasets.image_folder import ResolvedImageFolder
from explorer.datasets.images import ArraySplit, FileSplit
from explorer.errors import Cancelled, DataError

SIZE = (10, 12)  # height, width


def put(folder: Path, count: int, seed: int = 0) -> None:
    folder.mkdir(parents=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (count, *SIZE, 3), dtype=np.uint8)
    for number, image in enumerate(pixels):
        Image.fromarray(image).save(folder / f"{number:03}.png")


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    """Two classes of ten and twenty images, undivided."""
    put(tmp_path / "animals" / "cat", 10)
    put(tmp_path / "animals" / "dog", 20, seed=1)
    return tmp_path / "animals"


def resolve(folder: Path, channels: int = 3) -> ResolvedImageFolder:
    found = DATASETS["image-folder"].resolve(folder, image_size=SIZE, channels=channels)
    assert isinstance(found, ResolvedImageFolder)
    return found


def test_facts_come_from_the_folder(animals: Path) -> None:
    dataset = resolve(animals)
    assert (dataset.key, dataset.title, dataset.source) == ("image-folder", "animals", str(animals))
    assert (dataset.shape, dataset.classes) == ((3, *SIZE), ("cat", "dog"))
    assert (dataset.train_images, dataset.test_images) == (24, 6)
    assert dataset.remarks == ()
    assert dataset.find() == animals
    train = dataset.load().train
    pixels = train.read(np.arange(len(train))) / 255
    assert np.allclose(dataset.mean, pixels.mean(axis=(0, 2, 3)), atol=1e-4)
    assert np.allclose(dataset.std, pixels.std(axis=(0, 2, 3)), atol=1e-4)


def test_a_fifth_of_each_class_is_put_aside_to_test_on(animals: Path) -> None:
    first, again = resolve(animals), resolve(animals)
    assert np.bincount(first.test.labels).tolist() == [2, 4]
    assert first.test == again.test
    assert not set(first.test.paths) & set(first.train.paths)


def test_small_folders_become_resident(animals: Path) -> None:
    told: list[tuple[str, int, int]] = []
    images = resolve(animals).load(progress=lambda *step: told.append(step))
    assert isinstance(images.train, ArraySplit)
    assert isinstance(images.test, ArraySplit)
    assert images.validation is None
    assert told == [("Reading images", 24, 24), ("Reading images", 6, 6)]
    expected = np.asarray(Image.open(resolve(animals).train.paths[0])).transpose(2, 0, 1)
    assert np.array_equal(images.train.images[0], expected)


def test_large_folders_are_streamed_with_the_same_images(animals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = resolve(animals).load().train
    monkeypatch.setattr(image_folder, "RESIDENT_BYTES", 30 * 3 * 120 - 1)
    streamed = resolve(animals).load().train
    assert isinstance(streamed, FileSplit)
    assert streamed.shape == resident.shape
    assert streamed.labels.tolist() == resident.labels.tolist()
    assert np.array_equal(streamed.read(range(24)), resident.read(range(24)))
    monkeypatch.setattr(image_folder, "RESIDENT_BYTES", 30 * 3 * 120)
    assert isinstance(resolve(animals).load().train, ArraySplit)


def test_grey(animals: Path) -> None:
    dataset = resolve(animals, channels=1)
    assert dataset.shape == (1, *SIZE)
    assert len(dataset.mean) == len(dataset.std) == 1
    assert dataset.load().test.shape == (1, *SIZE)


def test_a_folder_that_brings_its_own_parts(tmp_path: Path) -> None:
    for part, count in (("train", 6), ("val", 3), ("test", 2)):
        for name in ("cat", "dog"):
            put(tmp_path / part / name, count)
    dataset = resolve(tmp_path)
    images = dataset.load()
    assert (len(images.train), len(images.test)) == (12, 4) == (dataset.train_images, dataset.test_images)
    assert images.validation is not None
    assert images.validation.labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_the_registrys_entry_loads_in_the_usual_size(animals: Path) -> None:
    images = DATASETS["image-folder"].load(animals)
    assert images.train.shape == (3, 224, 224)


def test_unreadable_files_are_left_out_and_listed(animals: Path) -> None:
    whole = (animals / "dog" / "000.png").read_bytes()
    (animals / "dog" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (animals / "cat" / "text.jpg").write_text("no picture")
    (animals / "cat" / "empty.png").touch()
    (animals / "cat" / "dangling.png").symlink_to(animals / "nowhere")
    dataset = resolve(animals)
    assert [file.path.name for file in dataset.unreadable] == ["dangling.png", "empty.png", "text.jpg", "cut.png"]
    assert dataset.train_images + dataset.test_images == 30
    (remark,) = dataset.remarks
    assert remark.startswith("4 of 34 image files are left out. The image ")
    assert "empty.png cannot be read (no image format is recognised); repair it or take it out." in remark
    assert remark.endswith("And 1 more.")
    assert len(dataset.load().train) == dataset.train_images


def test_a_class_of_which_nothing_can_be_read(animals: Path) -> None:
    for path in (animals / "cat").iterdir():
        path.write_text("no picture")
    with pytest.raises(DataError, match=r"No image of the class 'cat' in .* can be read"):
        resolve(animals)


def test_too_few_images_to_test_on(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        put(tmp_path / name, 1)
    with pytest.raises(DataError, match="leaves no image to test on; add images, or a test folder"):
        resolve(tmp_path)


def test_no_folder_named() -> None:
    with pytest.raises(DataError, match=r"must be pointed at \(--data-dir\)"):
        DATASETS["image-folder"].load()
    assert DATASETS["image-folder"].find() is None


def test_a_size_out_of_range_is_refused_before_the_files_are_looked_at(animals: Path) -> None:
    with pytest.raises(DataError, match="1 to 4,096 pixels"):
        DATASETS["image-folder"].resolve(animals, image_size=(0, 10))
    with pytest.raises(DataError, match=r"1 channel \(grey\) or 3"):
        DATASETS["image-folder"].resolve(animals, channels=4)


def test_the_first_look_can_be_cancelled(tmp_path: Path) -> None:
    put(tmp_path / "cat", 40)
    put(tmp_path / "dog", 60)
    told: list[tuple[str, int, int]] = []
    with pytest.raises(Cancelled, match="Checking images was cancelled"):
        DATASETS["image-folder"].resolve(
            tmp_path, image_size=SIZE, progress=lambda *step: told.append(step), cancelled=lambda: len(told) > 0
        )
    assert told == [("Checking images", 64, 100)]


def test_reading_can_be_cancelled(animals: Path) -> None:
    with pytest.raises(Cancelled, match="Reading images was cancelled"):
        resolve(animals).load(cancelled=lambda: True)


def test_images_of_one_brightness_have_a_deviation_to_divide_by(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for number in range(5):
            Image.new("L", SIZE, 51).save(tmp_path / name / f"{number}.png")
    dataset = resolve(tmp_path, channels=1)
    assert (dataset.mean, dataset.std) == ((0.2,), (1.0,))
