"""Axes that change in steps: a plot keeps still while its curves grow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.gui.plots.axes import loss_axis
from explorer.gui.plots.ranges import (
    accuracy_floor,
    epoch_ticks,
    epochs_needed,
    epochs_shown,
    log_ticks,
    loss_decades,
    loss_top,
    moved,
    nice_ceiling,
    ticks,
    zoomed,
)


def test_a_short_run_shows_all_its_epochs_and_a_long_one_grows_in_steps() -> None:
    assert epochs_shown(0, 1) == 1
    assert epochs_shown(0, 10) == 10
    shown = [epochs_shown(reached, 300) for reached in np.arange(0, 300, 0.5)]
    assert shown == sorted(shown)
    assert sorted(set(shown)) == [10, 20, 50, 100, 200, 300]
    assert all(reached <= end for reached, end in zip(np.arange(0, 300, 0.5), shown, strict=True))


def test_beside_others_a_run_that_has_ended_takes_no_room_for_what_never_came() -> None:
    assert epochs_needed(1.0, 40, goes_on=True) == epochs_shown(1.0, 40) == 10
    assert [epochs_needed(reached, 40, goes_on=False) for reached in (0.0, 0.3, 1.0, 2.1, 40.0)] == [1, 1, 1, 3, 40]


@given(st.floats(1e-6, 1e6))
def test_a_nice_ceiling_is_above_and_near(value: float) -> None:
    assert value * (1 - 1e-6) <= nice_ceiling(value) <= 1.6 * value


def test_the_loss_axis_keeps_still_for_small_changes_and_follows_large_ones() -> None:
    assert loss_top(2.4, 2.5) == 2.5
    assert loss_top(8.0, 2.5) >= 8
    assert 0.2 < loss_top(0.2, 2.5) <= 0.31
    assert loss_top(0.0, 2.5) == 2.5


def test_decades_of_a_logarithmic_axis_hold_the_curve() -> None:
    low, high = loss_decades([np.array([0.004, 2.3, math.nan])])
    assert (low, high) == (-2.5, 0.5)
    assert loss_decades([np.array([0.0, -1.0])]) == (-1.0, 0.0)
    assert log_ticks(-1, 0) == pytest.approx([0.1, 0.2, 0.5, 1.0])


def test_the_accuracy_axis_zooms_once_all_but_the_first_steps_lie_high() -> None:
    low = np.linspace(10, 60, 100)
    assert accuracy_floor(low, np.array([60.0])) == 0
    assert accuracy_floor(np.full(100, 93.0), np.array([91.0])) == 90
    assert accuracy_floor(np.full(100, 93.0), np.array([85.0])) == 80
    assert accuracy_floor(np.full(10, 93.0), np.array([91.0])) == 0  # too early to tell


@given(st.floats(0, 90), st.floats(1, 100))
def test_ticks_are_round_and_inside(low: float, room: float) -> None:
    found = ticks(low, low + room)
    assert 1 <= len(found) <= 7
    assert all(low - 1e-6 <= tick <= low + room + 1e-6 for tick in found)


def test_ticks_of_the_usual_axes() -> None:
    assert ticks(0, 100) == [0, 20, 40, 60, 80, 100]
    assert ticks(50, 100) == [50, 60, 70, 80, 90, 100]
    assert ticks(0, 1.5) == [0, 0.5, 1.0, 1.5]
    assert epoch_ticks(6) == [0, 1, 2, 3, 4, 5, 6]
    assert epoch_ticks(100) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert len(epoch_ticks(100_000)) <= 11


def test_zooming_keeps_the_place_under_the_pointer_and_stops_at_the_ends() -> None:
    low, high = zoomed((0.0, 10.0), (0.0, 10.0), 4.0, 0.5) or (0.0, 0.0)
    assert (4.0 - low) / (high - low) == pytest.approx(0.4)
    assert high - low == pytest.approx(5.0)
    assert zoomed((low, high), (0.0, 10.0), 4.0, 2.0) is None  # all of it again
    assert zoomed((8.0, 10.0), (0.0, 10.0), 8.0, 2.0) == (6.0, 10.0)  # the end stays the end
    nearest = (5.0, 5.005)
    assert zoomed(nearest, (0.0, 10.0), 5.0, 0.5) == nearest


def test_moving_stops_at_the_ends() -> None:
    assert moved((2.0, 4.0), (0.0, 10.0), 0.5) == (3.0, 5.0)
    assert moved((2.0, 4.0), (0.0, 10.0), -5.0) == (0.0, 2.0)
    assert moved((2.0, 4.0), (0.0, 10.0), 50.0) == (8.0, 10.0)


@pytest.mark.parametrize("power", range(-8, 39, 2))
@pytest.mark.parametrize("log", [False, True])
def test_the_ticks_of_a_loss_are_short_and_true_however_large_it_is(power: int, log: bool) -> None:
    top = loss_top(3.7 * 10.0**power, 2.5)
    axis = loss_axis([np.geomspace(1.1, 3.7, 50) * 10.0**power], top, log=log)
    assert len({text for _, text in axis.ticks}) == len(axis.ticks) > 1
    for where, text in axis.ticks:
        assert float(text) == pytest.approx(10**where if log else where)
        assert len(text) <= 6, "the title of the axis stands beside it"


def test_the_ticks_of_the_usual_losses_have_two_decimals() -> None:
    assert [text for _, text in loss_axis([], 2.5, log=False).ticks] == ["0.00", "0.50", "1.00", "1.50", "2.00", "2.50"]
    assert [text for _, text in loss_axis([], 5e7, log=False).ticks] == ["0", "1e7", "2e7", "3e7", "4e7", "5e7"]
