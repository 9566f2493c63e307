"""Follows a run that another process writes, on this machine or another, from its folder; nothing is written there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.errors import FileError
from explorer.gui.engine.worker import Worker
from explorer.runs.lock import is_locked
from explorer.runs.metrics import MetricsTail
from explorer.training.events import Event, told_by

INTERVAL = 500  # milliseconds between two looks
_SHARE = 20  # a look that takes long is not taken again before so many times as long have passed


@dataclass(frozen=True, slots=True, eq=False)
class FollowedLook:
    """What has come since the last look.

    Attributes:
        folder: The run.
        events: In their order.
        anew: Whether they are all there is: it is the first look, or the run went on from an earlier checkpoint.
        running: Whether somebody writes the run.
        problem: A sentence: why it cannot be read; empty otherwise.
        seconds: What the look cost.
    """

    folder: Path
    events: tuple[Event, ...] = ()
    anew: bool = False
    running: bool = False
    problem: str = ""
    seconds: float = 0.0


def look_at(folder: Path, tail: MetricsTail, *, first: bool) -> FollowedLook:
    """Looks at a run."""
    begun = time.perf_counter()
    running = is_locked(folder)  # before the metrics, so that their last line has been seen when nobody writes any more
    if not folder.is_dir():
        return FollowedLook(folder, problem=f"{folder} is not there any more; somebody has moved or deleted the run.")
    try:
        records, anew = tail.take()
    except FileError as error:
        return FollowedLook(folder, problem=str(error))
    return FollowedLook(folder, told_by(records, folder), anew or first, running, "", time.perf_counter() - begun)


class RunFollower(QObject):
    """Looks at one run twice a second, from a thread of its own: its disk may be slow.

    Args:
        parent: Its owner.
    """

    looked = Signal(object)  # a FollowedLook
    _seen = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker("follower")
        self._folder: Path | None = None
        self._tail: MetricsTail | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._seen.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def follows(self) -> bool:
        """Whether it looks at a run."""
        return self._folder is not None

    def follow(self, folder: Path) -> None:
        """Follows a run, and no longer the one before."""
        self._folder, self._tail = folder, None
        self._look()

    def stop(self) -> None:
        """Follows no run any more."""
        self._folder = None
        self._timer.stop()

    def close(self) -> None:
        """Ends the following, and waits for a look that is being taken."""
        self.stop()
        self._worker.join()

    def _look(self) -> None:
        folder = self._folder
        if folder is None:
            return
        first = self._tail is None
        tail = self._tail = MetricsTail(folder) if self._tail is None else self._tail
        self._worker.submit("look", lambda: self._seen.emit((tail, look_at(folder, tail, first=first))))

    def _take(self, seen: tuple[MetricsTail, FollowedLook]) -> None:
        tail, look = seen
        if tail is not self._tail or self._folder is None:
            return  # of a run that nobody follows any more
        self._timer.start(max(INTERVAL, int(1000 * _SHARE * look.seconds)))
        self.looked.emit(look)
