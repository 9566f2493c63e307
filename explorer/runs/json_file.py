"""The JSON files of a run: written in one step, read within limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.core import json_text
from explorer.core.text_file import encoded, read_bytes, write_bytes
from explorer.errors import FileError


def write_text(path: Path, text: str) -> None:
    """Writes JSON text to a file in one step.

    Raises:
        FileError: If the system refuses.
    """
    write_bytes(encoded(text), path)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as indented JSON in one step.

    Raises:
        FileError: If the system refuses.
    """
    write_text(path, json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        FileError: If the file is missing, too large or no JSON object.
    """
    value = json_text.parse(read_bytes(path), str(path))
    if not isinstance(value, dict):
        raise FileError(f"{path} holds no JSON object; restore it from a backup.")
    return value
