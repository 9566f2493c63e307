"""A block of one's own in a file that can be shared, with the definitions it needs: ``<name>.block.json``."""

from __future__ import annotations

import os
from typing import Any

from explorer.core import json_text
from explorer.core.block_json import UnreadableError
from explorer.core.definition_json import definition_from_json, definitions_to_json, kinds_from_json
from explorer.core.definition_key import definition_to_json
from explorer.core.fields import shortened
from explorer.core.text_file import encoded, read_bytes, write_bytes
from explorer.core.user_block import UserBlock, block_class
from explorer.errors import EditError, FileError

FORMAT = "architecture-explorer/block"
VERSION = 1
SUFFIX = ".block.json"


def dumps(kind: type[UserBlock]) -> str:
    """The JSON text of a kind of block, which :func:`loads` reads again.

    Raises:
        FileError: If it is too large for a file.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "block": definition_to_json(kind.definition),
        "definitions": definitions_to_json([kind.definition.body]),
    }
    return json_text.write(document, f"The block {shortened(kind.type_name())!r}")


def loads(text: str | bytes, source: str = "The text") -> type[UserBlock]:
    """The kind of block of a JSON text.

    Args:
        text: JSON, as :func:`dumps` writes it.
        source: What the text is called in a sentence.

    Raises:
        FileError: If it is no block of this or an earlier version; the sentence says why.
    """
    document = json_text.parse(text, source)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(f"{source} is no block of one's own: its 'format' is not {FORMAT!r}.")
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise FileError(f"{source} has no version number, so it cannot be read safely.")
    if version > VERSION:
        raise FileError(f"{source} was written by a newer version of the application; update it to open the file.")
    try:
        definition = definition_from_json(document.get("block"), kinds_from_json(document.get("definitions")))
        return block_class(definition)
    except (UnreadableError, EditError) as error:
        raise FileError(f"{source} is no block of one's own. {error}") from error


def read(path: str | os.PathLike[str]) -> type[UserBlock]:
    """Reads a block of one's own.

    Raises:
        FileError: If the file is missing, too large or no such block.
    """
    return loads(read_bytes(path), str(path))


def write(kind: type[UserBlock], path: str | os.PathLike[str]) -> None:
    """Writes a block of one's own; an older file is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    write_bytes(encoded(dumps(kind)), path)
