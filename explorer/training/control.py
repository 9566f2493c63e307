"""How a run is paused and stopped from another thread: wishes, which the training looks at between two steps."""

from __future__ import annotations

import threading


class Control:
    """The wishes of whoever started a run. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._stop_after_epoch = threading.Event()
        self._go = threading.Event()
        self._go.set()

    def stop(self) -> None:
        """Asks for the end after the current step, paused or not; a checkpoint is saved first."""
        self._stop.set()
        self._go.set()

    def stop_after_epoch(self) -> None:
        """Asks for the end after the current epoch."""
        self._stop_after_epoch.set()

    def pause(self) -> None:
        """Asks for a halt after the current step."""
        if not self._stop.is_set():
            self._go.clear()

    def resume(self) -> None:
        """Ends a halt."""
        self._go.set()

    @property
    def stopping(self) -> bool:
        """Whether the run is to end now."""
        return self._stop.is_set()

    @property
    def stopping_after_epoch(self) -> bool:
        """Whether the run is to end with its epoch."""
        return self._stop_after_epoch.is_set()

    @property
    def paused(self) -> bool:
        """Whether the run is to halt."""
        return not self._go.is_set()

    def wait(self, seconds: float) -> None:
        """Waits for the end of a halt, but no longer than that."""
        self._go.wait(seconds)
