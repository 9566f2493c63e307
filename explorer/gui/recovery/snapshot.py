"""A recovery copy as a value, and as bytes: one line of JSON about the document, then the network document itself.

Whoever must can take the network out with a text editor, by deleting the first line.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.core import storage
from explorer.core.compose import Path as BlockPath
from explorer.core.json_text import parse
from explorer.core.network import Network
from explorer.errors import FileError

FORMAT = "architecture-explorer/recovery"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document with unsaved changes, at one moment.

    Attributes:
        network: The network.
        title: What a person calls the document.
        taken: When.
        file: The file that it was read from or saved to last, if there is one.
        digest: Of that file's content then; None without a file.
        selection: Paths of the selected blocks.
        seen: Larger than that of all documents that were in front before it.
    """

    network: Network
    title: str
    taken: dt.datetime
    file: Path | None = None
    digest: str | None = None
    selection: tuple[BlockPath, ...] = ()
    seen: int = 0


def to_bytes(snapshot: Snapshot) -> bytes:
    """The content of a recovery copy.

    Raises:
        FileError: If the network is too large for a file; edits never lead there.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "title": snapshot.title,
        "taken": snapshot.taken.isoformat(),
        "file": None if snapshot.file is None else str(snapshot.file),
        "digest": snapshot.digest,
        "selection": [list(path) for path in snapshot.selection],
        "seen": snapshot.seen,
    }
    return json.dumps(header).encode() + b"\n" + storage.to_bytes(snapshot.network)


def from_bytes(content: bytes, source: str) -> Snapshot:
    """The snapshot in a recovery copy.

    Args:
        content: What :func:`to_bytes` wrote.
        source: What the copy is called in a sentence.

    Raises:
        FileError: If it is damaged, or of a newer version.
    """
    line, _, document = content.partition(b"\n")
    header = parse(line, source)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FileError(f"{source} is no recovery copy: its 'format' is not {FORMAT!r}.")
    if header.get("version") != VERSION:
        raise FileError(f"{source} was written by another version of the application; open it with that one.")
    network = storage.loads(document, source)
    try:
        return _snapshot(network, header)
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(f"{source} is damaged in its first line; delete that line to open the rest.") from error


def _snapshot(network: Network, header: dict[str, Any]) -> Snapshot:
    file, digest, selection = header["file"], header["digest"], header["selection"]
    texts = (header["title"], *(value for value in (file, digest) if value is not None))
    if not all(isinstance(text, str) for text in texts) or type(header["seen"]) is not int:
        raise TypeError("a value of another kind")
    if not all(isinstance(name, str) for path in selection for name in path):
        raise TypeError("a path of something other than names")
    return Snapshot(
        network,
        header["title"],
        dt.datetime.fromisoformat(header["taken"]),
        None if file is None else Path(file),
        digest,
        tuple(map(tuple, selection)),
        header["seen"],
    )
