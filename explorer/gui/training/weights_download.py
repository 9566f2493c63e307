"""A download of published weights that goes on behind the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from explorer.errors import Cancelled, ExplorerError
from explorer.gui.engine.worker import Worker
from explorer.gui.record.events import Loading
from explorer.gui.record.progress_words import activity_line
from explorer.runs.published_weights import PublishedWeights, fetch

_PATIENCE = 3.0  # seconds in which a server may be silent without a word about it


class WeightsDownload(QObject):
    """Downloads one set of weights at a time, on a thread of its own: the engine's may be training.

    Args:
        parent: Its owner.

    Attributes:
        progress: How far it is, set by the thread that downloads; None before it knows.
    """

    changed = Signal()  # it has begun or ended
    arrived = Signal(object, object)  # the weights and their file
    failed = Signal(str)  # a sentence
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.progress: Loading | None = None
        self._heard_at = 0.0  # on the clock of `time.monotonic`
        self._weights: PublishedWeights | None = None
        self._stop = threading.Event()
        self._worker = Worker("weights")
        self._posted.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    @property
    def weights(self) -> PublishedWeights | None:
        """What is being downloaded; None while nothing is."""
        return self._weights

    @property
    def silence(self) -> float:
        """The seconds since something arrived, or since it began."""
        return time.monotonic() - self._heard_at

    def start(self, weights: PublishedWeights) -> None:
        """Downloads weights, unless some are on their way already."""
        if self._weights is None:
            stop = self._stop = threading.Event()
            self._weights, self.progress, self._heard_at = weights, None, time.monotonic()
            self._worker.submit("fetch", lambda: self._fetch(weights, stop))
            self.changed.emit()

    def cancel(self) -> None:
        """Gives the download up; what has arrived is kept for the next time."""
        if self._weights is not None:
            self._stop.set()
            self._weights = None
            self.changed.emit()

    def close(self) -> None:
        """Ends the download and waits for its thread."""
        self._stop.set()
        self._worker.join()

    # On the thread that downloads

    def _fetch(self, weights: PublishedWeights, stop: threading.Event) -> None:
        def tell(*facts: Any) -> None:
            if not stop.is_set():
                self.progress, self._heard_at = Loading(*facts), time.monotonic()

        try:
            path = fetch(weights, progress=tell, cancelled=stop.is_set)
        except Cancelled:  # whoever asked for it knows
            return
        except ExplorerError as error:
            sentence = str(error)
            self._post(stop, lambda: self.failed.emit(sentence))
        else:
            self._post(stop, lambda: self._take(weights, path))

    def _post(self, stop: threading.Event, call: Callable[[], object]) -> None:
        self._posted.emit(lambda: self._end(stop, call))

    # On the GUI thread

    def _end(self, stop: threading.Event, call: Callable[[], object]) -> None:
        if not stop.is_set():  # else it was given up while its answer was on its way
            self._weights = None
            self.changed.emit()
            call()

    def _take(self, weights: PublishedWeights, path: Path) -> None:
        self.arrived.emit(weights, path)


def far_words(far: Loading | None, silence: float) -> str:
    """How far a download is, and that it waits where nothing has come for a while.

    Args:
        far: What has arrived; None before the first byte.
        silence: The seconds since something arrived, or since the download began.
    """
    words = "Connecting…" if far is None else activity_line(far)
    is_there = far is not None and far.done == far.total > 0  # and is checked now
    return words if is_there or silence < _PATIENCE else f"{words} · waiting for the server, {silence:.0f} s"
