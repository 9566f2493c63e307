"""What is found out before a run, as its events tell it: a dry run, the largest batch, the fastest way, a rate.

Plain Python, without Qt and torch.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from explorer.core.network import Network
from explorer.datasets.base import Dataset
from explorer.gui.data.shelf import DataChoice
from explorer.gui.record.events import Loading
from explorer.training.config import TrainConfig
from explorer.training.events import (
    BatchFound,
    DryRun,
    Event,
    PaceFound,
    RateFound,
    RateTried,
    WayFound,
    WayTried,
)


class TrialKind(enum.StrEnum):
    """What is found out."""

    DRY_RUN = "dry_run"
    BATCH = "batch"
    WAY = "way"
    RATE = "rate"


@dataclass(frozen=True, slots=True, eq=False)
class TrialOrder:
    """What is to be found out, of what.

    Attributes:
        kind: What.
        network: Of which network.
        dataset: The facts of its images.
        choice: Which images, where some are needed.
        config: The settings.
        start: The folder of a run or a file, whose weights the run would start from; None for new weights.
        divided: How many images train, and how many validate.
    """

    kind: TrialKind
    network: Network
    dataset: Dataset
    choice: DataChoice
    config: TrainConfig
    start: Path | None = None
    divided: tuple[int, int] = (0, 0)


class TrialRecord:
    """What one trial has told so far; `take` feeds it.

    Args:
        order: What it was to find out; None before the first one.

    Attributes:
        order: The same.
        loading: How far the reading of images is; None while something is tried.
        batches: All of them, from the smallest.
        pace: How long a step takes, once it is measured.
        batch: The largest that fits, once it is found.
        ways: The ways to compute that were measured.
        way: The fastest, once it is found.
        rates: The learning rates that were tried.
        rate: The end of that.
        problem: A sentence: why it came to nothing.
    """

    def __init__(self, order: TrialOrder | None = None) -> None:
        self.order = order
        self.loading: Loading | None = None
        self.batches: list[DryRun] = []
        self.pace: PaceFound | None = None
        self.batch: BatchFound | None = None
        self.ways: list[WayTried] = []
        self.way: WayFound | None = None
        self.rates: list[RateTried] = []
        self.rate: RateFound | None = None
        self.problem = ""

    @property
    def dry_run(self) -> DryRun | None:
        """The last batch that was tried."""
        return self.batches[-1] if self.batches else None

    def take(self, event: Event) -> None:
        """Takes an event in."""
        self.loading = event if isinstance(event, Loading) else None
        if isinstance(event, DryRun):
            self.batches.append(event)
        elif isinstance(event, PaceFound):
            self.pace = event
        elif isinstance(event, BatchFound):
            self.batch = event
        elif isinstance(event, WayTried):
            self.ways.append(event)
        elif isinstance(event, WayFound):
            self.way = event
        elif isinstance(event, RateTried):
            self.rates.append(event)
        elif isinstance(event, RateFound):
            self.rate = event
