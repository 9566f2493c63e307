"""A folder that one process alone uses, from its claim to its end: a lock with the process's number in it.

The system drops the lock when the process ends, however it ends, so a folder whose lock is free belongs to nobody, and
whoever takes the lock first has it. A folder may be removed by whoever holds its lock; since somebody else may have
opened the lock file just before, a lock counts only while its file still lies where it was opened.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import IO

from explorer.core.atomic import cannot_write
from explorer.core.file_lock import try_lock
from explorer.errors import FileError

LOCK = "owner.lock"
_ATTEMPTS = 20  # another process may tidy a new folder away before it is locked


class Claim:
    """A folder with its lock held; :meth:`new` and :meth:`take_over` make it."""

    def __init__(self, folder: Path, file: IO[str]) -> None:
        self.folder = folder
        self._file = file

    @classmethod
    def new(cls, root: Path) -> Claim:
        """Makes a folder below ``root`` and claims it.

        Raises:
            FileError: If the system refuses.
        """
        for _ in range(_ATTEMPTS):
            folder = root / secrets.token_hex(8)
            try:
                folder.mkdir(parents=True)
                file = (folder / LOCK).open("x+", encoding="utf-8")
            except FileNotFoundError:
                continue  # tidied away in between
            except OSError as error:
                raise cannot_write(folder, error) from error
            if claim := _lock(folder, file):
                return claim
        raise FileError(f"{root} cannot be written; it changes all the time. Close other programs that use it.")

    @classmethod
    def take_over(cls, folder: Path) -> Claim | None:
        """Claims the folder of a process that has ended; None if it lives, or another one was faster.

        Raises:
            FileError: If the system refuses to tell.
        """
        try:
            file = (folder / LOCK).open("r+", encoding="utf-8")
        except FileNotFoundError:
            with contextlib.suppress(OSError):
                folder.rmdir()  # its owner died before it had a lock; where something lies in it, it stays
            return None
        except OSError as error:
            raise cannot_write(folder, error) from error
        return _lock(folder, file)

    @property
    def holds(self) -> bool:
        """Whether the folder is still there, with our lock in it."""
        return _lies_there(self.folder, self._file)

    def remove(self) -> None:
        """Gives the folder up, and removes it with all that is in it."""
        with contextlib.suppress(OSError):  # what cannot be removed is offered again, which is no loss
            for path in self.folder.iterdir():
                if path.name != LOCK:
                    path.unlink()
            if os.name == "nt":
                self._file.close()  # Windows removes no open file
            (self.folder / LOCK).unlink()
            self.folder.rmdir()
        self.release()

    def release(self) -> None:
        """Gives the folder up; what is in it stays for the next process that looks."""
        self._file.close()


def _lock(folder: Path, file: IO[str]) -> Claim | None:
    try:
        mine = try_lock(file) and _lies_there(folder, file)
        if mine:
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
    except OSError as error:  # a file system without locks, or a full one
        file.close()
        raise cannot_write(folder / LOCK, error) from error
    if mine:
        return Claim(folder, file)
    file.close()
    return None


def _lies_there(folder: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), (folder / LOCK).stat())
    except (OSError, ValueError):  # removed, or closed
        return False
