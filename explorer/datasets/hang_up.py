"""Ends a connection as soon as a person has given it up, also while nothing comes over it."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from types import TracebackType

from explorer.datasets.progress import CancelCheck

_EVERY = 0.2  # seconds between two questions whether to stop


class HangUp:
    """Shuts a connection down when a person asks to stop, for the length of a ``with`` block.

    Whoever waits for the next bytes finds the end of the connection then, however silent the server
    is.

    Args:
        descriptor: The socket's number.
        cancelled: Asked on a thread of its own; None: nobody can ask to stop.
    """

    def __init__(self, descriptor: int, cancelled: CancelCheck | None) -> None:
        self._cancelled = cancelled
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hang-up")

    def _watch(self) -> None:
        while self._cancelled is not None and not self._over.wait(_EVERY):
            if self._cancelled():
                with contextlib.suppress(OSError):  # the other side was faster
                    self._socket.shutdown(socket.SHUT_RDWR)
                return

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()
