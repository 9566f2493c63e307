"""Blocks and slots as JSON values, and back.

What is no block is kept: an :class:`explorer.core.compose.Unknown` holds its JSON and is written as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Chain, Container, Output, Repeat, Slot, Unknown
from explorer.core.fields import MISSING, Invalid, shortened

USER = "user:"  # what the keys of blocks start with that people made
Kinds: TypeAlias = Mapping[str, type[Block] | str]
"""Kinds of block that a document brings, by key; a sentence for one that cannot be read."""

NO_KINDS: Kinds = {}


class UnreadableError(Exception):
    """JSON that is no block; the message says why."""


def require(right: bool, reason: str = "") -> None:
    """Refuses JSON.

    Raises:
        UnreadableError: If it is not right.
    """
    if not right:
        raise UnreadableError(reason)


def present(values: dict[str, Any]) -> dict[str, Any]:
    """Invalid values as the JSON they were; missing ones left out."""
    return {
        key: value.value() if isinstance(value, Invalid) else value for key, value in values.items() if value != MISSING
    }


# Writing


def block_to_json(block: Block) -> dict[str, Any]:
    """A block as JSON values, every field written."""
    if isinstance(block, Unknown):
        return json.loads(block.json)  # type: ignore[no-any-return]
    document = present({"type": block.key(), **{name: getattr(block, name) for name in block.fields()}})
    if isinstance(block, Repeat):
        document |= {"names": list(block.names), "block": block_to_json(block.block)}
    elif isinstance(block, Output):
        document["body"] = block_to_json(block.body)
    elif isinstance(block, Container):
        document["slots"] = [slot_to_json(slot) for slot in block.slots]
    return document


def slot_to_json(slot: Slot) -> dict[str, Any]:
    """A slot as JSON values."""
    if isinstance(slot.block, Unknown) and slot.block.as_slot:
        return json.loads(slot.block.json)  # type: ignore[no-any-return]
    return {"name": slot.name, "enabled": slot.enabled, "note": slot.note, "block": block_to_json(slot.block)}


# Reading


def block_from_json(value: Any, kinds: Kinds = NO_KINDS) -> Block:
    """The block of JSON values; an :class:`Unknown` that keeps them where they are no block."""
    try:
        return _block(value, kinds)
    except UnreadableError as unreadable:
        return Unknown(json.dumps(value, allow_nan=False), str(unreadable))


def _block(value: Any, kinds: Kinds) -> Block:
    require(isinstance(value, dict) and isinstance(value.get("type"), str), "This is not a block: it has no type.")
    name = value["type"]
    cls = _kind(name, kinds)
    fields = {**LATER_FIELDS.get(name, {}), **value}
    del fields["type"]
    parts = {key: fields.pop(key, None) for key in _PARTS.get(name, ())}
    strangers = sorted(fields.keys() - cls.fields().keys())
    require(not strangers, f"{cls.type_name()} has no field called {shortened(strangers[0])!r}." if strangers else "")
    return cls(**_fields(cls, fields), **_parts(name, parts, kinds))


def _kind(name: str, kinds: Kinds) -> type[Block]:
    if name.startswith(USER):
        found = kinds.get(name, f"The file has no definition of {shortened(name)!r}.")
        if isinstance(found, str):
            raise UnreadableError(found)
        return found
    require(name in BLOCKS, f"There is no block called {shortened(name)!r}.")
    require(BLOCKS[name] is not Unknown, "This is not a block.")
    return BLOCKS[name]


def chain_from_json(value: Any, kinds: Kinds = NO_KINDS) -> Chain:
    """The chain of JSON values.

    Raises:
        UnreadableError: If they are another block, or none.
    """
    require(isinstance(value, dict) and value.get("type") == "Chain", "This is not a chain.")
    block = block_from_json(value, kinds)
    if not isinstance(block, Chain):
        raise UnreadableError("This is not a chain.")
    return block


def _fields(cls: type[Block], values: dict[str, Any]) -> dict[str, Any]:
    return {name: spec.normalise(values.get(name, MISSING)) for name, spec in cls.fields().items()}


# Fields that a block got after files with it were written, with what such a file means. This is the migration of a
# field with a neutral value: it needs no new version, so that an earlier app opens a newer file but for that block.
LATER_FIELDS: dict[str, dict[str, Any]] = {
    "ConvBlock": {"momentum": 0.1, "naming": "words"},
    "Output": {"weight": 0.3},
    "SEBottleneck": {"groups": 1, "narrowing": 1, "projection": "1x1"},
}

_PARTS = {
    "Chain": ("slots",),
    "Add": ("slots",),
    "Multiply": ("slots",),
    "Concat": ("slots",),
    "Repeat": ("names", "block"),
    "Output": ("body",),
}


def _parts(name: str, parts: dict[str, Any], kinds: Kinds) -> dict[str, Any]:
    """What a structure holds beside its fields."""
    if "slots" in parts:
        require(isinstance(parts["slots"], list), f"This {name} has no list of slots.")
        return {"slots": tuple(slot_from_json(slot, kinds) for slot in parts["slots"])}
    if "names" in parts:
        names = parts["names"]
        named = isinstance(names, list) and all(isinstance(item, str) for item in names)
        require(named and parts["block"] is not None, "This Repeat has no list of names and a block.")
        return {"names": tuple(names), "block": block_from_json(parts["block"], kinds)}
    if "body" in parts:
        try:
            return {"body": chain_from_json(parts["body"], kinds)}
        except UnreadableError as unreadable:
            raise UnreadableError("The body of this Output is not a chain.") from unreadable
    return {}


def slot_from_json(value: Any, kinds: Kinds = NO_KINDS) -> Slot:
    """The slot of JSON values; one with an :class:`Unknown` block where they are no slot."""
    right = isinstance(value, dict) and set(value) == {"name", "enabled", "note", "block"}
    if right:
        right = isinstance(value["name"], str) and isinstance(value["note"], str) and type(value["enabled"]) is bool
    if not right:
        reason = "This is not a slot with name, enabled, note and block."
        return Slot("", Unknown(json.dumps(value, allow_nan=False), reason, as_slot=True))
    return Slot(value["name"], block_from_json(value["block"], kinds), value["enabled"], value["note"])
