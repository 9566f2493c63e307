"""Stratified splitting, held against scikit-learn's."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit

from explorer.datasets.split import shuffled, stratified_split
from explorer.errors import DataError

LABELS = st.lists(st.integers(0, 6), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("counts", "fraction"),
    [
        ((6000,) * 10, 0.1),
        ((500,) * 100, 0.1),
        ((4948, 13861, 10585, 8497, 7458, 6882, 5727, 5595, 5045, 4659), 0.1),  # SVHN's
        ((7, 31, 100, 12), 0.25),
        ((30, 70), 0.2),
    ],
)
def test_proportions_are_scikit_learns(counts: tuple[int, ...], fraction: float) -> None:
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(len(counts)), counts))
    train, validation = stratified_split(labels, fraction, seed=3)
    theirs_train, theirs = next(StratifiedShuffleSplit(1, test_size=fraction, random_state=3).split(labels, labels))
    ours, reference = (np.bincount(labels[part], minlength=len(counts)) for part in (validation, theirs))
    assert abs(ours - reference).max() <= 1
    assert abs(len(validation) - len(theirs)) <= 1  # scikit-learn rounds the total up
    assert len(train) + len(validation) == len(theirs_train) + len(theirs)


def test_tenth_of_a_balanced_set_is_a_tenth_of_each_class() -> None:
    labels = np.repeat(np.arange(10), 6000)
    _, validation = stratified_split(labels, 0.1, seed=0)
    assert np.bincount(labels[validation]).tolist() == [600] * 10


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    labels = np.repeat(np.arange(3), (13, 14, 19))  # exactly 1.3, 1.4 and 1.9, together 4.6
    _, validation = stratified_split(labels, 0.1, seed=0)
    assert np.bincount(labels[validation]).tolist() == [1, 2, 2]


@given(LABELS, st.floats(0, 0.99), st.integers(0, 2**32))
def test_parts_are_disjoint_and_complete(labels: list[int], fraction: float, seed: int) -> None:
    train, validation = stratified_split(labels, fraction, seed)
    assert sorted([*train, *validation]) == list(range(len(labels)))
    assert (np.diff(train) > 0).all()
    assert (np.diff(validation) > 0).all()


@given(LABELS, st.floats(0, 0.99), st.integers(0, 2**32))
def test_each_class_has_its_share_and_trains(labels: list[int], fraction: float, seed: int) -> None:
    train, validation = stratified_split(labels, fraction, seed)
    chosen = Counter(labels[index] for index in validation)
    for label, count in Counter(labels).items():
        assert chosen[label] <= count * fraction + 1
        assert chosen[label] >= min(count * fraction - 1, count - 1)
    assert {labels[index] for index in train} == set(labels)


def test_the_seed_chooses_and_nothing_else_does() -> None:
    labels = np.arange(1000) % 7
    first, again, other = (stratified_split(labels, 0.1, seed)[1] for seed in (5, 5, 6))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
    assert len(set(first.tolist()) & set(other.tolist())) < 30  # 10 of 100 by chance


def test_the_choice_stays_for_ever() -> None:
    # Written down once: a run of an older version that is continued must find its validation images again.
    assert shuffled(10, 0).tolist() == [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
    assert shuffled(5, (7, 2)).tolist() == [4, 0, 1, 3, 2]
    assert stratified_split([0, 1] * 10, 0.2, seed=1)[1].tolist() == [2, 9, 16, 19]


def test_every_order_is_about_as_likely() -> None:
    orders = Counter(tuple(shuffled(3, seed).tolist()) for seed in range(6000))
    assert len(orders) == 6
    assert max(orders.values()) < 1150  # 1,000 expected, standard deviation 29


@pytest.mark.parametrize(
    ("labels", "fraction", "seed", "sentence"),
    [
        ([0, 1], 1.0, 0, "at least 0 and below 1, not 1"),
        ([0, 1], -0.1, 0, "at least 0 and below 1"),
        ([0, 1], float("nan"), 0, "at least 0 and below 1"),
        ([0.5, 1.0], 0.1, 0, "whole numbers"),
        ([[0, 1]], 0.1, 0, "2 dimensions"),
        ([0, 1], 0.1, -1, "0 or more, not -1"),
    ],
)
def test_refusals(labels: object, fraction: float, seed: int, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        stratified_split(labels, fraction, seed)  # type: ignore[arg-type]  # wrong on purpose


def test_nothing_to_split_is_no_error() -> None:
    train, validation = stratified_split([], 0.1, 0)
    assert len(train) == len(validation) == 0
