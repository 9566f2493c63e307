"""Documents changed at random: they open with what is wrong located, and are saved back as they were."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.analysis import analyse
from explorer.core.block import BLOCKS
from explorer.core.block_json import LATER_FIELDS
from explorer.core.json_text import MAX_NESTING
from explorer.core.network import Network
from explorer.core.storage import FORMAT, VERSION, dumps, loads
from explorer.errors import FileError
from tests.contract.strategies import examples, networks
from tests.core.looking import check_sentence, summary

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**12, -1, 0, 10**100, 1e300, 2.5, 3.0])
    | st.text(max_size=4)
    | st.sampled_from([*BLOCKS, "conv1", "#1", "training", FORMAT, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object of a JSON value with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def change(data: st.DataObject, document: Any) -> None:
    found = list(places(document))
    inside, key = found[data.draw(st.integers(0, len(found) - 1))]
    kind = data.draw(st.sampled_from(["delete", "replace", "swap", "double", "add"]))
    if kind == "delete":
        del inside[key]
    elif kind == "replace":
        inside[key] = data.draw(JUNK)
    elif kind == "swap":
        other, place = found[data.draw(st.integers(0, len(found) - 1))]
        inside[key] = copy.deepcopy(other[place])
    elif kind == "double" and isinstance(inside, list):
        inside.insert(key, copy.deepcopy(inside[key]))
    elif kind == "add" and isinstance(inside, dict):
        inside[data.draw(st.text(max_size=4) | st.sampled_from(["slots", "names", "body", "type", "dim"]))] = data.draw(
            JUNK
        )


def plain(value: Any) -> Any:
    """A JSON value in which other forms of a value are as the application writes them."""
    if isinstance(value, dict):
        result = {key: plain(item) for key, item in value.items()}
        if isinstance(result.get("frozen"), list):
            result["frozen"] = sorted(map(repr, {repr(path): path for path in result["frozen"]}))
        name = result.get("type")
        meant = LATER_FIELDS.get(name, {}) if isinstance(name, str) else {}
        return {**meant, **result}  # a file from before a block had all its fields
    if isinstance(value, list):
        alike = len(value) == 2 and value[0] == value[1] and all(type(item) in (int, float) for item in value)
        return plain(value[0]) if alike else [plain(item) for item in value]
    return value


def nesting(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max((nesting(item) for item in (value.values() if isinstance(value, dict) else value)), default=0)


@examples(250, 20_000)
def test_changed_documents_open_and_are_saved_as_they_were(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(most=5), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        document = json.loads(dumps(network))
        for _ in range(data.draw(st.integers(1, 3))):
            change(data, document)
        sound = document.get("format") == FORMAT and document.get("version") == VERSION
        try:
            opened = loads(json.dumps(document))
        except FileError as error:
            check_sentence(error)
            assert not sound or document["version"] is True or nesting(document) > MAX_NESTING
            return
        again = json.loads(dumps(opened))
        assert plain(again) == plain(document)
        assert loads(json.dumps(again)) == opened
        analysis = analyse(opened)
        summary(analysis)
        if again != document and plain(again) != plain(document):
            assert analysis.problems

    holds()


@examples(250, 20_000)
def test_changed_text_opens_or_is_refused(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(most=3), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        content = bytearray(dumps(network).encode())
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            piece = data.draw(
                st.binary(max_size=3) | st.sampled_from([b'"', b"\\", b"[", b"}", b",", b"1e999", b"NaN"])
            )
            content[place : place + data.draw(st.integers(0, 6))] = piece
        try:
            opened = loads(bytes(content))
        except FileError as error:
            check_sentence(error)
            return
        analyse(opened)
        assert plain(json.loads(dumps(opened))) == plain(json.loads(bytes(content)))

    holds()
