"""What a training tells while it runs: frozen values, made for a window, a terminal and ``metrics.jsonl`` alike.

Epochs count from 1, steps from 1; step 0 is the state before the first. Rates are per second, times in seconds.

They are one vocabulary, so whoever listens takes their names from here, whichever file of this package they stand in.
"""

from explorer.training.events.event import Event, finite
from explorer.training.events.learning import (
    BlockStatistics,
    CheckpointSaved,
    EpochFinished,
    Progress,
    SavingFailed,
    Step,
)
from explorer.training.events.reading import from_json, told_by
from explorer.training.events.run import Finished, Paused, Resumed, StageStarted, Started, StopReason
from explorer.training.events.trials import BatchFound, DryRun, PaceFound, RateFound, RateTried, WayFound, WayTried

__all__ = [
    "BatchFound",
    "BlockStatistics",
    "CheckpointSaved",
    "DryRun",
    "EpochFinished",
    "Event",
    "Finished",
    "PaceFound",
    "Paused",
    "Progress",
    "RateFound",
    "RateTried",
    "Resumed",
    "SavingFailed",
    "StageStarted",
    "Started",
    "Step",
    "StopReason",
    "WayFound",
    "WayTried",
    "finite",
    "from_json",
    "told_by",
]
