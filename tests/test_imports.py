"""What stays out of the start: torch takes seconds to import, Qt a fifth of one (architecture.md, decision 4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer

PACKAGE = Path(explorer.__file__).parent
TORCH = {"torch", "torchvision", "torchinfo"}
QT = {"PySide6", "shiboken6", "pyqtgraph"}
# Where torch may be imported at module level.
WITH_TORCH = ("assembly", "export", "insight", "modules", "runs.checkpoint", "training")

REPORT = "; import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def imported_by(statement: str) -> set[str]:
    """The top-level names of the modules that a fresh interpreter holds after a statement."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-W", "error", "-c", statement + REPORT]
    result = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout))


def modules(*, but: tuple[str, ...]) -> list[str]:
    """The dotted names of the package's modules, without those below ``but``."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inner = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        if not any(inner == name or inner.startswith(f"{name}.") for name in but):
            names.append(f"explorer.{inner}".rstrip("."))
    return names


def test_listing_building_and_analysing_networks_loads_neither_torch_nor_qt() -> None:
    loaded = imported_by(
        "import explorer; assert len(explorer.networks()) > 100;"
        "assert explorer.analyse(explorer.network('resnet152')).parameters > 0"
    )
    assert loaded & (TORCH | QT) == set()


@pytest.mark.parametrize(
    ("but", "banned"),
    [pytest.param(WITH_TORCH, TORCH, id="torch"), pytest.param(("gui",), QT, id="qt")],
)
def test_no_other_module_loads(but: tuple[str, ...], banned: set[str]) -> None:
    found = modules(but=but)
    assert "explorer.core.network" in found
    loaded = imported_by(f"import {', '.join(found)}")
    assert "explorer" in loaded
    assert loaded & banned == set()


def test_the_report_can_see_torch() -> None:
    assert "torch" in imported_by("import torch")
