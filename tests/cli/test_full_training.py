"""The training that the full Fashion-MNIST must allow, through the command line as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.datasets.base import DATASETS
from tests.cli.commands import Terminal


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_lenet_reaches_seventy_percent_on_the_full_fashion_mnist(run: Terminal, tmp_path: Path) -> None:
    if DATASETS["fashion-mnist"].find() is None:
        pytest.skip("the full Fashion-MNIST is not on this computer")
    words = "train lenet5 --data fashion-mnist --epochs 5 --seed 0 --optimizer adam --lr 0.001 --batch-size 256"
    assert run(*words.split(), "--out", tmp_path / "run") == 0, run.err
    found = run.json("evaluate", tmp_path / "run")
    assert found["images"] == 10_000
    assert found["accuracy"] >= 0.70
