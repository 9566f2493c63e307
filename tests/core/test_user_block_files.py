"""Documents that bring definitions, and files of one block: everything comes back, and nothing in them hurts."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.core import definition_file
from explorer.core.analysis import analyse
from explorer.core.compose import Chain, Unknown
from explorer.core.definition import Definition
from explorer.core.definition_json import MAX_DEFINITIONS
from explorer.core.fields import Invalid
from explorer.core.network import Network
from explorer.core.storage import VERSION, dumps, loads
from explorer.core.user_block import UserBlock, block_class, user_blocks_in
from explorer.errors import FileError
from tests.contract.strategies import examples, networks
from tests.core.looking import check_sentence, summary
from tests.core.user_blocks import BODY, MINE, OUTER, packed

NETWORK = Network.of("own", (3, 8, 8), Chain(("outer", OUTER()), ("mine", MINE(4))))


def document(network: Network = NETWORK) -> dict[str, Any]:
    """The JSON of a network, to be changed."""
    parsed: dict[str, Any] = json.loads(dumps(network))
    return parsed


def test_a_document_carries_what_it_uses() -> None:
    assert set(document()["definitions"]) == {MINE.key(), OUTER.key()}
    assert loads(dumps(NETWORK)) == NETWORK
    assert "definitions" not in document(explorer.network("lenet5"))
    assert document()["version"] == VERSION
    left = NETWORK.remove([("outer",)])
    assert set(document(left)["definitions"]) == {MINE.key()}


@examples(40, 2_000)
def test_any_block_comes_back(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        result, _, kind = data.draw(packed(network))
        text = dumps(result)
        assert loads(text) == result
        assert dumps(loads(text)) == text
        assert definition_file.loads(definition_file.dumps(kind)) is kind

    holds()


def test_a_definition_can_be_mended_by_hand() -> None:
    changed = document()
    changed["definitions"][MINE.key()]["parameters"][0]["default"] = 9.0
    opened = loads(json.dumps(changed))
    assert not analyse(opened).problems
    kind = type(opened.block(("mine",)))
    assert issubclass(kind, UserBlock)
    assert kind().width == 9  # type: ignore[attr-defined]
    assert kind.key() != MINE.key()
    assert loads(dumps(loads(dumps(opened)))) == loads(dumps(opened))


def test_a_parameter_without_a_default_is_a_located_problem() -> None:
    changed = document(Network.of("own", (3, 8, 8), Chain(("mine", MINE(4)))))
    first(changed)["parameters"][1].pop("default")
    changed["body"]["slots"][0]["block"].pop("bias")
    opened = loads(json.dumps(changed))
    assert [(problem.path, problem.field) for problem in analyse(opened).problems] == [(("mine",), "bias")]
    assert loads(dumps(opened)) == opened


def first(d: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = d["definitions"][MINE.key()]
    return found


KEPT: dict[str, Callable[[dict[str, Any]], object]] = {
    "no definitions": lambda d: d.pop("definitions"),
    "a definition that is missing": lambda d: d["definitions"].pop(MINE.key()),
    "definitions in words": lambda d: d.update(definitions="none"),
    "a list of definitions": lambda d: d.update(definitions=[1]),
    "a definition in words": lambda d: d["definitions"].update({MINE.key(): "mine"}),
    "a key too many": lambda d: first(d).update(colour="blue"),
    "a key too few": lambda d: first(d).pop("body"),
    "a number for a name": lambda d: first(d).update(name=3),
    "an empty name": lambda d: first(d).update(name=""),
    "a strange category": lambda d: first(d).update(category="red"),
    "a body that is a sum": lambda d: first(d)["body"].update(type="Add"),
    "an empty body": lambda d: first(d)["body"].update(slots=[]),
    "parameters in words": lambda d: first(d).update(parameters="width"),
    "a parameter in words": lambda d: first(d).update(parameters=["width"]),
    "a parameter too many": lambda d: first(d)["parameters"].append(copy.deepcopy(first(d)["parameters"][0])),
    "a parameter without targets": lambda d: first(d)["parameters"][0].pop("targets"),
    "a target in words": lambda d: first(d)["parameters"][0].update(targets=["conv"]),
    "a target elsewhere": lambda d: first(d)["parameters"][0]["targets"][0].update(path=["x"]),
    "a target by numbers": lambda d: first(d)["parameters"][0]["targets"][0].update(path=[0]),
    "a cycle of one": lambda d: first(d)["body"]["slots"][0].update(
        block={"type": MINE.key(), "width": 1, "bias": True}
    ),
    "a cycle of two": lambda d: first(d)["body"]["slots"][0].update(block={"type": OUTER.key(), "wide": 1}),
    "a block with a field too many": lambda d: d["body"]["slots"][1]["block"].update(colour=1),
    "a block with a field too few": lambda d: d["body"]["slots"][1]["block"].pop("width"),
    "a block with a bad value": lambda d: d["body"]["slots"][1]["block"].update(width=10**12),
    "a block of another kind": lambda d: d["body"]["slots"][1]["block"].update(type="user:Nobody@1"),
}


@pytest.mark.parametrize("change", KEPT.values(), ids=list(KEPT))
def test_bad_parts_are_located_and_saved_back_unchanged(change: Callable[[dict[str, Any]], object]) -> None:
    changed = document()
    change(changed)
    opened = loads(json.dumps(changed))
    problems = analyse(opened).problems
    assert problems
    assert all(len(str(problem)) < 400 for problem in problems)
    again = json.loads(dumps(opened))
    assert {**again, "definitions": None} == {**changed, "definitions": None}
    assert loads(dumps(opened)) == opened
    if isinstance(changed.get("definitions"), dict):
        assert changed["definitions"].items() <= again["definitions"].items()


def test_a_cycle_says_that_it_is_one() -> None:
    changed = document()
    KEPT["a cycle of two"](changed)
    assert [p.path for p in analyse(loads(json.dumps(changed))).problems] == [("outer",), ("mine",)]
    assert "contains itself" in analyse(loads(json.dumps(changed))).problems[0].message


def test_what_no_block_uses_is_kept() -> None:
    changed = document()
    changed["definitions"]["user:Later@1"] = {"from": "a later version"}
    opened = loads(json.dumps(changed))
    assert not analyse(opened).problems
    assert opened.definitions == (("user:Later@1", Invalid.keep({"from": "a later version"})),)
    assert json.loads(dumps(opened)) == changed


def test_an_edit_writes_definitions_in_the_place_of_unreadable_ones() -> None:
    changed = {**document(explorer.network("lenet5")), "definitions": 3}
    opened = loads(json.dumps(changed))
    assert [problem.field for problem in analyse(opened).problems] == ["definitions"]
    edited, path = opened.append(MINE())
    assert loads(dumps(edited)).block(path) == MINE()


def stacked(levels: int, copies: int) -> dict[str, Any]:
    """A document of so many definitions, each of which holds copies of the one before."""
    changed = document(Network.of("hostile", (8, 8, 8), Chain()))
    block: dict[str, Any] = {"type": "ReLU"}
    changed["definitions"] = {}
    for level in range(levels):
        slots = [{"name": f"b{n}", "enabled": True, "note": "", "block": block} for n in range(copies)]
        body = {"type": "Chain", "slots": slots}
        definition = {"name": f"l{level}", "summary": "", "category": "other", "parameters": [], "body": body}
        changed["definitions"][f"user:l{level}@{level}"] = definition
        block = {"type": f"user:l{level}@{level}"}
    changed["body"]["slots"] = [{"name": "top", "enabled": True, "note": "", "block": block}]
    return changed


@pytest.mark.parametrize(("levels", "copies"), [(12, 10), (31, 10), (33, 1), (490, 1), (5_000, 1), (499, 100)])
def test_stacks_are_bounded(levels: int, copies: int) -> None:
    start = time.process_time()
    changed = stacked(levels, copies)
    opened = loads(json.dumps(changed))
    analysis = analyse(opened)
    assert analysis.problems
    analysis.memory()
    assert (
        changed["definitions"].items() <= {**json.loads(dumps(opened))["definitions"], **changed["definitions"]}.items()
    )
    assert time.process_time() - start < 30.0


def test_more_definitions_than_anybody_makes() -> None:
    changed = document()
    for number in range(MAX_DEFINITIONS + 10):
        key, value = f"user:x{number}@0", {**first(changed), "name": f"x{number}"}
        changed["definitions"][key] = value
    opened = loads(json.dumps(changed))
    assert json.loads(dumps(opened))["definitions"].keys() == changed["definitions"].keys()
    some = changed["body"]["slots"][0]
    changed["body"]["slots"] = [
        {**some, "name": f"s{number}", "block": {"type": f"user:x{number}@0", "width": 8, "bias": True}}
        for number in range(MAX_DEFINITIONS + 10)
    ]
    problems = analyse(loads(json.dumps(changed))).problems
    assert "more than 500 definitions" in problems[0].message


def test_many_copies_in_a_body_take_bounded_time() -> None:
    names = [f"n{number}" for number in range(150_000)]
    changed = document()
    repeat = {"type": "Repeat", "names": names, "block": copy.deepcopy(first(changed)["body"]["slots"][0]["block"])}
    first(changed)["body"]["slots"].append({"name": "", "enabled": True, "note": "", "block": repeat})
    first(changed)["parameters"] = [
        {"name": f"p{n}", "default": 1, "help": "", "targets": [{"path": ["n0"], "field": field}]}
        for n, field in enumerate(("out_channels", "stride", "padding"))
    ]
    start = time.process_time()
    assert analyse(loads(json.dumps(changed))).problems
    assert time.process_time() - start < 15.0


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from([MINE.key(), OUTER.key(), 10**12, "conv"])
)


def places(value: Any) -> list[tuple[Any, Any]]:
    found = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        for key in list(item) if isinstance(item, dict) else range(len(item)):
            found.append((item, key))
            waiting += [item[key]] if isinstance(item[key], dict | list) else []
    return found


@examples(200, 4_000)
def test_changed_definitions_open_and_lose_nothing(count: int) -> None:
    @settings(max_examples=count)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        changed = document()
        for _ in range(data.draw(st.integers(1, 3))):
            found = places(changed["definitions"])
            inside, key = found[data.draw(st.integers(0, len(found) - 1))]
            if data.draw(st.booleans()):
                other, place = found[data.draw(st.integers(0, len(found) - 1))]
                inside[key] = copy.deepcopy(data.draw(JUNK | st.just(other[place])))
            else:
                del inside[key]
            if not changed["definitions"]:
                break
        opened = loads(json.dumps(changed))
        summary(analyse(opened))
        again = json.loads(dumps(opened))
        assert loads(dumps(opened)) == opened
        written = user_blocks_in([opened.body])
        kept = {key: value for key, value in changed["definitions"].items() if key not in written}
        assert kept.items() <= again.get("definitions", {}).items()

    holds()


# Files of one block


def test_a_file_brings_all_that_its_block_needs(tmp_path: Path) -> None:
    file = tmp_path / f"outer{definition_file.SUFFIX}"
    definition_file.write(OUTER, file)
    assert definition_file.read(file) is OUTER
    assert set(json.loads(file.read_bytes())["definitions"]) == {MINE.key()}


REFUSED: dict[str, Any] = {
    "nothing": "",
    "a network": dumps(NETWORK),
    "no version": json.dumps({"format": definition_file.FORMAT}),
    "a newer version": json.dumps({"format": definition_file.FORMAT, "version": 2}),
    "no block": json.dumps({"format": definition_file.FORMAT, "version": 1}),
    "a block of nothing": definition_file.dumps(MINE).replace('"parameters"', '"parametres"'),
    "an empty name": definition_file.dumps(MINE).replace('"My Block"', '""'),
    "a key twice": '{"a": 1, "a": 2}',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_block_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(FileError) as refused:
        definition_file.loads(text, "shared.block.json")
    check_sentence(FileError(str(refused.value).capitalize()))
    assert len(str(refused.value)) < 300


def test_a_giant_file_is_not_read(tmp_path: Path) -> None:
    giant = tmp_path / "giant.block.json"
    with giant.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(FileError, match="larger than 8 MB"):
        definition_file.read(giant)


def test_a_part_that_is_not_known_stays_in_the_file() -> None:
    kind = block_class(
        Definition("Odd", Chain(*BODY.slots, ("odd", Unknown('{"type": "Later"}', "There is no such block."))))
    )
    assert definition_file.loads(definition_file.dumps(kind)) is kind
    assert analyse(Network.of("n", (3, 8, 8), Chain(("a", kind())))).problems[0].path == ("a", "odd")
