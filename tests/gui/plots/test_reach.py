"""A linear axis of losses: a spike or a run that diverges does not flatten the rest, and nothing is lost for good."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.gui.plots.overlay_plots import OverlayPlots
from explorer.gui.plots.reach import Reach, reach, usual
from explorer.gui.record.curve import Numbers
from explorer.gui.record.run_record import RunRecord
from explorer.training.events import Step
from tests.gui.fed_record import STARTED

STEPS = np.arange(1, 561) / 70
TEXTBOOK = 0.4 + 1.9 * np.exp(-STEPS)
VALIDATION = TEXTBOOK[69::70] + 0.1
LEARNS = (TEXTBOOK, VALIDATION)
DIVERGES = (2.3 * np.exp((STEPS[:210] * 3) ** 1.2), np.array([21.0, 4e3, 9e5]))


def needed(*runs: tuple[Numbers, ...], in_front: bool = False) -> float:
    return reach(runs, usual(runs, is_first_in_front=in_front)).needed


def test_a_run_that_learns_is_seen_from_its_first_steps_on() -> None:
    assert needed(LEARNS) == pytest.approx(2.0, abs=0.1)
    assert needed((TEXTBOOK[:1],)) == TEXTBOOK[0]
    assert needed((np.full(50, 8.0),)) == 8.0


def test_one_wild_first_step_does_not_squash_the_curve() -> None:
    assert needed((np.array([40.0, *np.linspace(2, 1, 99)]),)) <= 2.5


@pytest.mark.parametrize("steps", [25, 50, 100, 560])
def test_neither_does_a_spike_while_the_run_is_young(steps: int) -> None:
    spike = 400 * 0.6 ** np.maximum(np.arange(560) - 4, 0) * (np.arange(560) >= 4)
    assert 1.9 < needed(((TEXTBOOK + spike)[:steps],)) <= 6


def test_neither_does_a_first_validation_that_is_wild() -> None:
    assert needed((TEXTBOOK[:140], np.array([1e4, 0.9]))) < 3


@pytest.mark.parametrize("others", [1, 2, 5])
def test_a_run_that_diverges_leaves_the_others_their_height(others: int) -> None:
    runs = [LEARNS] * others
    for place in range(others + 1):
        among = [*runs[:place], DIVERGES, *runs[place:]]
        assert needed(*among) == needed(LEARNS)
        assert reach(among, usual(among)).highest == DIVERGES[0].max()


def test_a_run_that_diverges_at_its_end_is_seen_until_then() -> None:
    late = (np.concatenate([TEXTBOOK[:400], 10.0 ** np.linspace(0, 6, 160)]),)
    assert needed(LEARNS, late) <= 3.1 * needed(LEARNS)


def test_a_run_that_lies_higher_without_diverging_is_seen() -> None:
    tuned = (0.1 + 0.2 * np.exp(-STEPS),)
    stuck = (np.full(560, 2.1),)
    assert needed(tuned, stuck) >= 2.1
    assert needed(tuned, LEARNS) > 1.2 * float(np.median(TEXTBOOK))


def test_the_run_in_front_is_seen_whatever_it_does() -> None:
    assert needed(DIVERGES, LEARNS, in_front=True) > 1e3
    assert needed(LEARNS, DIVERGES, in_front=True) == needed(LEARNS)
    assert needed((np.empty(0),), LEARNS, in_front=True) == needed(LEARNS)


def test_what_is_usual_is_judged_by_all_of_a_run_and_not_by_the_part_in_sight() -> None:
    other = (TEXTBOOK - 0.39, VALIDATION - 0.49)
    late = [(LEARNS[0][400:], LEARNS[1][6:]), (other[0][400:], other[1][6:])]
    assert reach(late, usual([LEARNS, other])).needed == pytest.approx(VALIDATION[6], rel=1e-3)


def test_nothing_finite_needs_nothing() -> None:
    assert reach([], 0.0) == reach([(np.array([math.nan, math.inf]),)], 0.0) == Reach()
    assert usual([]) == usual([(np.empty(0),)]) == 0.0


@given(
    st.lists(st.lists(st.floats(1e-6, 1e30), min_size=1, max_size=30), min_size=1, max_size=5),
    st.floats(0.0, 0.99),
    st.booleans(),
)
def test_an_axis_never_reaches_above_all_and_some_of_it_is_in_sight(
    losses: list[list[float]], start: float, in_front: bool
) -> None:
    runs = [(np.array(values),) for values in losses]
    seen = [values[int(start * len(values)) :] for values in losses]  # as when somebody zooms in
    found = reach([(np.array(values),) for values in seen], usual(runs, is_first_in_front=in_front))
    assert 0 < found.needed <= found.highest == max(map(max, seen))
    assert found.needed >= min(map(min, seen))
    assert found.top(0.0, is_tall=True) >= found.highest * (1 - 1e-6)
    assert found.beyond(found.top(0.0, is_tall=True)) == 0


@pytest.fixture
def overlay(qtbot: QtBot) -> OverlayPlots:
    made = OverlayPlots()
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    return made


def record_of(losses: Numbers) -> RunRecord:
    record = RunRecord()
    record.take(STARTED)
    for step, loss in enumerate(losses.tolist(), start=1):
        record.take(Step(step, 1 + step // 100, 1, 20, loss, 0.5, 0.1, 1000.0, 1.0))
    return record


def test_zooming_out_and_a_second_reset_reach_what_lies_far_above(overlay: OverlayPlots, qtbot: QtBot) -> None:
    overlay.show_runs([("a", record_of(TEXTBOOK)), ("b", record_of(DIVERGES[0]))])
    plot, beyond = overlay.loss.plot, overlay.findChild(QLabel, "beyond_runs_loss")
    assert beyond is not None
    qtbot.waitUntil(lambda: 1 < plot.axes[1].high < 10)
    assert beyond.text().startswith("goes up to ")

    def press(key: Qt.Key) -> bool:
        """Whether the axis reaches everything behind a key."""
        before = plot.axes
        QTest.keyClick(plot, key)
        qtbot.waitUntil(lambda: plot.axes != before)
        assert bool(beyond.text()) is (plot.axes[1].high < 1e5)
        return plot.axes[1].high > 1e5

    keys = (Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_0, Qt.Key.Key_0, Qt.Key.Key_0)
    assert [press(key) for key in keys] == [True, False, False, True, False]


def test_what_is_zoomed_into_stays_on_the_axis_when_a_shorter_run_is_chosen(
    overlay: OverlayPlots, qtbot: QtBot
) -> None:
    plot = overlay.loss.plot
    overlay.show_runs([("long", record_of(TEXTBOOK))])  # 5.6 epochs
    qtbot.waitUntil(lambda: plot.axes[0].high == 6)
    plot.zoom_asked.emit(6.0, 0.4)
    qtbot.waitUntil(lambda: plot.axes[0].low == pytest.approx(3.6))
    overlay.show_runs([("shorter", record_of(TEXTBOOK[:350]))])
    qtbot.waitUntil(lambda: plot.axes[0].high == 4)
    assert plot.axes[0].low == pytest.approx(1.6)
    overlay.show_runs([("shortest", record_of(TEXTBOOK[:150]))])
    qtbot.waitUntil(lambda: plot.axes[0].high == 2)
    assert plot.axes[0].low == 0
