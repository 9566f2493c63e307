"""One writer a run: a lock that the system drops when its process ends, however it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from explorer.core.atomic import cannot_write
from explorer.core.file_lock import try_lock
from explorer.errors import TrainingError
from explorer.runs.metrics import NAME as METRICS

NAME = "run.lock"
_ATTEMPTS = 5  # somebody who only looks whether a run goes on holds the lock for an instant
_PAUSE = 0.05  # seconds
_SILENCE = 60.0  # seconds without a line in its metrics after which nobody seems to write a run


class RunLock:
    """Holds the lock of a run folder for the length of a ``with`` block.

    Args:
        folder: The run folder, which must exist.

    Raises:
        TrainingError: If another process, or another thread of this one, writes the run.
        FileError: If the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._file: IO[str] | None = None

    def __enter__(self) -> RunLock:
        try:
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise cannot_write(self._path, error) from error
        try:
            self._take(file)
        except BaseException:
            file.close()
            raise
        self._file = file
        return self

    def _take(self, file: IO[str]) -> None:
        try:
            if not _lock_soon(file):
                holder = _holder(self._path)
                raise TrainingError(f"{holder} is writing the run {self._path.parent}; stop it first, then continue.")
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        except OSError as error:  # a file system without locks, or a full one
            raise cannot_write(self._path, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()  # which drops the lock
            self._file = None


def is_locked(folder: Path) -> bool:
    """Whether a living process writes the run just now; nothing is written for it.

    Where the lock cannot be asked, as on the read-only share of another machine, metrics that have just grown tell.
    """
    path = folder / NAME
    for mode in ("r+", "r"):  # some network file systems lock only what may be written
        try:
            with path.open(mode, encoding="utf-8") as file:
                return not try_lock(file)
        except FileNotFoundError:
            return False
        except OSError:  # a folder nobody may write here, or a system without locks
            continue
    return _has_just_grown(folder / METRICS)


def _has_just_grown(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _SILENCE
    except OSError:
        return False


def _lock_soon(file: IO[str]) -> bool:
    for _ in range(_ATTEMPTS):
        if try_lock(file):
            return True
        time.sleep(_PAUSE)
    return False


def _holder(path: Path) -> str:
    number = path.read_text(encoding="utf-8").strip()
    return f"Process {number}" if number and number != str(os.getpid()) else "Another part of this process"
