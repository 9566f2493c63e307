"""Random valid and invalid actions in the real window: nothing breaks, every number stays true, and all of it undoes.

A failure prints its seed. The same walk again, and then as short as it fails::

    RANDOM_WALK_SEED=7 python -m pytest tests/gui/test_random_walk.py
    RANDOM_WALK_SEED=7 RANDOM_WALK_SHRINK=1 python -m pytest tests/gui/test_random_walk.py
    RANDOM_WALK_SEED=7 RANDOM_WALK_STEPS=3,17,42 python -m pytest tests/gui/test_random_walk.py
"""

from __future__ import annotations

import faulthandler
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.logging import _QtMessageCapture

from tests.gui.random_walk.replay import Failure, play, shrunk

SHORT, LONG = 300, 10_000
PART = 500  # steps in one window: a failure of a long walk is found again within these


@pytest.fixture
def seed() -> int:
    """On CI the same each time, so that a change is what fails; elsewhere a new one, so that bugs are found."""
    given = os.environ.get("RANDOM_WALK_SEED") or ("1" if os.environ.get("CI") else "")
    return int(given) if given else random.randrange(1_000_000)


class Walker:
    """Walks in windows of their own, one after the other."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, log: _QtMessageCapture) -> None:
        self._folder, self._patch, self._log = folder, patch, log
        self._walks = 0

    def walk(self, seed: int, numbers: Sequence[int]) -> Failure | None:
        """Walks those steps; what went wrong, or None."""
        self._walks += 1
        return play(seed, numbers, self._folder / str(self._walks), self._patch, lambda: self._log.records)

    def walk_or_fail(self, seed: int, numbers: Sequence[int]) -> None:
        """Walks those steps, or those of the environment, and fails where they do."""
        steps = os.environ.get("RANDOM_WALK_STEPS")
        numbers = [int(number) for number in steps.split(",")] if steps else numbers
        failure = self.walk(seed, numbers)
        if failure is None:
            return
        if os.environ.get("RANDOM_WALK_SHRINK"):
            numbers = shrunk(numbers[: numbers.index(failure.step) + 1], lambda some: self.walk(seed, some) is not None)
            failure = self.walk(seed, numbers) or failure
            pytest.fail(f"{failure}\nRANDOM_WALK_SEED={seed} RANDOM_WALK_STEPS={','.join(map(str, numbers))}", False)
        pytest.fail(f"{failure}\nAgain with RANDOM_WALK_SEED={seed}; shorter with RANDOM_WALK_SHRINK=1", False)


@pytest.fixture
def walker(qapp: QApplication, qtlog: _QtMessageCapture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walker:
    return Walker(tmp_path / "walks", monkeypatch, qtlog)


def test_nothing_breaks_in_300_random_actions(walker: Walker, seed: int) -> None:
    walker.walk_or_fail(seed, range(SHORT))


@pytest.mark.slow
@pytest.mark.timeout(5_400)
def test_nothing_breaks_in_10_000_random_actions(walker: Walker, seed: int) -> None:
    faulthandler.cancel_dump_traceback_later()  # pytest's, which takes a test of minutes for one that hangs
    for part in range(LONG // PART):
        walker.walk_or_fail(seed + part, range(PART))
