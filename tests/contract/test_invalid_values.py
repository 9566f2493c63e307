"""Bad values of every field of every block: a located problem, never an exception, and saved back unchanged."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.analysis import analyse
from explorer.core.block import BLOCKS, Block
from explorer.core.block_json import LATER_FIELDS
from explorer.core.compose import Chain, Container
from explorer.core.fields import Invalid
from explorer.core.network import Network
from explorer.core.storage import dumps, loads
from tests.contract.strategies import blocks, examples

DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

WHOLE = st.integers() | st.sampled_from([0, -1, 10**12, 2**63, 2**64, 10**30])
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
# what JSON cannot hold, or hypothesis should not print
OBJECTS: dict[str, Any] = {
    "not a number": math.nan,
    "infinity": math.inf,
    "bytes": b"3",
    "object": object(),
    "three": (1, 2, 3),
    "none": (),
    "mixed": (3, "3"),
    "nested": [[1, 1]],
    "deep": DEEP,
    "many digits": 10**4000,
    "more digits than Python prints": 10**5000,
    "long": "3" * 1_000_000,
}
# a chain's slots and a repeat's copies are no fields
WITH_FIELDS = [cls for cls in BLOCKS.values() if cls.fields() and not issubclass(cls, Container)]
CASES = [pytest.param(cls, name, id=f"{cls.type_name()}.{name}") for cls in WITH_FIELDS for name in cls.fields()]


def network(block: Block) -> Network:
    return Network.of("invalid", (4, 8, 8), Chain(("bad", block)))


def check_located(found: Network, name: str) -> None:
    problems = [problem for problem in analyse(found).problems if problem.field == name]
    assert [problem.path for problem in problems] == [("bad",)]
    assert problems[0].message.startswith(f"{found.block(('bad',)).type_name()}: {name} ")
    assert len(problems[0].message) < 300
    assert analyse(found).partial


@pytest.mark.parametrize(("cls", "name"), CASES)
@examples(15, 300)
def test_a_bad_value_is_a_problem(cls: type[Block], name: str, count: int) -> None:
    spec = cls.fields()[name]

    @settings(max_examples=count)
    @given(value=st.sampled_from(sorted(OBJECTS)) | JSON)
    def holds(value: Any) -> None:
        value = OBJECTS.get(value, value) if isinstance(value, str) else value
        bad = network(cls(**{name: value}))
        kept = getattr(bad.block(("bad",)), name)
        assert spec.normalise(kept) == kept
        text = dumps(bad)
        assert loads(text) == bad
        if spec.problem(kept) is not None:
            check_located(bad, name)
            check_located(loads(text), name)
        else:
            analyse(bad)

    holds()


@pytest.mark.parametrize("cls", WITH_FIELDS, ids=lambda cls: cls.type_name())
@examples(15, 300)
def test_bad_values_in_a_file_are_saved_back_unchanged(cls: type[Block], count: int) -> None:
    @settings(max_examples=count)
    @given(block=blocks(cls), name=st.sampled_from(sorted(cls.fields())), value=JSON, missing=st.booleans())
    def holds(block: Block, name: str, value: Any, missing: bool) -> None:
        document = json.loads(dumps(network(block)))
        fields = document["body"]["slots"][0]["block"]
        fields[name] = value
        if missing:
            del fields[name]
        opened = loads(json.dumps(document))
        kept = getattr(opened.block(("bad",)), name)
        meant = LATER_FIELDS.get(cls.type_name(), {})
        if missing and name in meant:  # a file from before the block had the field
            assert kept == cls.fields()[name].normalise(meant[name])
            assert json.loads(dumps(opened))["body"]["slots"][0]["block"][name] == meant[name]
        elif missing or isinstance(kept, Invalid):
            check_located(opened, name)
            assert json.loads(dumps(opened)) == document
        else:  # the value, or another form of it, such as 3 for [3, 3]
            assert loads(dumps(opened)) == opened
            again = json.loads(dumps(opened))["body"]["slots"][0]["block"][name]
            assert cls.fields()[name].normalise(again) == cls.fields()[name].normalise(value)

    holds()
