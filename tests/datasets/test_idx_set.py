"""The MNIST family in every layout, downloaded from a server on this machine, and what is said when files are wrong."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torchvision

from explorer.datasets import locations
from explorer.datasets.base import DATASETS
from explorer.datasets.idx import write_idx
from explorer.datasets.idx_set import NAMES, IdxDataset
from explorer.datasets.images import ArraySplit
from explorer.errors import Cancelled, DataError

if TYPE_CHECKING:
    from tests.file_server import FileServer

KEYS = ["mnist", "kmnist", "fashion-mnist"]
TRAIN_IMAGES, TEST_IMAGES = 20, 10


def arrays() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    random = np.random.default_rng(0)
    content = {}
    for part, count in (("train", TRAIN_IMAGES), ("t10k", TEST_IMAGES)):
        content[f"{part}-images-idx3-ubyte"] = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        content[f"{part}-labels-idx1-ubyte"] = (np.arange(count) % 10).astype(np.uint8)
    return content


def tiny(key: str) -> IdxDataset:
    """The registered data set, as if it had been published with 20 and 10 images."""
    registered = DATASETS[key]
    assert isinstance(registered, IdxDataset)
    mean = float(arrays()["train-images-idx3-ubyte"].mean()) / 255
    return replace(registered, train_images=TRAIN_IMAGES, test_images=TEST_IMAGES, mean=(mean,))


def put(folder: Path, suffix: str = ".gz", spell: Callable[[str], str] = str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays().items():
        write_idx(folder / f"{spell(name)}{suffix}", array)


def publish(dataset: IdxDataset, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the server offer the files, and torchvision's class name it and their checksums."""
    resources = []
    for name, array in arrays().items():
        header = bytes([0, 0, 8, array.ndim]) + b"".join(extent.to_bytes(4, "big") for extent in array.shape)
        content = gzip.compress(header + array.tobytes())
        server.files[f"/{name}.gz"] = content
        resources.append((f"{name}.gz", hashlib.md5(content, usedforsecurity=False).hexdigest()))
    published = getattr(torchvision.datasets, dataset.torchvision_name)
    monkeypatch.setattr(published, "mirrors", [f"{server.address}/gone/", f"{server.address}/"])
    monkeypatch.setattr(published, "resources", resources)


LAYOUTS: list[tuple[str, str, Callable[[str], str]]] = [
    ("", ".gz", str),  # Debian's folder
    ("", "", str),
    ("", "", lambda name: name.replace("-idx", ".idx")),  # as some mirrors spell them
    ("{key}", ".gz", str),  # the folder above Debian's
    ("{torchvision}/raw", "", str),  # torchvision's
    ("{torchvision}/raw", ".gz", str),
    ("raw", "", str),  # torchvision's, one further down
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("where", "suffix", "spell"), LAYOUTS)
def test_every_layout_is_found(tmp_path: Path, key: str, where: str, suffix: str, spell: Callable[[str], str]) -> None:
    dataset = tiny(key)
    folder = tmp_path / where.format(key=key, torchvision=dataset.torchvision_name)
    put(folder, suffix, spell)
    assert dataset.find(tmp_path) == folder
    images = dataset.load(tmp_path, download=False)
    assert isinstance(images.train, ArraySplit)
    assert np.array_equal(images.train.images[:, 0], arrays()["train-images-idx3-ubyte"])
    assert images.test.labels.tolist() == list(range(10))


def test_equals_torchvision_on_the_same_files(tmp_path: Path) -> None:
    put(tmp_path / "MNIST" / "raw", "")
    images = tiny("mnist").load(tmp_path, download=False)
    for split, train in ((images.train, True), (images.test, False)):
        theirs = torchvision.datasets.MNIST(str(tmp_path), train=train)
        assert isinstance(split, ArraySplit)
        assert np.array_equal(split.images[:, 0], theirs.data.numpy())
        assert np.array_equal(split.labels, theirs.targets.numpy())


def test_the_folder_pointed_at_comes_first_then_ones_own_then_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "SYSTEM_FOLDERS", (tmp_path / "system",))
    places = [tmp_path / "pointed", tmp_path / "own" / "MNIST" / "raw", tmp_path / "system" / "mnist"]
    for place in places:
        put(place)
    for place in places:
        assert tiny("mnist").find(tmp_path / "pointed") == place
        shutil.rmtree(place)
    assert tiny("mnist").find(tmp_path / "pointed") is None


@pytest.mark.parametrize("key", KEYS)
def test_download_lays_the_files_out_as_torchvision_does(
    tmp_path: Path, key: str, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = tiny(key)
    publish(dataset, server, monkeypatch)
    told: list[str] = []
    images = dataset.load(progress=lambda what, *_: told.append(what))
    folder = tmp_path / "own" / dataset.torchvision_name / "raw"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.gz" for name in NAMES)
    assert len(images.train) == TRAIN_IMAGES
    assert f"Downloading {NAMES[0]}.gz" in told
    assert told[-1] == f"Reading {dataset.title}"
    asked = len(server.requests)
    dataset.load()
    assert len(server.requests) == asked  # the second time it is there


def test_download_goes_to_the_folder_pointed_at(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tiny("mnist"), server, monkeypatch)
    tiny("mnist").load(tmp_path / "mine")
    assert (tmp_path / "mine" / "MNIST" / "raw" / f"{NAMES[0]}.gz").is_file()
    assert not (tmp_path / "own").exists()


def test_a_cancelled_download_goes_on_where_it_was(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tiny("mnist"), server, monkeypatch)
    with pytest.raises(Cancelled):
        tiny("mnist").load(cancelled=lambda: len(server.requests) > 4)
    assert len(list((tmp_path / "own" / "MNIST" / "raw").glob("*.gz"))) == 2
    tiny("mnist").load()
    paths = [path for path, _ in server.requests]
    assert paths.count(f"/{NAMES[0]}.gz") == 1


def test_nowhere_and_no_download(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        tiny("mnist").load(tmp_path / "mine", download=False)
    sentence = str(caught.value)
    assert sentence.startswith(f"MNIST is not on this computer (looked in {tmp_path / 'mine'}, {tmp_path / 'own'})")
    assert "--data-dir" in sentence
    assert "fashion-mnist-sample" in sentence


def test_offline_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://mirror.invalid/"])
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte\.gz could not be downloaded .*Connect to the internet"
    ):
        tiny("mnist").load()


@pytest.mark.parametrize("download", [True, False])
def test_a_missing_file_is_named(tmp_path: Path, *, download: bool) -> None:
    put(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"only some files of MNIST: t10k-labels-idx1-ubyte missing\. Put them there"):
        tiny("mnist").load(tmp_path, download=download)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    put(tmp_path)
    damaged = tmp_path / "train-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(DataError, match=rf"{damaged} is cut short; delete it and load the data set again"):
        tiny("mnist").load(tmp_path)


def test_another_member_of_the_family_is_refused(tmp_path: Path) -> None:
    put(tmp_path)
    kmnist = replace(tiny("kmnist"), mean=(0.19,))
    with pytest.raises(
        DataError, match=r"not those of Kuzushiji-MNIST: their mean brightness is 0\.\d+ instead of 0\.19"
    ):
        kmnist.load(tmp_path)


def test_another_number_of_images_is_refused(tmp_path: Path) -> None:
    put(tmp_path)
    with pytest.raises(DataError, match="holds 20 training images of 1 x 28 x 28, but MNIST has 60,000 of 1 x 28 x 28"):
        DATASETS["mnist"].load(tmp_path)


def test_labels_without_a_class_are_refused(tmp_path: Path) -> None:
    put(tmp_path)
    with pytest.raises(DataError, match="labels from 0 to 9, but MNIST has 4 classes"):
        replace(tiny("mnist"), classes=tuple("0123")).load(tmp_path)


def test_images_and_labels_must_match(tmp_path: Path) -> None:
    put(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", np.zeros(7, dtype=np.uint8))
    with pytest.raises(DataError, match="20 images and 7 labels in its train files"):
        tiny("mnist").load(tmp_path)


def test_cancelled_before_reading(tmp_path: Path) -> None:
    put(tmp_path)
    with pytest.raises(Cancelled, match="Reading MNIST was cancelled"):
        tiny("mnist").load(tmp_path, cancelled=lambda: True)
