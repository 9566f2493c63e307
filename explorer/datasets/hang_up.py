"""Ends a connection as soon as a person has given it up, also while nothing comes over it."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from types import TracebackType

from explorer.datasets.progress import ASK_EVERY, CancelCheck


class HangUp:
    """Shuts a connection down when a person asks to stop, for the length of a ``with`` block.

    Whoever waits for the next bytes, or for the first ones, finds the end of the connection then, however silent the
    server is.

    Args:
        cancelled: Asked on a thread of its own; None: nobody can ask to stop.
    """

    def __init__(self, cancelled: CancelCheck | None) -> None:
        self._cancelled = cancelled
        self._socket: socket.socket | None = None
        self._over, self._changing = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="hang-up")

    def hold(self, connected: socket.socket) -> None:
        """Watches over a connection from now on, in the place of the one before, as after a redirection."""
        with self._changing:
            self._let_go()
            self._socket = socket.socket(fileno=os.dup(connected.fileno()))

    def _let_go(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _watch(self) -> None:
        while self._cancelled is not None and not self._over.wait(ASK_EVERY):
            if self._cancelled():
                with self._changing, contextlib.suppress(OSError):  # the other side was faster
                    if self._socket is not None:
                        self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> HangUp:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._let_go()
