"""Shows a run live that another process writes, here or elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from explorer.gui.runs.run_follower import FollowedLook, RunFollower
from explorer.gui.training.run_state import ACTIVE, State
from explorer.gui.training.shown_run import ShownRun


class Following(QObject):
    """Has the window show what another process writes into the folder of a run, which is only read.

    Args:
        shown: What the window shows.
        parent: Its owner.

    Attributes:
        cut_off: The run in sight, if it was followed until its process was killed; else None.
    """

    def __init__(self, shown: ShownRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self.cut_off: Path | None = None
        shown.state_changed.connect(self._heed)
        self._follower = RunFollower(self)
        self._follower.looked.connect(self._take)

    def follow(self, folder: Path) -> None:
        """Follows a run; one that has ended is shown as it is."""
        shown = self._shown
        own = shown.found(folder)
        if own is None:
            return
        self.cut_off = None
        shown.own, shown.error = own, ""
        shown.become(State.FOLLOWING)
        self._follower.follow(folder)

    def stop(self) -> None:
        """Leaves the run to those who train it; it stays in sight."""
        if self._shown.state is State.FOLLOWING:
            self._shown.become(State.FINISHED if self._shown.own.record.finished is not None else State.IDLE)

    def close(self) -> None:
        """Ends the thread that looks."""
        self._follower.close()

    def _heed(self) -> None:
        if self._shown.state is not State.FOLLOWING:  # a run begins here, or could not
            self._follower.stop()
        if self._shown.state in ACTIVE:
            self.cut_off = None

    def _take(self, look: FollowedLook) -> None:
        shown = self._shown
        if shown.state is not State.FOLLOWING:
            return
        if look.anew:
            shown.own = shown.own.anew()
        had_begun = shown.own.record.started is not None
        for event in look.events:
            shown.own.record.take(event)
        if look.anew or (shown.own.record.started is not None and not had_begun):
            shown.state_changed.emit()  # it is another record, or the first look came before the run had begun
        elif look.events:
            shown.metrics_changed.emit()
        if look.problem:
            shown.fail(look.problem)
        elif not look.running:
            self._end()

    def _end(self) -> None:
        record = self._shown.own.record
        if record.finished is not None:
            sentence = record.finished.message
        else:
            self.cut_off = record.folder
            sentence = "The run was cut off: its process has ended without a word."
        self.stop()
        self._shown.message.emit(sentence)
