"""What a badge claims of a network is what a test checks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer.zoo.base import ZOO
from explorer.zoo.claims import WORDS, Kind, claims
from tests.zoo import test_paper_tables, test_published_figures, test_torchvision_twins

# the test that stands for each kind of claim; some of its networks run under the marker of slow tests alone
TESTS: dict[Kind, Callable[..., None]] = {
    "parameters": test_published_figures.test_figures_of_the_entry_are_met,
    "macs": test_published_figures.test_figures_of_the_entry_are_met,
    "stages": test_paper_tables.test_stages_are_those_of_the_paper,
    "outputs": test_torchvision_twins.test_outputs_are_bit_equal_at_any_size,
}


def checked(test: Callable[..., None]) -> Iterator[str]:
    """The networks that a test runs over."""
    marks: list[pytest.Mark] = test.pytestmark  # type: ignore[attr-defined]
    values: Any = next(mark.args[1] for mark in marks if mark.name == "parametrize")
    for value in values:
        key = value if isinstance(value, str) else value.values[0]
        assert isinstance(key, str)
        yield key


def test_every_claim_stands_for_a_test_that_runs() -> None:
    assert TESTS.keys() == WORDS.keys()
    claimed = {kind: {entry.key for entry in ZOO.values() if kind in kinds(entry.key)} for kind in TESTS}
    for kind, test in TESTS.items():
        assert claimed[kind], kind
        assert claimed[kind] <= set(checked(test)), kind
    assert claimed["outputs"] == set(checked(TESTS["outputs"]))
    assert claimed["stages"] == set(checked(TESTS["stages"]))


def kinds(key: str) -> list[Kind]:
    return [claim.kind for claim in claims(ZOO[key])]


def test_what_nobody_published_is_not_claimed() -> None:
    assert kinds("resnet18") == ["parameters", "macs", "stages", "outputs"]
    assert kinds("alexnet_gray") == []
    assert kinds("lenet5_1998") == ["parameters", "stages"]
    assert [claim.sentence for claim in claims(ZOO["inception_v3"])] == [
        "27,161,264 parameters, as published (torchvision 0.29, weight metadata).",
        "Outputs equal to the last bit with those of torchvision's inception_v3.",
    ]
