"""CIFAR-10 and CIFAR-100 from archives in their real format: unpacked, decoded, refused when anything is off."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torchvision

from explorer.datasets.base import DATASETS
from explorer.datasets.cifar import CifarDataset
from explorer.datasets.images import ArraySplit, Images
from explorer.errors import Cancelled, DataError

if TYPE_CHECKING:
    from tests.file_server import FileServer

KEYS = ["cifar10", "cifar100"]
ROWS = 3  # images in a batch


class Python2Pickler(pickle._Pickler):
    """Pickles arrays as Python 2 and the NumPy of 2009 did, the way the published archives have them."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, np.dtype):
            return np.dtype, (value.str[1:], 0, 1), value.__reduce__()[2]  # numbers where bools came later
        return NotImplemented


def pickled(value: object) -> bytes:
    stream = io.BytesIO()
    Python2Pickler(stream, protocol=2).dump(value)
    return stream.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def batch(key: str, number: int) -> dict[str, Any]:
    pixels = np.random.default_rng(number).integers(0, 256, (ROWS, 3072), dtype=np.uint8)
    classes = len(DATASETS[key].classes)
    return {"data": pixels, "labels" if key == "cifar10" else "fine_labels": [number, classes - 1, 0]}


def tiny(key: str) -> CifarDataset:
    registered = DATASETS[key]
    assert isinstance(registered, CifarDataset)
    return replace(registered, train_images=ROWS * (5 if key == "cifar10" else 1), test_images=ROWS)


def publish(key: str, monkeypatch: pytest.MonkeyPatch, address: str = "http://mirror.invalid") -> bytes:
    """An archive of tiny batches, with torchvision's class told of its checksums; returns the archive."""
    dataset, published = tiny(key), getattr(torchvision.datasets, tiny(key).torchvision_name)
    train = [[name, pickled(batch(key, number))] for number, (name, _) in enumerate(published.train_list)]
    test = [[name, pickled(batch(key, 9))] for name, _ in published.test_list]
    names = published.meta["key"]
    meta = [published.meta["filename"], pickled({names: list(dataset.classes)})]
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in [*train, *test, meta, ["readme.html", b"hello"]]:
            member = tarfile.TarInfo(f"{dataset.batches}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(published, "train_list", [[name, md5(content)] for name, content in train])
    monkeypatch.setattr(published, "test_list", [[name, md5(content)] for name, content in test])
    monkeypatch.setattr(published, "meta", {**published.meta, "md5": md5(meta[1])})
    monkeypatch.setattr(published, "url", f"{address}/{dataset.archive}")
    monkeypatch.setattr(published, "tgz_md5", md5(stream.getvalue()))
    return stream.getvalue()


def check(key: str, images: Images) -> None:
    assert isinstance(images.train, ArraySplit)
    assert np.array_equal(images.train.images[:ROWS].reshape(ROWS, -1), batch(key, 0)["data"])
    assert isinstance(images.test, ArraySplit)
    assert images.test.images.flags.c_contiguous
    assert images.test.labels.tolist() == [9, len(DATASETS[key].classes) - 1, 0]


@pytest.mark.parametrize("key", KEYS)
def test_downloads_unpacks_and_decodes(
    tmp_path: Path, key: str, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = tiny(key)
    server.files[f"/{dataset.archive}"] = publish(key, monkeypatch, server.address)
    told: list[str] = []
    check(key, dataset.load(progress=lambda what, *_: told.append(what)))
    assert told[-1] == f"Reading {dataset.title}"
    assert not (tmp_path / "own" / dataset.batches / "readme.html").exists()  # only what is known by name
    check(key, dataset.load(download=False))
    assert len(server.requests) == 1


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("inside", [False, True])
def test_found_where_torchvision_unpacked_it(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch, *, inside: bool
) -> None:
    dataset = tiny(key)
    with tarfile.open(fileobj=io.BytesIO(publish(key, monkeypatch))) as archive:
        archive.extractall(tmp_path, filter="data")
    check(key, dataset.load(tmp_path / dataset.batches if inside else tmp_path, download=False))


def test_an_archive_in_the_folder_pointed_at_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / tiny("cifar10").archive).write_bytes(publish("cifar10", monkeypatch))
    check("cifar10", tiny("cifar10").load(tmp_path, download=False))


def test_a_damaged_archive_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / tiny("cifar10").archive
    archive.write_bytes(publish("cifar10", monkeypatch)[:-10])
    with pytest.raises(DataError, match=rf"The archive {archive} is damaged; delete it and load CIFAR-10 again"):
        tiny("cifar10").load(tmp_path)


@pytest.mark.parametrize(("state", "spoil"), [("damaged", True), ("missing", False)])
def test_no_batch_but_the_published_one_is_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, *, spoil: bool
) -> None:
    (tmp_path / tiny("cifar10").archive).write_bytes(publish("cifar10", monkeypatch))
    tiny("cifar10").load(tmp_path)
    victim = tmp_path / tiny("cifar10").batches / "data_batch_3"
    victim.unlink()
    if spoil:
        victim.write_bytes(b"cos\nabort\n(tR.")  # a pickle that would end the process
    with pytest.raises(DataError, match=rf"The file data_batch_3 in .* is {state}; delete that folder and load"):
        tiny("cifar10").load(tmp_path)


def test_a_cancelled_unpacking_leaves_no_half_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / tiny("cifar10").archive).write_bytes(publish("cifar10", monkeypatch))
    asked = iter([False, False, True])
    with pytest.raises(Cancelled, match="Unpacking CIFAR-10 was cancelled"):
        tiny("cifar10").load(tmp_path, cancelled=lambda: next(asked))
    assert not (tmp_path / tiny("cifar10").batches).exists()
    check("cifar10", tiny("cifar10").load(tmp_path))


def test_a_folder_that_cannot_be_written_to_is_unpacked_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / tiny("cifar10").archive).write_bytes(publish("cifar10", monkeypatch))
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    check("cifar10", tiny("cifar10").load(tmp_path))
    assert (tmp_path / "own" / tiny("cifar10").batches / "batches.meta").is_file()


def test_unpacking_onto_a_file_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / tiny("cifar10").archive).write_bytes(publish("cifar10", monkeypatch))
    (tmp_path / f"{tiny('cifar10').batches}.part").touch()
    with pytest.raises(
        DataError, match=r"cannot be unpacked in .* \(File exists\); make room or choose another folder"
    ):
        tiny("cifar10").load(tmp_path)
