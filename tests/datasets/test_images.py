"""The values a data set loads: resident and streamed splits behave alike."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.images import ArraySplit, FileSplit, Images, Split
from explorer.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 3, 5, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.int64)


@pytest.fixture(params=["resident", "streamed"])
def split(request: pytest.FixtureRequest, tmp_path: Path) -> Split:
    if request.param == "resident":
        return ArraySplit(PIXELS, LABELS)
    paths = tuple(tmp_path / f"{number}.png" for number in range(6))
    for path, pixels in zip(paths, PIXELS, strict=True):
        Image.fromarray(pixels.transpose(1, 2, 0)).save(path)
    return FileSplit(paths, LABELS, (5, 4), 3)


def test_length_shape_and_labels(split: Split) -> None:
    assert len(split) == 6
    assert split.shape == (3, 5, 4)
    assert split.labels is LABELS


def test_read(split: Split) -> None:
    assert np.array_equal(split.read([4, 0, 4]), PIXELS[[4, 0, 4]])
    assert np.array_equal(split.read(np.arange(6)), PIXELS)
    assert split.read([]).shape == (0, 3, 5, 4)


def test_read_does_not_lend_its_own_pixels(split: Split) -> None:
    split.read([0])[:] = 0
    assert np.array_equal(split.read([0])[0], PIXELS[0])


def test_take(split: Split) -> None:
    taken = split.take([5, 1])
    assert type(taken) is type(split)
    assert taken.labels.tolist() == [2, 1]
    assert np.array_equal(taken.read([0, 1]), PIXELS[[5, 1]])


def test_travels_to_another_process(split: Split) -> None:
    copy = pickle.loads(pickle.dumps(split))  # noqa: S301  # as a loader process does
    assert np.array_equal(copy.read([3]), PIXELS[[3]])


def test_a_file_that_has_gone_is_named(tmp_path: Path) -> None:
    split = FileSplit((tmp_path / "gone.png",), np.zeros(1, dtype=np.int64), (5, 4), 3)
    with pytest.raises(DataError, match=r"The image .*gone\.png is not there any more"):
        split.read([0])


def test_there_is_no_validation_unless_given() -> None:
    assert Images(ArraySplit(PIXELS, LABELS), ArraySplit(PIXELS, LABELS)).validation is None


@pytest.mark.parametrize(
    ("pixels", "labels", "sentence"),
    [
        (PIXELS.astype(np.float32), LABELS, "must be bytes of shape .*, not float32 of shape"),
        (PIXELS[0], LABELS, "must be bytes of shape"),
        (PIXELS, LABELS[:-1], r"6 images need 6 labels of type int64, not int64 of shape \(5,\)"),
        (PIXELS, LABELS.astype(np.uint8), "not uint8 of shape"),
        (PIXELS, LABELS[:, np.newaxis], r"of shape \(6, 1\)"),
    ],
)
def test_arrays_that_do_not_belong_together(pixels: object, labels: object, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        ArraySplit(pixels, labels)  # type: ignore[arg-type]  # wrong on purpose


def test_paths_without_labels() -> None:
    with pytest.raises(DataError, match="2 images need 2 labels"):
        FileSplit((Path("a"), Path("b")), LABELS, (5, 4), 3)
