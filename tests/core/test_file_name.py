from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer.core.file_name import expanded, usable
from explorer.errors import ExplorerError, FileError

ENDLESS = "a" * 5_000
IMPOSSIBLE: list[Any] = [ENDLESS, "a" * 300, "zero\0byte", 5, None, ["a"]]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_no_file_can_be_called_is_a_short_sentence(name: Any) -> None:
    with pytest.raises(FileError, match="cannot be the name of a file; choose another.") as refusal:
        usable(name)
    assert len(str(refusal.value)) < 100


def test_a_name_that_is_not_taken_is_as_good_as_one_that_is(tmp_path: Path) -> None:
    assert usable(tmp_path) == tmp_path
    assert usable(tmp_path / "new" / "file") == tmp_path / "new" / "file"
    assert usable(os.fspath(tmp_path)) == tmp_path
    with pytest.raises(FileError, match="^'zero"):
        usable(Path("zero\0byte"))


def test_a_home_folder_is_written_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert expanded("~/sets") == tmp_path / "sets"
    with pytest.raises(FileError, match="names no home folder on this computer"):
        expanded("~nobody-of-this-name/sets")


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_public_functions_refuse_them(name: Any) -> None:
    with pytest.raises(ExplorerError):
        explorer.read(name)
    with pytest.raises(ExplorerError):
        explorer.write(explorer.network("lenet5"), name)
    with pytest.raises(ExplorerError, match="There is no network named") as refusal:
        explorer.network(name)
    assert len(str(refusal.value)) < 120
