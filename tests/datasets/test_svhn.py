"""SVHN from MATLAB files in their real format, and the sentence where scipy is missing."""

from __future__ import annotations

import hashlib
import importlib.util
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.io
import torchvision

from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.datasets.svhn import SvhnDataset
from explorer.errors import Cancelled, DataError

if TYPE_CHECKING:
    from tests.file_server import FileServer

PIXELS = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 4), dtype=np.uint8)  # (H, W, C, N), as published
LABELS = np.array([[1], [10], [9], [10]], dtype=np.uint8)  # 10 is the digit 0
FILES = {"train": "train_32x32.mat", "test": "test_32x32.mat"}


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The two files' content, with torchvision's class told of its checksum."""
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"X": PIXELS, "y": LABELS})
    publish(stream.getvalue(), "http://mirror.invalid", monkeypatch)
    return stream.getvalue()


def publish(content: bytes, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    split_list = {part: [f"{address}/{name}", name, md5] for part, name in FILES.items()}
    monkeypatch.setattr(torchvision.datasets.SVHN, "split_list", split_list)


def tiny() -> SvhnDataset:
    registered = DATASETS["svhn"]
    assert isinstance(registered, SvhnDataset)
    return replace(registered, train_images=4, test_images=4)


@pytest.mark.parametrize("where", ["", "SVHN", "svhn"])
def test_found_and_decoded(tmp_path: Path, content: bytes, where: str) -> None:
    (tmp_path / where).mkdir(exist_ok=True)
    for name in FILES.values():
        (tmp_path / where / name).write_bytes(content)
    images = tiny().load(tmp_path, download=False)
    assert isinstance(images.train, ArraySplit)
    assert np.array_equal(images.train.images, PIXELS.transpose(3, 2, 0, 1))
    assert images.train.images.flags.c_contiguous
    assert images.test.labels.tolist() == [1, 0, 9, 0]


def test_downloaded(tmp_path: Path, content: bytes, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(content, server.address, monkeypatch)
    server.files.update({f"/{name}": content for name in FILES.values()})
    assert len(tiny().load().test) == 4
    assert sorted(path.name for path in (tmp_path / "own" / "SVHN").iterdir()) == sorted(FILES.values())


def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    for name in FILES.values():
        (tmp_path / name).write_bytes(content[:-1])
    with pytest.raises(DataError, match=r"The file train_32x32\.mat in .* is damaged; delete it"):
        tiny().load(tmp_path)


def test_cancelled(tmp_path: Path, content: bytes) -> None:
    for name in FILES.values():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Cancelled):
        tiny().load(tmp_path, cancelled=lambda: True)


def test_without_scipy_the_extra_is_named_before_anything_is_fetched(
    server: FileServer, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(content, server.address, monkeypatch)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "scipy" else find(name))
    with pytest.raises(DataError, match=r"need scipy .* pip install 'architecture-explorer\[svhn\]'"):
        tiny().load()
    assert not server.requests
