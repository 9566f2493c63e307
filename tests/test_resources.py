"""The bundled files are found, from a checkout and from the wheel's layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import resources
from explorer.errors import FileError


def test_finds_the_checkouts_resources() -> None:
    expected = Path(resources.__file__).parents[1] / "resources" / "datasets"
    assert resources.path("datasets") == expected
    assert resources.path("datasets", "fashion-mnist-sample", "LICENSE").is_file()


def test_the_wheels_folder_comes_before_a_strangers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed, stranger = tmp_path / "explorer" / "_resources", tmp_path / "resources"
    for folder in (installed, stranger):
        folder.mkdir(parents=True)
        (folder / "icon.svg").touch()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "explorer")
    assert resources.path("icon.svg") == installed / "icon.svg"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileError, match=r"bundled file styles/nowhere\.qss is missing from .*styles; install"):
        resources.path("styles", "nowhere.qss")
