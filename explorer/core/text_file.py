"""Text files, read within limits and written in one step."""

from __future__ import annotations

import os

from explorer.core.atomic import replacing
from explorer.core.file_name import other_than_file, usable
from explorer.core.json_text import MAX_BYTES
from explorer.errors import FileError


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What a file holds; of one that is too large the beginning, which :func:`json_text.parse` refuses.

    Raises:
        FileError: If it cannot be read.
    """
    file = usable(path)
    kind = other_than_file(file)
    if kind is not None:
        raise FileError(f"{path} is {kind}, so it cannot be read; choose a file.")
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> None:
    """Writes a file; an older one is replaced only once the new one is complete.

    Raises:
        FileError: If the file cannot be written; an older one is untouched.
    """
    with replacing(usable(path)) as temporary:
        temporary.write_bytes(content)


def encoded(text: str) -> bytes:
    """JSON text as UTF-8. Half a surrogate pair, which UTF-8 cannot hold, is escaped, as JSON writes it.

    A name with one may come from a file, or from a folder whose name is not UTF-8.
    """
    return text.encode(errors="backslashreplace")
