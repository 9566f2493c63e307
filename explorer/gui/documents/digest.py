"""What tells the content of a file from any other, so that a change by another program is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from explorer.core.storage import read_bytes
from explorer.errors import FileError


def digest_of(content: bytes) -> str:
    """The digest of a content."""
    return hashlib.sha256(content).hexdigest()


def digest_on_disk(file: Path) -> str | None:
    """The digest of what a file holds now; None if it cannot be read."""
    try:
        return digest_of(read_bytes(file))
    except FileError:
        return None
