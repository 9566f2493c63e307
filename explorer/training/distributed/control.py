"""The wishes of all processes, agreed on, so that all of them follow after the same step."""

from __future__ import annotations

import time

from explorer.training.control import Control
from explorer.training.distributed.team import Team
from explorer.training.meter import INTERVAL


class SharedControl(Control):
    """What all processes follow: a wish of one of them is one of all.

    They talk every few batches, as often as somebody can look; how often is for process 0 to say, since clocks differ.

    Args:
        own: The wishes of whoever started this process.
        team: The processes.

    Attributes:
        own: The wishes of whoever started this process.
    """

    def __init__(self, own: Control, team: Team) -> None:
        super().__init__()
        self.own = own
        self._team = team
        self._is_silent = False
        self._every = self._left = 1  # batches
        self._since = time.perf_counter()

    def attend(self) -> None:
        """Is called by every process before every batch."""
        self._left -= 1
        if self._left <= 0 and not self._is_silent:
            self._agree()

    def fall_silent(self) -> None:
        """Ends the talk, for a process whose run is over and who looks at batches once more."""
        self._is_silent = True

    def wait(self, seconds: float) -> None:
        self.own.wait(seconds)
        self._agree()

    def _agree(self) -> None:
        own = self.own
        every = self._pace() if self._team.writes else 0
        stop, after_epoch, paused, every = self._team.most(
            [own.stopping, own.stopping_after_epoch, own.paused, every],
        )
        self._every = self._left = every
        if stop:
            self.stop()
        if after_epoch:
            self.stop_after_epoch()
        (self.pause if paused else self.resume)()

    def _pace(self) -> int:
        """Batches until the next talk, by how long those since the last one took."""
        now = time.perf_counter()
        elapsed, self._since = now - self._since, now
        return max(1, min(int(self._every * INTERVAL / max(elapsed, 1e-9)), 2 * self._every))
