"""Networks as versioned JSON, so that every file ever saved opens for ever.

Every field is written, defaults included. Only what cannot be parsed or is too large is refused. An unknown block, a
missing field or a value of the wrong type opens as a located problem, keeps its JSON and is saved back unchanged.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path as FilePath
from typing import Any

from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Container, Output, Repeat, Slot, Unknown
from explorer.core.fields import MISSING, Invalid
from explorer.core.network import Input, Network, Provenance
from explorer.errors import FileError

FORMAT = "architecture-explorer/network"
VERSION = 1
SUFFIX = ".network.json"
MAX_BYTES = 8_000_000
MAX_NESTING = 200  # of JSON lists and objects

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_STRUCTURAL = {"Chain", "Add", "Multiply", "Concat"}


def dumps(network: Network) -> str:
    """The JSON text of a network."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": network.name}
    document |= {
        "task": network.task,
        "inputs": network.inputs if isinstance(network.inputs, Invalid) else [_input(entry) for entry in network.inputs],
        "frozen": network.frozen
        if isinstance(network.frozen, Invalid)
        else sorted(list(path) for path in network.frozen),
        "provenance": _provenance(network.provenance),
        "body": network.body if isinstance(network.body, Invalid) else block_to_json(network.body),
    }
    document = _present(document)
    if network.extras is not None and network.extras.text is not None:
        document |= json.loads(network.extras.text)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


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
    file = FilePath(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror or error}.") from error
    return loads(content, str(file))


def write(network: Network, path: str | os.PathLike[str]) -> None:
    """Writes a network document; an older file is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    file = FilePath(path)
    content = _encode(dumps(network))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}.") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        FilePath(temporary).chmod(0o666 & ~umask)  # mkstemp makes files for the owner alone
        FilePath(temporary).replace(file)
    except OSError as error:
        FilePath(temporary).unlink(missing_ok=True)
        raise FileError(f"{file} cannot be written: {error.strerror or error}.") from error


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry and UTF-8 cannot
        return json.dumps(json.loads(text), indent=1, allow_nan=False).encode()


def parse(text: str | bytes, source: str) -> Any:
    """JSON with limits: no NaN, no infinity, no key twice, bounded size and nesting, checked before parsing.

    Raises:
        FileError: If it is not that.
    """
    content = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(content) > MAX_BYTES:
        raise FileError(f"{source} is larger than {MAX_BYTES // 1_000_000} MB, which no network document is.")
    _check_nesting(content, source)
    try:
        return json.loads(
            content.decode(errors="surrogatepass"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as error:
        raise FileError(f"{source} is not readable JSON: {error}.") from error


def _check_nesting(content: bytes, source: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(content):
        character = token.group()
        if character in (b"[", b"{"):
            depth += 1
            if depth > MAX_NESTING:
                raise FileError(f"{source} is nested more than {MAX_NESTING} levels deep, which no network document is.")
        elif character in (b"]", b"}"):
            depth -= 1


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("an object has the same key twice")
    return result


# Writing


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Invalid values as the JSON they were; missing ones left out."""
    return {
        key: json.loads(value.text) if isinstance(value, Invalid) and value.text is not None else value
        for key, value in values.items()
        if value is not MISSING and value != MISSING
    }


def _input(entry: Input) -> dict[str, Any]:
    shape = entry.shape if isinstance(entry.shape, Invalid) else list(entry.shape)
    return _present({"name": entry.name, "shape": shape, "optional": entry.optional})


def _provenance(provenance: Provenance | Invalid | None) -> Any:
    if provenance is None or isinstance(provenance, Invalid):
        return provenance
    return {"network": provenance.network, "options": dict(provenance.options)}


def block_to_json(block: Block) -> dict[str, Any]:
    """A block as JSON values, every field written."""
    if isinstance(block, Unknown):
        return json.loads(block.json)  # type: ignore[no-any-return]
    fields = {name: getattr(block, name) for name in block.fields()}
    document = _present({"type": block.type_name(), **fields})
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

_KEYS = {"format", "version", "name", "task", "inputs", "frozen", "provenance", "body"}


def _network(document: dict[str, Any]) -> Network:
    def value(key: str, read: Any) -> Any:
        if key not in document:
            return MISSING
        result = read(document[key])
        return Invalid.keep(document[key]) if result is None else result

    provenance = document.get("provenance", None)
    extras = {key: document[key] for key in document if key not in _KEYS}
    return Network(
        name=value("name", _text),
        inputs=value("inputs", _read_inputs),
        body=value("body", _read_body),
        task=value("task", _text),
        frozen=value("frozen", _read_frozen),
        provenance=MISSING if "provenance" not in document else None if provenance is None else _read_provenance(provenance),  # type: ignore[arg-type]
        extras=Invalid.keep(extras) if extras else None,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _read_inputs(value: Any) -> tuple[Input, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    inputs = []
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"name", "shape", "optional"}:
            return None
        shape = entry["shape"]
        whole = isinstance(shape, list) and all(type(extent) is int for extent in shape)
        if not isinstance(entry["name"], str) or type(entry["optional"]) is not bool or not whole:
            return None
        inputs.append(Input(entry["name"], tuple(shape), entry["optional"]))
    return tuple(inputs)


def _read_body(value: Any) -> Block | None:
    block = block_from_json(value)
    return block if block.type_name() == "Chain" else None


def _read_frozen(value: Any) -> frozenset[tuple[str, ...]] | None:
    if not isinstance(value, list):
        return None
    paths = [tuple(path) for path in value if isinstance(path, list) and all(isinstance(name, str) for name in path)]
    unchanged = sorted(list(path) for path in set(paths)) == value
    return frozenset(paths) if unchanged else None


def _read_provenance(value: Any) -> Provenance | Invalid:
    if isinstance(value, dict) and set(value) == {"network", "options"} and isinstance(value["network"], str):
        options = value["options"]
        if isinstance(options, dict) and all(isinstance(item, str | int | float | bool) for item in options.values()):
            return Provenance(value["network"], tuple(options.items()))
    return Invalid.keep(value)


def block_from_json(value: Any) -> Block:
    """The block of JSON values; an :class:`Unknown` that keeps them where they are no block."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return _unknown(value, "This is not a block: it has no type.")
    name = value["type"]
    if name not in BLOCKS:
        return _unknown(value, f"There is no block called {name!r}.")
    cls = BLOCKS[name]
    rest = {key: item for key, item in value.items() if key != "type"}
    if name in _STRUCTURAL:
        return _read_slots(cls, rest, value)
    if name == "Repeat":
        return _read_repeat(rest, value)
    if name == "Output":
        body = block_from_json(rest.pop("body", None))
        if body.type_name() != "Chain":
            return _unknown(value, "The body of this Output is not a chain.")
        return _read_fields(cls, rest, value, body=body)
    return _read_fields(cls, rest, value)


def _unknown(value: Any, reason: str, *, as_slot: bool = False) -> Unknown:
    return Unknown(json.dumps(value, allow_nan=False), reason, as_slot)


def _read_fields(cls: type[Block], rest: dict[str, Any], value: Any, **parts: Any) -> Block:
    known = cls.fields()
    strangers = sorted(set(rest) - set(known))
    if strangers:
        return _unknown(value, f"{cls.type_name()} has no field called {strangers[0]!r}.")
    fields = {}
    for name, spec in known.items():
        read = _frozen_lists(rest[name]) if name in rest else MISSING
        normal = read if read is MISSING else spec.normalise(read)
        # a value that would be saved in another form, such as 3.0 for 3, is kept as it is instead
        fields[name] = normal if isinstance(normal, Invalid) else _same_json(normal, rest[name])
    return cls(**fields, **parts)


def _same_json(normal: Any, original: Any) -> Any:
    return normal if json.dumps(normal) == json.dumps(original) else Invalid.keep(original)


def _frozen_lists(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_slots(cls: type[Block], rest: dict[str, Any], value: Any) -> Block:
    slots = rest.pop("slots", None)
    if not isinstance(slots, list):
        return _unknown(value, f"This {cls.type_name()} has no list of slots.")
    parts = [slot_from_json(slot) for slot in slots]
    read = _read_fields(cls, rest, value)
    if isinstance(read, Unknown):
        return read
    return cls(*parts, **{name: getattr(read, name) for name in cls.fields()})


def slot_from_json(value: Any) -> Slot:
    """The slot of JSON values; one with an :class:`Unknown` block where they are no slot."""
    right = isinstance(value, dict) and set(value) == {"name", "enabled", "note", "block"}
    if right:
        right = isinstance(value["name"], str) and isinstance(value["note"], str) and type(value["enabled"]) is bool
    if not right:
        return Slot("", _unknown(value, "This is not a slot with name, enabled, note and block.", as_slot=True))
    return Slot(value["name"], block_from_json(value["block"]), value["enabled"], value["note"])


def _read_repeat(rest: dict[str, Any], value: Any) -> Block:
    names = rest.get("names")
    if set(rest) != {"names", "block"} or not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        return _unknown(value, "This Repeat has no list of names and a block.")
    return Repeat(tuple(names), block_from_json(rest["block"]))
