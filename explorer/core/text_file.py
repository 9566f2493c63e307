"""Text files, read within limits and written in one step."""

from __future__ import annotations

import json
import os
from pathlib import Path

from explorer.core.atomic import replacing
from explorer.core.json_text import MAX_BYTES
from explorer.errors import FileError


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What a file holds, and of one that is too large a little more than is allowed.

    Raises:
        FileError: If it cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except ValueError as error:  # a name with a zero byte
        raise FileError(f"{os.fspath(path)!r} cannot be the name of a file.") from error


def write_json_text(text: str, path: str | os.PathLike[str]) -> None:
    """Writes JSON text as UTF-8; an older file is replaced only once the new one is complete.

    Raises:
        FileError: If it cannot be written; an older file is untouched.
    """
    content = _encoded(text)
    try:
        with replacing(Path(path)) as temporary:
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
