"""The shape of the repository: what lies at the top, what must never be committed, and bounded dependencies."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TOP = {"explorer", "resources", "tests", "packaging", "pyproject.toml", "README.md"}
DOTFILES = {".ci", ".github", ".gitignore", ".pre-commit-config.yaml"}

in_a_checkout = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive has no list of files")


@pytest.fixture(scope="module")
def files() -> list[PurePosixPath]:
    """Everything that is committed or would be: tracked files, and new ones that .gitignore does not name."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [PurePosixPath(name) for name in listing.split("\0") if name]


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    """The table [project] of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def requirements(project: dict[str, object]) -> list[Requirement]:
    dependencies, extras = project["dependencies"], project["optional-dependencies"]
    assert isinstance(dependencies, list)
    assert isinstance(extras, dict)
    lines = [*dependencies, *(line for extra in extras.values() for line in extra)]
    return [found for line in lines if (found := Requirement(line)).name != project["name"]]


@in_a_checkout
def test_the_top_level_is_exactly_the_allowed_one(files: list[PurePosixPath]) -> None:
    assert {file.parts[0] for file in files} == TOP | DOTFILES


@in_a_checkout
def test_no_lock_file_is_committed(files: list[PurePosixPath]) -> None:
    locks = {"requirements.txt", "Pipfile", "environment.yml"}
    assert [file for file in files if file.suffix == ".lock" or file.name in locks or "pylock" in file.name] == []


@in_a_checkout
def test_packaging_and_resources_are_no_packages(files: list[PurePosixPath]) -> None:
    # packaging/__init__.py would shadow the PyPI package of that name for everybody who runs Python here.
    assert [file for file in files if file.name == "__init__.py" and file.parts[0] != "explorer"] == []


def test_every_dependency_is_bounded_on_both_sides(project: dict[str, object]) -> None:
    unbounded = []
    for requirement in requirements(project):
        operators = {bound.operator for bound in requirement.specifier}
        if not ({">=", "<"} <= operators):
            unbounded.append(str(requirement))
    assert unbounded == []


@pytest.mark.parametrize(
    ("version", "python", "allowed"),
    [("6.11.3", "3.11", True), ("6.12.0", "3.11", False), ("6.12.0", "3.12", True), ("6.10.1", "3.13", False)],
)
def test_qt_that_aborts_is_never_installed(
    project: dict[str, object], version: str, python: str, *, allowed: bool
) -> None:
    ranges = [
        requirement.specifier
        for requirement in requirements(project)
        if requirement.name == "PySide6-Essentials"
        and (requirement.marker is None or requirement.marker.evaluate({"python_version": python}))
    ]
    assert len(ranges) == 1
    assert ranges[0].contains(version) is allowed
