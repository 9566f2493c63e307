from __future__ import annotations

import pytest
import torch

from explorer.training import meter
from explorer.training.meter import Meter


def _add(to: Meter, loss: float, correct: int, bad: int, images: int) -> None:
    to.add(torch.tensor(loss), torch.tensor(correct), torch.tensor(float(bad)), images)


def test_a_look_fetches_everything_since_the_last_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10.0]
    monkeypatch.setattr("explorer.training.meter.time.perf_counter", lambda: now[0])
    found = Meter()
    assert not found.due
    now[0] += 1
    assert not found.due  # there is nothing to see
    _add(found, 2.0, 3, 0, 4)
    _add(found, 1.5, 2, 0, 4)
    assert found.due
    reading = found.read()
    assert (reading.losses, reading.correct, reading.images) == ((2.0, 1.5), (3, 2), (4, 4))
    assert reading.bad is None
    assert reading.seconds == pytest.approx(1.0)
    _add(found, 1.0, 4, 0, 4)
    assert not found.due
    now[0] += 1.01 * meter.INTERVAL
    assert found.due
    assert found.read().losses == (1.0,)


def test_the_first_bad_step_is_named() -> None:
    found = Meter()
    for bad in (0, 0, 1, 0, 1):
        _add(found, float("nan") if bad else 1.0, 0, bad, 2)
    assert found.read().bad == 2
