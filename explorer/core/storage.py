"""Networks as versioned JSON, so that every file ever saved opens for ever.

Every field is written, defaults included. Only what cannot be parsed or is too large is refused. An unknown block, a
missing field or a value of the wrong type opens as a located problem, keeps its JSON and is saved back unchanged. A
field that a block got later is read as what the file meant when it was written, and saved with it. A value that means
the same in another form (``[3, 3]`` for 3, ``1.0`` for 1) is read as what it means.
"""

from __future__ import annotations

import json
import os
from pathlib import Path as FilePath
from typing import Any

from explorer.core import json_text
from explorer.core.atomic import replacing
from explorer.core.block import BLOCKS, Block
from explorer.core.compose import MAX_LEVELS, Container, Output, Repeat, Slot, Unknown, outline
from explorer.core.fields import MISSING, IntsField, Invalid, shortened
from explorer.core.json_text import MAX_BYTES, parse
from explorer.core.network import PLACEHOLDERS, Input, Network, Provenance
from explorer.core.shape import MAX_FEATURES
from explorer.errors import FileError

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "SUFFIX",
    "VERSION",
    "block_from_json",
    "block_to_json",
    "dumps",
    "loads",
    "parse",
    "read",
    "read_bytes",
    "slot_from_json",
    "slot_to_json",
    "to_bytes",
    "write",
    "write_bytes",
]

FORMAT = "architecture-explorer/network"
VERSION = 1
SUFFIX = ".network.json"
MAX_WRITTEN = 400_000  # slots; more cannot be read again


def dumps(network: Network) -> str:
    """The JSON text of a network, which :func:`loads` reads again.

    Raises:
        FileError: If there are too many blocks for a file, or too deep ones; edits never lead there.
    """
    what, written = f"The network {shortened(network.name)!r}", outline(network.body)
    if written.levels > MAX_LEVELS + MAX_LEVELS // 2 or written.size > MAX_WRITTEN:
        raise FileError(f"{what} has too many blocks, or too deep ones, to be saved; remove some of them.")
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": network.name,
        "task": network.task,
        "inputs": [{"name": i.name, "shape": list(i.shape), "optional": i.optional} for i in network.inputs],
        "frozen": sorted(list(path) for path in network.frozen),
        "provenance": _provenance(network.provenance),
        "body": block_to_json(network.body),
    }
    return json_text.write(_present({**document, **network.still_unread}), what)


def loads(text: str | bytes, source: str = "The text") -> Network:
    """The network of a JSON text.

    Args:
        text: JSON, as :func:`dumps` writes it.
        source: What the text is called in a sentence.

    Raises:
        FileError: If it cannot be parsed, is too large, or is no network document of this or an earlier version.
    """
    document = parse(text, source)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(f"{source} is not a network document: its 'format' is not {FORMAT!r}.")
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise FileError(f"{source} has no version number, so it cannot be read safely.")
    if version > VERSION:
        raise FileError(f"{source} was written by a newer version of the application; update it to open the file.")
    return _network(document)


def read(path: str | os.PathLike[str]) -> Network:
    """Reads a network document.

    Raises:
        FileError: If the file is missing, too large or no network document.
    """
    return loads(read_bytes(path), str(path))


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The content of a network document, for those who also want to know whether it changes later.

    Raises:
        FileError: If the file is missing or cannot be read; of one that is too large, the beginning is returned, which
            :func:`loads` refuses.
    """
    try:
        with FilePath(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except ValueError as error:  # a name with a zero byte
        raise FileError(f"{os.fspath(path)!r} cannot be the name of a file.") from error


def write(network: Network, path: str | os.PathLike[str]) -> None:
    """Writes a network document; an older file is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    write_bytes(to_bytes(network), path)


def to_bytes(network: Network) -> bytes:
    """The content of the document of a network, which :func:`loads` reads again.

    Raises:
        FileError: As :func:`dumps`.
    """
    return _encoded(dumps(network))


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> None:
    """Writes a file; an older one is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    try:
        with replacing(FilePath(path)) as temporary:
            temporary.write_bytes(content)
    except ValueError as error:  # a name with a zero byte
        if isinstance(error, FileError):
            raise
        raise FileError(f"{os.fspath(path)!r} cannot be the name of a file.") from error


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry and UTF-8 cannot
        return json.dumps(json.loads(text), allow_nan=False).encode()


# Writing


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Invalid values as the JSON they were; missing ones left out."""
    return {
        key: value.value() if isinstance(value, Invalid) else value for key, value in values.items() if value != MISSING
    }


def _provenance(provenance: Provenance | None) -> Any:
    return provenance and {"network": provenance.network, "options": dict(provenance.options)}


def block_to_json(block: Block) -> dict[str, Any]:
    """A block as JSON values, every field written."""
    if isinstance(block, Unknown):
        return json.loads(block.json)  # type: ignore[no-any-return]
    document = _present({"type": block.type_name(), **{name: getattr(block, name) for name in block.fields()}})
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


class _UnreadableError(Exception):
    """JSON that is no block; the message says why."""


def _network(document: dict[str, Any]) -> Network:
    readers = {
        "name": _text,
        "task": _text,
        "inputs": _inputs,
        "frozen": _frozen,
        "provenance": _origin,
        "body": _body,
    }
    values, unread = dict(PLACEHOLDERS), []
    for key, reader in readers.items():
        try:
            values[key] = reader(document[key])
        except KeyError:
            unread.append((key, MISSING))
        except _UnreadableError:
            unread.append((key, Invalid.keep(document[key])))
    strange = document.keys() - readers.keys() - {"format", "version"}
    unread += [(key, Invalid.keep(document[key])) for key in sorted(strange)]
    return Network(**values, unread=tuple(unread))  # type: ignore[arg-type]


def _require(right: bool, reason: str = "") -> None:
    if not right:
        raise _UnreadableError(reason)


def _text(value: Any) -> str:
    _require(isinstance(value, str))
    return str(value)


def _inputs(value: Any) -> tuple[Input, ...]:
    _require(isinstance(value, list) and bool(value))
    return tuple(map(_input, value))


def _input(entry: Any) -> Input:
    _require(isinstance(entry, dict) and set(entry) == {"name", "shape", "optional"})
    shape = IntsField(maximum=MAX_FEATURES).normalise(entry["shape"])
    _require(isinstance(entry["name"], str) and isinstance(entry["optional"], bool) and isinstance(shape, tuple))
    return Input(entry["name"], shape, entry["optional"])


def _body(value: Any) -> Block:
    _require(isinstance(value, dict) and value.get("type") == "Chain")
    block = block_from_json(value)
    _require(not isinstance(block, Unknown))
    return block


def _frozen(value: Any) -> frozenset[tuple[str, ...]]:
    _require(isinstance(value, list) and all(isinstance(path, list) for path in value))
    _require(all(isinstance(name, str) and not name.startswith("#") for path in value for name in path))
    return frozenset(map(tuple, value))


def _origin(value: Any) -> Provenance | None:
    if value is None:
        return None
    _require(isinstance(value, dict) and set(value) == {"network", "options"} and isinstance(value["network"], str))
    options = value["options"]
    _require(isinstance(options, dict) and all(isinstance(item, str | int | float) for item in options.values()))
    return Provenance(value["network"], tuple(sorted(options.items())))


def block_from_json(value: Any) -> Block:
    """The block of JSON values; an :class:`Unknown` that keeps them where they are no block."""
    try:
        return _block(value)
    except _UnreadableError as unreadable:
        return Unknown(json.dumps(value, allow_nan=False), str(unreadable))


def _block(value: Any) -> Block:
    _require(isinstance(value, dict) and isinstance(value.get("type"), str), "This is not a block: it has no type.")
    name = value["type"]
    _require(name in BLOCKS, f"There is no block called {shortened(name)!r}.")
    cls = BLOCKS[name]
    _require(cls is not Unknown, "This is not a block.")
    fields = {**_LATER_FIELDS.get(name, {}), **value}
    del fields["type"]
    parts = {key: fields.pop(key, None) for key in _PARTS.get(name, ())}
    strangers = sorted(fields.keys() - cls.fields().keys())
    _require(not strangers, f"{name} has no field called {shortened(strangers[0])!r}." if strangers else "")
    return cls(**_fields(cls, fields), **_parts(name, parts))


def _fields(cls: type[Block], values: dict[str, Any]) -> dict[str, Any]:
    return {name: spec.normalise(values.get(name, MISSING)) for name, spec in cls.fields().items()}


# Fields that a block got after files with it were written, with what such a file means. This is the migration of a
# field with a neutral value: it needs no new version, so that an earlier app opens a newer file but for that block.
_LATER_FIELDS: dict[str, dict[str, Any]] = {"Output": {"weight": 0.3}}

_PARTS = {
    "Chain": ("slots",),
    "Add": ("slots",),
    "Multiply": ("slots",),
    "Concat": ("slots",),
    "Repeat": ("names", "block"),
    "Output": ("body",),
}


def _parts(name: str, parts: dict[str, Any]) -> dict[str, Any]:
    """What a structure holds beside its fields."""
    if "slots" in parts:
        _require(isinstance(parts["slots"], list), f"This {name} has no list of slots.")
        return {"slots": tuple(map(slot_from_json, parts["slots"]))}
    if "names" in parts:
        names = parts["names"]
        named = isinstance(names, list) and all(isinstance(item, str) for item in names)
        _require(named and parts["block"] is not None, "This Repeat has no list of names and a block.")
        return {"names": tuple(names), "block": block_from_json(parts["block"])}
    if "body" in parts:
        try:
            return {"body": _body(parts["body"])}
        except _UnreadableError as unreadable:
            raise _UnreadableError("The body of this Output is not a chain.") from unreadable
    return {}


def slot_from_json(value: Any) -> Slot:
    """The slot of JSON values; one with an :class:`Unknown` block where they are no slot."""
    right = isinstance(value, dict) and set(value) == {"name", "enabled", "note", "block"}
    if right:
        right = isinstance(value["name"], str) and isinstance(value["note"], str) and type(value["enabled"]) is bool
    if not right:
        reason = "This is not a slot with name, enabled, note and block."
        return Slot("", Unknown(json.dumps(value, allow_nan=False), reason, as_slot=True))
    return Slot(value["name"], block_from_json(value["block"]), value["enabled"], value["note"])
