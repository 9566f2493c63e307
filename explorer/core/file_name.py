"""Which names a file can have: whatever a person, a program or a document calls one comes through here first."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from explorer.core.fields import shortened
from explorer.errors import FileError

_IMPOSSIBLE = {errno.ENAMETOOLONG, errno.EINVAL}  # the second is what Windows says of characters it does not take


def usable(name: str | os.PathLike[str]) -> Path:
    """The path of that name, whether or not there is such a file.

    Args:
        name: A path; callers are not all checked by types, so anything else is refused as well.

    Raises:
        FileError: If no file can have that name.
    """
    try:
        path = Path(name)
        path.lstat()
    except OSError as error:
        if error.errno in _IMPOSSIBLE:
            raise _refusal(name) from error
        return path  # not there, or not to be seen: whoever opens it will say so
    except (TypeError, ValueError) as error:  # no text, or one with a zero byte
        raise _refusal(name) from error
    return path


def other_than_file(path: Path) -> str | None:
    """What stands at a path in the place of a file, such as a folder or a pipe; None for a file, or where nothing is.

    Opening a pipe waits for whoever is at its other end, which may be for ever.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return None  # there is nothing, or opening it will tell the reason
    if stat.S_ISREG(mode):
        return None
    return "a folder" if stat.S_ISDIR(mode) else "no regular file"


def expanded(name: str | os.PathLike[str]) -> Path:
    """The path of a folder that a person wrote, with ``~`` for a home folder.

    Raises:
        FileError: If no file can have that name, or nobody of that name has a home.
    """
    path = usable(name)
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise FileError(f"{shortened(str(path))} names no home folder on this computer; write out the path.") from error


def _refusal(name: object) -> FileError:
    written = os.fspath(name) if isinstance(name, os.PathLike) else name
    return FileError(f"{shortened(repr(written))} cannot be the name of a file; choose another.")
