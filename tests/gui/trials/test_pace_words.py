"""How long a run will take, as it is said before it begins."""

from __future__ import annotations

import pytest

from explorer.gui.trials.pace_words import epoch_seconds, lasting, pace_words
from explorer.training.events import PaceFound

PACE = PaceFound(batch_size=100, step_seconds=0.5, image_seconds=0.0042, macs=1_820_000_000)


def test_an_epoch_has_its_steps_and_its_validation() -> None:
    assert epoch_seconds(PACE, (1_000, 0)) == pytest.approx(5.0)
    assert epoch_seconds(PACE, (1_050, 0)) == pytest.approx(5.5)  # the last batch is half as large, yet a step
    assert epoch_seconds(PACE, (1_000, 300)) == pytest.approx(5.5)  # what only goes forward takes a third


def test_all_that_a_person_asks_before_a_run() -> None:
    looked = "One image is looked at in 4.2 ms, for 1.82 G MACs."
    assert pace_words(PACE, (9_000, 1_000), 10) == (
        f"A step takes 500 ms, so an epoch of 9,000 images about 46.7 s, 7:47 in all. {looked}"
    )
    assert "in all" not in pace_words(PACE, (9_000, 1_000), 1)
    assert pace_words(PACE, (0, 0), 10) == f"A step takes 500 ms. {looked}"  # of a set that is yet to be fetched


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.00042, "0.42 ms"), (0.0122, "12 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (59.94, "59.9 s"), (125, "2:05"),
     (3_723, "1:02:03")],
)  # fmt: skip
def test_times_of_any_length(seconds: float, said: str) -> None:
    assert lasting(seconds) == said
