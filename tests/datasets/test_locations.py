"""Where data sets are looked for and kept."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from explorer.datasets import locations
from explorer.errors import DataError


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(locations.VARIABLE, "~/sets")
    assert locations.data_folder() == Path.home() / "sets"


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, ".local/share"),
        ("linux", {"XDG_DATA_HOME": "/srv/data"}, "/srv/data"),
        ("linux", {"XDG_DATA_HOME": "relative/is/ignored"}, ".local/share"),
        ("darwin", {}, "Library/Application Support"),
        ("win32", {"LOCALAPPDATA": "/appdata"}, "/appdata"),
        ("win32", {}, "AppData/Local"),
    ],
)
def test_the_platforms_folder(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    for name in (locations.VARIABLE, "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert locations.data_folder() == Path.home() / expected / "architecture-explorer" / "datasets"


def test_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in (locations.VARIABLE, "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(DataError, match=r"No home folder .* ARCHITECTURE_EXPLORER_DATA or --data-dir"):
        locations.data_folder()


def test_the_order_of_the_search(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(locations, "SYSTEM_FOLDERS", (Path("/usr/share/datasets"),))
    own = tmp_path / "own"
    assert locations.search_folders(None) == (own, Path("/usr/share/datasets"))
    assert locations.search_folders(Path("~/mine"))[0] == Path.home() / "mine"


def test_debians_folder_is_known() -> None:
    assert Path("/usr/share/datasets") in importlib.reload(locations).SYSTEM_FOLDERS
