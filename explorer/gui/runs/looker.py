"""Looks into the folder of runs: a line for each run, and the curves of those that somebody wants to see.

Plain Python for a thread of its own. What it gives away it does not touch again, so that nothing has to be locked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import FileError
from explorer.gui.record.run_record import RunRecord
from explorer.runs.metrics import MetricsTail
from explorer.runs.summary import RunsReader, RunSummary
from explorer.training.events import Event, told_by


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What there was to see.

    Attributes:
        folder: Where.
        wanted: The runs whose curves were wanted.
        summaries: The runs.
        problem: A sentence: why the folder cannot be read; empty otherwise.
        records: The curves of runs that are new, or have begun anew.
        news: What has come to the curves of the others.
        seconds: What the look cost.
    """

    folder: Path
    wanted: frozenset[Path]
    summaries: tuple[RunSummary, ...]
    problem: str
    records: Mapping[Path, RunRecord]
    news: Mapping[Path, tuple[Event, ...]]
    seconds: float


class RunLooker:
    """Looks again and again, and reads only what has changed."""

    def __init__(self) -> None:
        self._reader = RunsReader()
        self._tails: dict[Path, MetricsTail] = {}

    def look(self, folder: Path, wanted: frozenset[Path]) -> Look:
        """Looks at all runs of a folder.

        Args:
            folder: Where they lie.
            wanted: The runs whose curves are wanted, too.
        """
        begun, problem = time.perf_counter(), ""
        summaries: tuple[RunSummary, ...] = ()
        try:
            summaries = self._reader.read(folder)
        except FileError as error:
            problem = str(error)
        records: dict[Path, RunRecord] = {}
        news: dict[Path, tuple[Event, ...]] = {}
        self._tails = {run: tail for run, tail in self._tails.items() if run in wanted}
        for run in (summary.folder for summary in summaries if summary.readable and summary.folder in wanted):
            self._follow(run, records, news)
        return Look(folder, wanted, summaries, problem, records, news, time.perf_counter() - begun)

    def _follow(self, run: Path, records: dict[Path, RunRecord], news: dict[Path, tuple[Event, ...]]) -> None:
        anew = run not in self._tails
        tail = self._tails.setdefault(run, MetricsTail(run))
        try:
            read, rewound = tail.take()
        except FileError:
            return  # its line in the table says so
        events = told_by(read, run)
        if anew or rewound:
            records[run] = RunRecord()
            for event in events:
                records[run].take(event)
        elif events:
            news[run] = events
