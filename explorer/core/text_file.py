"""Text files, read within limits and written in one step."""

from __future__ import annotations

import json
import os
from pathlib import Path

from explorer.core.atomic import replacing
from explorer.core.json_text import MAX_BYTES
from explorer.errors import FileError


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What a file holds; of one that is too large the beginning, which :func:`json_text.parse` refuses.

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


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> None:
    """Writes a file; an older one is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    try:
        with replacing(Path(path)) as temporary:
            temporary.write_bytes(content)
    except ValueError as error:  # a name with a zero byte
        if isinstance(error, FileError):
            raise
        raise FileError(f"{os.fspath(path)!r} cannot be the name of a file.") from error


def encoded(text: str) -> bytes:
    """JSON text as UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry and UTF-8 cannot
        return json.dumps(json.loads(text), allow_nan=False).encode()
