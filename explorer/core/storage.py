"""Networks as versioned JSON, so that every file ever saved opens for ever.

Every field is written, defaults included. Only what cannot be parsed or is too large is refused. An unknown block, a
missing field or a value of the wrong type opens as a located problem, keeps its JSON and is saved back unchanged. A
field that a block got later is read as what the file meant when it was written, and saved with it. A value that means
the same in another form (``[3, 3]`` for 3, ``1.0`` for 1) is read as what it means.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from explorer.core import json_text
from explorer.core.block_json import (
    Kinds,
    UnreadableError,
    block_from_json,
    block_to_json,
    chain_from_json,
    present,
    require,
    slot_from_json,
    slot_to_json,
)
from explorer.core.definition_json import definitions_to_json, kinds_from_json
from explorer.core.fields import MISSING, IntsField, Invalid, shortened
from explorer.core.json_text import MAX_BYTES, parse
from explorer.core.lr_factors import FACTOR, LrFactors
from explorer.core.network import PLACEHOLDERS, Input, Network, Provenance
from explorer.core.outline import MAX_LEVELS, outline
from explorer.core.shape import MAX_FEATURES
from explorer.core.text_file import encoded, read_bytes, write_bytes
from explorer.core.user_block import user_blocks_in
from explorer.errors import FileError

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "SUFFIX",
    "VERSION",
    "block_from_json",
    "block_to_json",
    "dumps",
    "kinds_in",
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
    # Earlier files have neither of the two; one without them, which means that there are none, stays as it was.
    later = {"lr_factors": _factors_to_json(network), "definitions": _definitions(network)}
    unread = network.still_unread
    brought = {key: value for key, value in later.items() if value}
    return json_text.write(present({**document, **unread, **brought}), what)


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
    return encoded(dumps(network))


# Writing


def _provenance(provenance: Provenance | None) -> Any:
    return provenance and {"network": provenance.network, "options": dict(provenance.options)}


def _factors_to_json(network: Network) -> list[Any]:
    return [[list(path), factor] for path, factor in sorted(network.lr_factors)]


def _definitions(network: Network) -> dict[str, Any]:
    return {**{key: kept.value() for key, kept in network.definitions}, **definitions_to_json([network.body])}


def kinds_in(network: Network) -> Kinds:
    """The kinds of block that the definitions in a document of the network stand for, by key."""
    return kinds_from_json(_definitions(network))


# Reading


def _network(document: dict[str, Any]) -> Network:
    definitions = document.get("definitions", {})
    kinds = kinds_from_json(definitions)
    readers: dict[str, Callable[[Any], Any]] = {
        "name": _text,
        "task": _text,
        "inputs": _inputs,
        "frozen": _frozen,
        "provenance": _origin,
        "body": lambda value: chain_from_json(value, kinds),
        "lr_factors": _factors,
    }
    document.setdefault("lr_factors", [])
    values, unread = dict(PLACEHOLDERS), []
    for key, reader in readers.items():
        try:
            values[key] = reader(document[key])
        except KeyError:
            unread.append((key, MISSING))
        except UnreadableError:
            unread.append((key, Invalid.keep(document[key])))
    strange = document.keys() - readers.keys() - {"format", "version"}
    if isinstance(definitions, dict):
        strange -= {"definitions"}
        values["definitions"] = _unused(definitions, values["body"])
    unread += [(key, Invalid.keep(document[key])) for key in sorted(strange)]
    return Network(**values, unread=tuple(unread))  # type: ignore[arg-type]


def _unused(definitions: dict[str, Any], body: Any) -> tuple[tuple[str, Invalid], ...]:
    """What no block in the body is made from, since it cannot be read or what refers to it cannot."""
    used = user_blocks_in([body])
    return tuple((key, Invalid.keep(value)) for key, value in sorted(definitions.items()) if key not in used)


def _text(value: Any) -> str:
    require(isinstance(value, str))
    return str(value)


def _inputs(value: Any) -> tuple[Input, ...]:
    require(isinstance(value, list) and bool(value))
    return tuple(map(_input, value))


def _input(entry: Any) -> Input:
    require(isinstance(entry, dict) and set(entry) == {"name", "shape", "optional"})
    shape = IntsField(maximum=MAX_FEATURES).normalise(entry["shape"])
    require(isinstance(entry["name"], str) and isinstance(entry["optional"], bool) and isinstance(shape, tuple))
    return Input(entry["name"], shape, entry["optional"])


def _frozen(value: Any) -> frozenset[tuple[str, ...]]:
    require(isinstance(value, list) and all(isinstance(path, list) for path in value))
    require(all(isinstance(name, str) and not name.startswith("#") for path in value for name in path))
    return frozenset(map(tuple, value))


def _factors(value: Any) -> LrFactors:
    require(isinstance(value, list) and all(isinstance(entry, list) and len(entry) == 2 for entry in value))
    paths, factors = [entry[0] for entry in value], [FACTOR.normalise(entry[1]) for entry in value]
    _frozen(paths)
    require(all(FACTOR.problem(factor) is None for factor in factors))
    found = dict(zip(map(tuple, paths), factors, strict=True))
    require(len(found) == len(value))
    return frozenset(found.items())


def _origin(value: Any) -> Provenance | None:
    if value is None:
        return None
    require(isinstance(value, dict) and set(value) == {"network", "options"} and isinstance(value["network"], str))
    options = value["options"]
    require(isinstance(options, dict) and all(isinstance(item, str | int | float) for item in options.values()))
    return Provenance(value["network"], tuple(sorted(options.items())))
