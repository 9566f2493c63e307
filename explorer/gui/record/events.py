"""What the window itself has to tell of a run, beside the events of its training."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.training.events import Event


@dataclass(frozen=True, slots=True)
class Loading(Event):
    """How far the work before a training is: reading or downloading a data set.

    Attributes:
        work: What is being done.
        done: How much of it.
        total: Of how much; 0 where that is not known.
    """

    work: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Recorded(Event):
    """What happened to a run in earlier sittings.

    Attributes:
        events: In their order.
        age: Seconds since the last checkpoint.
    """

    events: tuple[Event, ...]
    age: float
