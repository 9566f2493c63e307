"""Where the training in the window stands, in one word."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where the training in the window stands."""

    IDLE = "idle"
    FOLLOWING = "following"  # another process trains
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"


ACTIVE = frozenset({State.PREPARING, State.RUNNING, State.PAUSING, State.PAUSED, State.STOPPING})
