"""The IDX reader, held against torchvision's, and what it says of damaged files."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets.mnist import read_image_file, read_label_file

from explorer.datasets.idx import read_idx, write_idx
from explorer.errors import DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)
LABELS = np.arange(5, dtype=np.uint8)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "images-idx3-ubyte.gz"
    write_idx(path, IMAGES)
    return path


def test_writes_what_torchvision_reads(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", IMAGES)
    write_idx(tmp_path / "labels", LABELS)
    assert np.array_equal(read_image_file(str(tmp_path / "images")).numpy(), IMAGES)
    assert np.array_equal(read_label_file(str(tmp_path / "labels")).numpy(), LABELS)


@pytest.mark.parametrize("name", ["plain", "compressed.gz"])
def test_reads_what_it_wrote(tmp_path: Path, name: str) -> None:
    write_idx(tmp_path / name, IMAGES)
    read = read_idx(tmp_path / name, 3)
    assert np.array_equal(read, IMAGES)
    assert read.flags.writeable  # torch.from_numpy warns of arrays that are not


def test_compression_is_told_by_content(tmp_path: Path, sound: Path) -> None:
    misnamed = sound.rename(tmp_path / "images-idx3-ubyte")
    assert np.array_equal(read_idx(misnamed, 3), IMAGES)


def test_equal_arrays_give_equal_bytes(tmp_path: Path) -> None:
    write_idx(tmp_path / "a.gz", IMAGES)
    write_idx(tmp_path / "b.gz", IMAGES.copy())
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert (tmp_path / "a.gz").read_bytes()[4:8] == bytes(4)  # no time in the header


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.gz is missing from .*; put it there"):
        read_idx(tmp_path / "nowhere.gz", 3)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)"):
        read_idx(tmp_path, 3)


def test_every_truncation_is_refused(sound: Path) -> None:
    whole = sound.read_bytes()
    for length in range(len(whole)):
        sound.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"cut short; delete it|not an IDX file|damaged"):
            read_idx(sound, 3)


def test_every_truncation_of_a_plain_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain"
    write_idx(path, IMAGES)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match="cut short; delete it"):
            read_idx(path, 3)


def test_no_flipped_byte_passes_the_checksum(sound: Path) -> None:
    whole = sound.read_bytes()
    for place in range(10, len(whole)):  # behind gzip's header, whose time and system mean nothing
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        sound.write_bytes(damaged)
        with pytest.raises(DataError, match=f"The file {sound} .*; delete it"):
            read_idx(sound, 3)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html>Sign in to the network</html>", "not an IDX file"),
        (struct.pack(">HBB3I", 0, 0x0D, 3, 1, 1, 1), "not an IDX file of bytes with 3"),  # of floats
        (struct.pack(">HBBI", 0, 0x08, 1, 1) + b"x", "not an IDX file of bytes with 3 dimensions"),  # labels
        (struct.pack(">HBB3I", 0, 0x08, 3, 1 << 20, 1 << 20, 1 << 20), "claims to hold 1152921504606846976 bytes"),
        (struct.pack(">HBB3I", 0, 0x08, 3, 1, 1, 1) + b"xy", "more than its header says"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_other_content(tmp_path: Path, content: bytes, sentence: str, *, compressed: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(DataError, match=sentence):
        read_idx(path, 3)
