"""A thread for jobs that may block, of which only the latest of each kind counts."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Worker:
    """Does jobs one after the other; a job takes the place of one with the same key that has not begun.

    The thread lives only while there are jobs, so that nothing is left running where nothing is to be done.

    Args:
        name: What the thread is called in the log.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: dict[str, Callable[[], None]] = {}
        self._thread: threading.Thread | None = None
        self._busy = False
        self._lock = threading.Lock()

    def submit(self, key: str, job: Callable[[], None]) -> None:
        """Has a job done, in the order of the keys' first submission."""
        with self._lock:
            self._jobs[key] = job
            if not self._busy:
                self._busy = True
                self._thread = threading.Thread(target=self._run, name=self._name)
                self._thread.start()

    def join(self) -> None:
        """Waits until all jobs are done and the thread has ended."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while job := self._next():
                job()
        except BaseException:
            with self._lock:
                self._busy = False
            raise

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if not self._jobs:
                self._busy = False
                return None
            return self._jobs.pop(next(iter(self._jobs)))
