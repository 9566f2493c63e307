"""Files that are either the old or the new, never half of one: a temporary name, fsync, then a rename."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from explorer.core.file_name import other_than_file, usable
from explorer.errors import FileError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside ``path``, which takes its place when the block ends without an error.

    A link stays a link to what it points at. The new file has the mode that any new file of this person has, whatever
    the writer in the block made of it. A write-protected file stays as it is, although its folder would allow more, and
    so does what is no regular file, such as a pipe, a device or a folder.

    Args:
        path: The file to write; an old one stays untouched until the new one is complete.

    Raises:
        FileError: If the system refuses to write there, something other than a file has that name, or no file can.
    """
    target = Path(os.path.realpath(usable(path)))
    kind = other_than_file(target)
    if kind is not None:
        raise FileError(f"{path} is {kind}, so nothing can be written there; choose another name.")
    temporary = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with temporary.open("xb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
        yield temporary
        temporary.chmod(mode)
        sync(temporary)
        temporary.replace(target)
        sync(target.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # the error that brought us here is the one to tell
            temporary.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> FileError:
    """The sentence for a file that the system refuses to write."""
    reason = error.strerror or str(error)
    return FileError(f"{path} cannot be written ({reason.lower()}); make room or choose another folder.")


def sync(path: Path) -> None:
    """Has the system put a file, or a folder's list of names, on the disk; Windows cannot do that for a folder."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
