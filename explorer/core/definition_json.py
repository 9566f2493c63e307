"""The definitions that a document brings, as JSON values, and back as the kinds of block they stand for.

A definition may use others. Those that refer to themselves, nest too deeply or cannot be read become a sentence, which
the blocks that need them show as their problem.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from explorer.core.block import Block
from explorer.core.block_json import USER, Kinds, UnreadableError, chain_from_json, require
from explorer.core.definition import Definition, Parameter, Target
from explorer.core.definition_key import definition_to_json
from explorer.core.fields import MISSING, shortened
from explorer.core.refusals import MAX_DEPTH
from explorer.core.user_block import UserBlock, block_class, user_blocks_in
from explorer.errors import EditError

MAX_DEFINITIONS = 500  # in one document
_KEYS = {"name", "summary", "category", "parameters", "body"}


def definitions_to_json(blocks: Iterable[Block]) -> dict[str, Any]:
    """The definitions that blocks need, at any depth, by key."""
    return {key: definition_to_json(kind.definition) for key, kind in user_blocks_in(blocks).items()}


def kinds_from_json(value: Any) -> Kinds:
    """The kinds of block that definitions stand for, by the keys that the document calls them by."""
    if not isinstance(value, dict):
        return {}
    uses = {key: _references(definition) & value.keys() for key, definition in value.items()}
    kinds: dict[str, type[UserBlock] | str] = {key: f"The definition of {_name(key)} contains itself." for key in value}
    depths: dict[str, int] = {}
    for number, key in enumerate(_in_order(uses)):
        depths[key] = 1 + max((depths[used] for used in uses[key]), default=0)
        if number >= MAX_DEFINITIONS:
            kinds[key] = f"The file has more than {MAX_DEFINITIONS} definitions; {_name(key)} is left out."
        elif depths[key] > MAX_DEPTH:
            kinds[key] = f"The definition of {_name(key)} is nested more than {MAX_DEPTH} deep."
        else:
            kinds[key] = _kind(key, value[key], kinds)
    return kinds


def _in_order(uses: Mapping[str, set[str]]) -> Iterable[str]:
    """The keys, each behind those it uses; without those that use themselves."""
    sorter = TopologicalSorter(uses)
    with contextlib.suppress(CycleError):  # it still gives what no cycle stands in the way of
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from sorted(ready)
        sorter.done(*ready)


def _references(value: Any) -> set[str]:
    """The keys of definitions that JSON values name as the type of a block."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            kind = item.get("type")
            found |= {kind} if isinstance(kind, str) and kind.startswith(USER) else set()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


def _kind(key: str, value: Any, kinds: Kinds) -> type[UserBlock] | str:
    try:
        return block_class(definition_from_json(value, kinds))
    except (UnreadableError, EditError) as error:
        return f"The definition of {_name(key)} cannot be read. {error}"


def _name(key: str) -> str:
    return repr(shortened(key.removeprefix(USER).rpartition("@")[0] or key))


def definition_from_json(value: Any, kinds: Kinds) -> Definition:
    """The definition of JSON values.

    Raises:
        UnreadableError: If they are none.
    """
    require(isinstance(value, dict), "It is no definition.")
    missing, strange = sorted(_KEYS - value.keys()), sorted(value.keys() - _KEYS)
    require(not missing, f"It has no {', '.join(missing)}.")
    require(not strange, f"It has keys that this version does not know: {shortened(', '.join(strange))}.")
    for key in ("name", "summary", "category"):
        require(isinstance(value[key], str), f"Its {key} is no text.")
    require(isinstance(value["parameters"], list), "It has no list of parameters.")
    try:
        body = chain_from_json(value["body"], kinds)
    except UnreadableError as error:
        raise UnreadableError("Its body is no chain.") from error
    parameters = tuple(map(_parameter, value["parameters"]))
    return Definition(value["name"], body, parameters, value["summary"], value["category"])


def _parameter(value: Any) -> Parameter:
    right = isinstance(value, dict) and value.keys() | {"default"} == {"name", "default", "help", "targets"}
    right = right and isinstance(value["name"], str) and isinstance(value["help"], str)
    require(right and isinstance(value["targets"], list), "A parameter has no name, default, help and targets.")
    default = value.get("default", MISSING)  # the definition gives it the one form that its kind of field has
    return Parameter(value["name"], tuple(map(_target, value["targets"])), default, value["help"])


def _target(value: Any) -> Target:
    right = isinstance(value, dict) and value.keys() == {"path", "field"} and isinstance(value["field"], str)
    right = right and isinstance(value["path"], list) and all(isinstance(name, str) for name in value["path"])
    require(right, "A parameter stands for something that is no path and field.")
    return Target(tuple(value["path"]), value["field"])
