"""The numbers behind the plots: growing arrays, smoothing, and what is drawn of a million points."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.gui.plots.curves import (
    SmoothedCurve,
    envelope,
    envelope_across,
    is_outline,
    nearest,
    thinned,
    thinned_across,
)
from explorer.gui.record.curve import Curve

VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=300)


def curve_of(values: list[float], spacing: float = 1.0) -> Curve:
    curve = Curve()
    for index, value in enumerate(values):
        curve.append(index * spacing, value)
    return curve


def test_a_curve_keeps_what_it_was_given_beyond_its_first_room() -> None:
    values = [math.sin(index) for index in range(5000)]
    curve = curve_of(values)
    assert len(curve) == 5000
    assert curve.x.tolist() == list(range(5000))
    assert curve.y.tolist() == values
    curve.append(5000, None)
    assert math.isnan(curve.y[-1])


@given(VALUES, st.sampled_from([0.5, 0.8, 0.95]))
def test_smoothing_is_the_textbooks_corrected_average(values: list[float], weight: float) -> None:
    raw = curve_of(values)
    smooth = SmoothedCurve(raw, weight)
    smooth.follow()
    average, seen = 0.0, 0
    for index, value in enumerate(values):
        if math.isfinite(value):
            average, seen = weight * average + (1 - weight) * value, seen + 1
        expected = average / (1 - weight**seen) if seen else math.nan
        np.testing.assert_allclose(smooth.y[index], expected, rtol=1e-9, atol=1e-6)


def test_smoothing_takes_only_what_is_new_and_without_weight_changes_nothing() -> None:
    raw = curve_of([3.0, 1.0])
    plain, smooth = SmoothedCurve(raw, 0.0), SmoothedCurve(raw, 0.9)
    plain.follow()
    smooth.follow()
    raw.append(2, 2.0)
    plain.follow()
    smooth.follow()
    at_once = SmoothedCurve(raw, 0.9)
    at_once.follow()
    assert plain.y.tolist() == [3.0, 1.0, 2.0]
    assert smooth.y.tolist() == at_once.y.tolist()


def test_quick_and_slow_runs_are_smoothed_alike() -> None:
    """The same step of a curve, told by ten times as many points, is followed over the same distance."""

    def after_the_step(spacing: float) -> float:
        raw = curve_of([0.0 if index * spacing < 5 else 1.0 for index in range(int(6 / spacing) + 1)], spacing)
        smooth = SmoothedCurve(raw, 0.8, unit=0.5)
        smooth.follow()
        return float(smooth.y[-1])

    assert abs(after_the_step(0.05) - after_the_step(0.005)) < 0.02


def test_a_few_points_far_apart_are_hardly_smoothed() -> None:
    """A run that was so quick that it told of ten points lags behind itself otherwise."""
    raw = curve_of([2.0, 1.5, 1.2, 1.0, 0.9], 10.0)
    smooth = SmoothedCurve(raw, 0.8, unit=1.0)
    smooth.follow()
    np.testing.assert_allclose(smooth.y, raw.y, rtol=0.1)


def test_the_first_point_weighs_no_more_than_any_other() -> None:
    raw = curve_of([2.0, 1.0, 1.0, 1.0], 1.0)
    smooth, plain = SmoothedCurve(raw, 0.8, unit=1.0), SmoothedCurve(raw, 0.8)
    smooth.follow()
    plain.follow()
    np.testing.assert_allclose(smooth.y, plain.y)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=2000), st.integers(1, 100))
def test_an_envelope_holds_every_point_in_two_a_bucket(values: list[float], buckets: int) -> None:
    x, y = np.arange(len(values), dtype=np.float64), np.array(values)
    drawn_x, drawn_y = envelope(x, y, buckets)
    assert len(drawn_x) == len(drawn_y) <= 2 * max(buckets, 1)
    assert drawn_y.min() == y.min()
    assert drawn_y.max() == y.max()
    if is_outline(drawn_x):
        low, high = drawn_y[: len(drawn_y) // 2], drawn_y[len(drawn_y) // 2 :][::-1]
        assert (low <= high).all()


def test_what_is_not_finite_is_never_drawn() -> None:
    values = np.array([1.0, math.nan, math.inf, 2.0, -math.inf])
    for drawn in (envelope(np.arange(5.0), values, 100), thinned(np.arange(5.0), values, 100)):
        assert drawn[0].tolist() == [0.0, 3.0]
        assert drawn[1].tolist() == [1.0, 2.0]
    assert len(envelope(np.arange(3.0), np.full(3, math.nan), 10)[0]) == 0


def test_of_a_million_points_two_a_pixel_are_drawn_with_the_lowest_and_the_highest() -> None:
    x, y = np.arange(1e6), np.random.default_rng(0).normal(size=1_000_000)
    _, drawn = envelope(x, y, 800)
    assert len(drawn) <= 1600
    assert (drawn.min(), drawn.max()) == (y.min(), y.max())


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=500), st.integers(2, 50))
def test_thinning_keeps_both_ends(values: list[float], most: int) -> None:
    x, y = thinned(np.arange(len(values), dtype=np.float64), np.array(values), most)
    assert len(x) <= max(most, 2)
    assert (x[0], y[0]) == (0, values[0])
    assert (x[-1], y[-1]) == (len(values) - 1, values[-1])


def test_the_nearest_point() -> None:
    x = np.array([0.0, 1.0, 4.0])
    assert [nearest(x, where) for where in (-3, 0.4, 0.6, 2.4, 2.6, 9)] == [0, 0, 1, 1, 2, 2]
    assert nearest(np.array([]), 1.0) is None


def test_buckets_of_equal_width_keep_what_is_dense_and_what_is_not() -> None:
    x = np.log10(np.arange(1, 100_001, dtype=np.float64))
    y = np.sin(x * 7)
    across, values = envelope_across(x, y, 100)
    assert is_outline(across)
    assert len(across) <= 200
    assert (values.min(), values.max()) == (y.min(), y.max())
    assert np.count_nonzero(across < 1) == 18  # all nine points below the second decade, there and back
    thin, kept = thinned_across(x, y, 100)
    assert len(thin) <= 100
    assert (thin[-1], kept[-1]) == (x[-1], y[-1])
    assert np.all(np.diff(thin) > 0)


def test_what_has_no_logarithm_is_left_out() -> None:
    x = np.array([np.nan, 0.0, 1.0])
    assert envelope_across(x, np.array([1.0, np.nan, 3.0]), 10)[0].tolist() == [1.0]
