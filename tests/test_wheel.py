"""The wheel holds the package and its resources, and finds them where nothing else is installed."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"screenshots"}  # the README's pictures
MEGABYTE = 1_000_000

FIND = "import explorer.resources, sys; print(explorer.resources.path(*sys.argv[1:]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout, by the backend that pip uses."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that an installation of the wheel would be."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def resources() -> list[Path]:
    """The resources of the checkout that the app needs, relative to ``resources/``."""
    found = (path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file())
    return sorted(path for path in found if path.parts[0] not in LEFT_OUT)


def find(site: Path, outside: Path, *parts: str) -> Path:
    """Asks the package in ``site``, from a folder outside the checkout, where a resource lies."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", FIND, *parts]
    result = subprocess.run(command, cwd=outside, env=environment, check=True, capture_output=True, text=True)
    return Path(result.stdout.strip())


def test_the_wheel_holds_the_package_the_resources_and_nothing_else(unpacked: Path) -> None:
    package = (path for path in (ROOT / "explorer").rglob("*") if path.is_file() and path.suffix != ".pyc")
    code = {path.relative_to(ROOT) for path in package}
    expected = code | {Path("explorer/_resources") / path for path in resources()}
    inside = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    assert {path for path in inside if not path.parts[0].endswith(".dist-info")} == expected


def test_every_resource_is_in_the_wheel_as_it_is(unpacked: Path) -> None:
    found = resources()
    assert Path("icons/app.svg") in found
    for path in found:
        assert (unpacked / "explorer/_resources" / path).read_bytes() == (ROOT / "resources" / path).read_bytes(), path


def test_an_installed_wheel_finds_its_own_resources(unpacked: Path, tmp_path: Path) -> None:
    assert find(unpacked, tmp_path, "icons", "app.svg") == unpacked / "explorer/_resources/icons/app.svg"


def test_a_checkout_finds_its_own_resources(tmp_path: Path) -> None:
    assert find(ROOT, tmp_path, "icons", "app.svg") == ROOT / "resources/icons/app.svg"


def test_the_command_starts_what_the_wheel_names(unpacked: Path) -> None:
    (file,) = unpacked.glob("*.dist-info/entry_points.txt")
    points = configparser.ConfigParser()
    points.read(file, encoding="utf-8")
    assert dict(points["console_scripts"]) == {"architecture-explorer": "explorer.__main__:main"}
    start = "import explorer.__main__ as start; assert callable(start.main)"
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    subprocess.run([sys.executable, "-c", start], cwd=unpacked, env=environment, check=True)


def test_the_version_is_the_one_the_package_states(wheel: Path) -> None:
    assert wheel.name == f"architecture_explorer-{explorer.__version__}-py3-none-any.whl"


def test_the_licence_goes_with_it(unpacked: Path) -> None:
    (licence,) = unpacked.glob("*.dist-info/licenses/packaging/LICENSE")
    assert licence.read_text(encoding="utf-8").startswith("MIT License")


def test_the_wheel_stays_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 10 * MEGABYTE
