"""A download of published weights that goes on behind the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from explorer.errors import Cancelled, ExplorerError
from explorer.gui.engine.worker import Worker
from explorer.gui.training.run_record import Loading
from explorer.runs.published_weights import PublishedWeights, fetch


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
        self._weights: PublishedWeights | None = None
        self._stop = threading.Event()
        self._worker = Worker("weights")
        self._posted.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    @property
    def weights(self) -> PublishedWeights | None:
        """What is being downloaded; None while nothing is."""
        return self._weights

    def start(self, weights: PublishedWeights) -> None:
        """Downloads weights, unless some are on their way already."""
        if self._weights is None:
            stop = self._stop = threading.Event()
            self._weights, self.progress = weights, None
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
                self.progress = Loading(*facts)

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
