"""A lock on an open file, which the system drops when its process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO, Any

_BYTE = 1 << 20  # on Windows the locked byte lies behind the text, which others may read then

if sys.platform == "win32":
    import msvcrt

    def try_lock(file: IO[Any]) -> bool:
        """Takes the lock of an open file until it is closed; whether nobody else has it."""
        file.seek(_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(file: IO[Any]) -> bool:
        """Takes the lock of an open file until it is closed; whether nobody else has it."""
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
