from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from explorer.errors import FileError
from explorer.runs.atomic import LARGEST_JSON, read_json, replacing, write_json, write_text


def test_the_new_file_takes_the_place_of_the_old_with_the_mode_of_any_new_file(tmp_path: Path) -> None:
    path, plain = tmp_path / "file", tmp_path / "plain"
    path.write_text("old")
    plain.write_text("")
    with replacing(path) as temporary:
        temporary.unlink()
        temporary.write_text("new")
        temporary.chmod(0o600)  # as safetensors leaves its files
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "plain"]


def _write_half(path: Path, error: Exception) -> None:
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise error


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyError("other")])
def test_after_an_error_the_old_file_is_untouched_and_nothing_is_left(tmp_path: Path, error: Exception) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    expected = FileError if isinstance(error, OSError) else KeyError
    with pytest.raises(expected) as caught:
        _write_half(path, error)
    if expected is FileError:
        assert "(no space left on device); make room or choose another folder" in str(caught.value)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_not_there_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write_text(tmp_path / "missing" / "file", "text")


def test_json_comes_back_and_what_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "value.json"
    write_json(path, {"name": "Prüfung", "numbers": [1, 2.5, None]})
    assert read_json(path) == {"name": "Prüfung", "numbers": [1, 2.5, None]}
    path.write_text("[1, 2]")
    with pytest.raises(FileError, match="no JSON object"):
        read_json(path)
    path.write_text("{" * 100_000)
    with pytest.raises(FileError, match="is not JSON"):
        read_json(path)
    with path.open("wb") as file:
        file.truncate(LARGEST_JSON + 1)
    with pytest.raises(FileError, match="larger than 8 MB"):
        read_json(path)
    with pytest.raises(FileError, match="no such file"):
        read_json(tmp_path / "none.json")
