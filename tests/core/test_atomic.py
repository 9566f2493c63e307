from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.core.atomic import replacing
from explorer.core.text_file import read_bytes
from explorer.errors import FileError


def write(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
@pytest.mark.parametrize("name", ["pipe", "link"])
def test_a_pipe_is_refused_and_stays_one(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with pytest.raises(FileError, match=f"{name} is no regular file, so nothing can be written there; choose another"):
        write(tmp_path / name, "new")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_reading_a_pipe_is_refused_and_does_not_wait_for_what_never_comes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read = "import explorer, sys; explorer.read(sys.argv[1])"
    ended = subprocess.run(
        [sys.executable, "-c", read, str(tmp_path / "pipe")], capture_output=True, text=True, timeout=120, check=False
    )
    assert "FileError" in ended.stderr
    assert f"{tmp_path / 'pipe'} is no regular file, so it cannot be read; choose a file." in ended.stderr


def test_reading_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder, so it cannot be read; choose a file"):
        read_bytes(tmp_path)


def test_a_folder_is_refused_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder, so nothing can be written there"):
        write(tmp_path, "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="making a link takes rights on Windows")
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_its_file_is_written(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]
