from __future__ import annotations

from typing import Any

import pytest

from explorer.errors import FileError
from explorer.runs.reading import Reading
from explorer.training.position import Position


def _after(*figures: tuple[float | None, float | None]) -> tuple[Position, list[bool]]:
    position = Position()
    return position, [position.validated(loss, accuracy) for loss, accuracy in figures]


def test_the_best_epoch_has_the_best_accuracy_and_among_equals_the_lower_loss() -> None:
    position, best = _after((1.0, 0.5), (0.8, 0.7), (0.9, 0.7), (0.7, 0.7), (0.1, 0.6))
    assert best == [True, True, False, True, False]
    assert (position.best_epoch, position.best_accuracy, position.best_loss) == (4, 0.7, 0.7)
    assert position.stale == 1
    assert (position.last_accuracy, position.last_loss) == (0.6, 0.1)


def test_a_loss_that_is_no_number_never_wins_a_tie() -> None:
    _, best = _after((0.5, 0.5), (float("nan"), 0.5))
    assert best == [True, False]


def test_without_validation_the_latest_is_the_best() -> None:
    position, best = _after((None, None), (None, None))
    assert best == [True, True]
    assert position.best_epoch == 2


def test_it_survives_a_checkpoint_and_a_later_version() -> None:
    position, _ = _after((1.0, 0.5))
    position.trained(0.25, 3, 4)
    saved = position.to_checkpoint() | {"something_new": 1}
    assert Position.from_checkpoint(Reading(saved, "the file")) == position


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": "x"}, "step is 'x', but must be a whole number"),
        ({"batch": -1}, "batch is -1"),
        ({"loss_sum": None}, "loss_sum is None, but must be a number"),
        ({"best_checkpoint": 5}, "best_checkpoint is 5, but must be a text"),
        ({"last_accuracy": "good"}, "last_accuracy is 'good'"),
    ],
)
def test_a_damaged_number_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(FileError, match=f"the file is damaged: {said}"):
        Position.from_checkpoint(Reading(Position().to_checkpoint() | change, "the file"))


def test_a_missing_number_is_named() -> None:
    with pytest.raises(FileError, match="the file is damaged: step is missing"):
        Position.from_checkpoint(Reading({}, "the file"))
