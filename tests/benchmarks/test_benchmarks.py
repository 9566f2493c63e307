"""Runs every script beside this file, each in a process of its own; a script exits with 1 where a budget is missed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.datasets.base import DATASETS

ROOT = Path(__file__).parents[2]
NEEDS_THE_FULL_SET = {"bench_training.py"}


@pytest.mark.benchmark
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("script", sorted(path.name for path in Path(__file__).parent.glob("bench_*.py")))
def test_budgets_are_met(script: str) -> None:
    if script in NEEDS_THE_FULL_SET and DATASETS["fashion-mnist"].find() is None:
        pytest.skip("the full Fashion-MNIST is not on this computer")
    sys.stdout.write(f"\n{script}\n")
    sys.stdout.flush()
    # what the script writes goes where this process writes, so that -s shows it at once
    result = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script))], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )
    assert result.returncode == 0, f"{script} missed a budget; its figures are above"
