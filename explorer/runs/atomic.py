"""Files that are either the old or the new, never half of one: a temporary name, fsync, then a rename."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.errors import FileError

LARGEST_JSON = 8 << 20  # bytes


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside ``path``, which takes its place when the block ends without an error.

    The new file has the mode that any new file of this person has, whatever the writer in the block made of it.

    Args:
        path: The file to write; an old one stays untouched until the new one is complete.

    Raises:
        FileError: If the system refuses to write there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
        yield temporary
        temporary.chmod(mode)
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
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


def write_text(path: Path, text: str) -> None:
    """Writes a text file in one step.

    Raises:
        FileError: If the system refuses.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Writes a value as indented JSON in one step.

    Raises:
        FileError: If the system refuses.
    """
    write_text(path, json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a run.

    Raises:
        FileError: If the file is missing, too large or no JSON object.
    """
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise FileError(f"{path} is larger than {LARGEST_JSON >> 20} MB, so it is no file of a run; restore it.")
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} is not JSON ({error}); restore it from a backup.") from error
    if not isinstance(value, dict):
        raise FileError(f"{path} holds no JSON object; restore it from a backup.")
    return value
