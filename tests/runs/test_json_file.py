from __future__ import annotations

from pathlib import Path

import pytest

from explorer.core import json_text
from explorer.errors import FileError
from explorer.runs.json_file import read_json, write_json, write_text


def test_a_folder_that_is_not_there_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write_text(tmp_path / "missing" / "file", "text")


def test_json_comes_back_and_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "value.json"
    path.write_text("old")
    write_json(path, {"name": "Prüfung", "numbers": [1, 2.5, None]})
    assert read_json(path) == {"name": "Prüfung", "numbers": [1, 2.5, None]}
    assert [item.name for item in tmp_path.iterdir()] == ["value.json"]
    with pytest.raises(ValueError, match="Out of range"):
        write_json(path, {"loss": float("nan")})
    assert read_json(path)["name"] == "Prüfung"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[1, 2]", "holds no JSON object"),
        (b"{", "is not readable JSON"),
        (b'{"a": NaN}', "NaN is not a number of JSON"),
        (b'{"a": 1, "a": 2}', "the same key twice"),
        (b'{"a":' * 100_000, "nested more than"),
        (b" " * (json_text.MAX_BYTES + 1), "larger than 8 MB"),
        (b"\xff\xfe", "is not readable JSON"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "value.json"
    path.write_bytes(content)
    with pytest.raises(FileError, match=said):
        read_json(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.json cannot be read \(no such file"):
        read_json(tmp_path / "none.json")


def test_half_a_surrogate_pair_comes_back(tmp_path: Path) -> None:
    value = {"name": "a\ud800b", "class": "c\udcff", "note": "Übung \U0001f600"}
    write_json(tmp_path / "value.json", value)
    assert read_json(tmp_path / "value.json") == value
    (tmp_path / "value.json").read_text(encoding="utf-8")
