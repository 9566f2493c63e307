"""A run in one line of a table: what it trains, how far it is, how well it does, and why it ended.

Folders are looked at again and again while runs go on, some of which another process writes. So what was read is kept
by the times and sizes of the files, and of the metrics only what has come is read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError, FileError
from explorer.runs.checkpoint_facts import is_whole
from explorer.runs.lock import is_locked
from explorer.runs.metrics import NAME as METRICS
from explorer.runs.metrics import MetricsTail
from explorer.runs.rotation import FOLDER as CHECKPOINTS
from explorer.runs.run import CONFIG, ENVIRONMENT, INTERRUPTED, NETWORK, NOTE, RUNNING, Run

UNREADABLE = "unreadable"
_SIGNS = (CONFIG, NETWORK, ENVIRONMENT, METRICS, CHECKPOINTS)  # a folder with one of them was meant to be a run
_FACTS = (CONFIG, NETWORK, ENVIRONMENT, NOTE)

Stamp = tuple[tuple[int, int], ...]  # time of the last change in nanoseconds, and bytes, of each file


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a table shows of a run.

    Attributes:
        folder: Where it lies.
        state: ``running``, ``interrupted``, the reason why it ended, or ``unreadable``.
        message: The sentence with which it ended, or why it cannot be read.
        network: The name of its network.
        data: The title of its data set.
        epochs_done: How many epochs are complete.
        epochs_planned: How many it is to have.
        best_epoch: The epoch with the best validation; 0 before the first.
        best_accuracy: Its validation accuracy, between 0 and 1.
        best_loss: Its validation loss.
        last_accuracy: Those of the last complete epoch.
        last_loss: Likewise.
        test_accuracy: On the test set, which is read once, at the end.
        began: When, as ISO 8601.
        size: Bytes on the disk.
        note: What a person wrote about it.
        settings: How it trains, as JSON.
        has_checkpoint: Whether there are weights to export and to go on from, as far as the lengths of the files say.
    """

    folder: Path
    state: str = INTERRUPTED
    message: str = ""
    network: str = ""
    data: str = ""
    epochs_done: int = 0
    epochs_planned: int = 0
    best_epoch: int = 0
    best_accuracy: float | None = None
    best_loss: float | None = None
    last_accuracy: float | None = None
    last_loss: float | None = None
    test_accuracy: float | None = None
    began: str = ""
    size: int = 0
    note: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_checkpoint: bool = False

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def readable(self) -> bool:
        """Whether it is a run, rather than a folder that was one."""
        return self.state != UNREADABLE

    @property
    def has_lost_weights(self) -> bool:
        """Whether it has trained, but nothing of what it kept can be used any more."""
        return self.readable and self.state != RUNNING and self.epochs_done > 0 and not self.has_checkpoint


class RunsReader:
    """Summarises the runs of a folder, again and again. For one thread."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def read(self, folder: Path) -> tuple[RunSummary, ...]:
        """The runs that lie directly in a folder, the damaged ones too, in the order of their names.

        Raises:
            FileError: If the folder is there but cannot be read.
        """
        found = []
        for path in _run_folders(folder):
            known = self._known.setdefault(path, _Known(path))
            summary = known.look()
            if summary is not None:
                found.append(summary)
        here = {summary.folder for summary in found}
        self._known = {path: known for path, known in self._known.items() if path in here}
        return tuple(found)


def settings_that_differ(left: RunSummary, right: RunSummary) -> tuple[tuple[str, Any, Any], ...]:
    """The settings in which two runs differ: name, left and right value, None where a run has no such setting."""
    names = [*left.settings, *(name for name in right.settings if name not in left.settings)]
    values = ((name, left.settings.get(name), right.settings.get(name)) for name in names)
    return tuple(line for line in values if line[1] != line[2])


class _Known:
    """What was read of one run, with the times and sizes of the files at that moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts_stamp: Stamp = ()
        self._size_stamp: Stamp = ()
        self._facts = RunSummary(folder)
        self._size = 0
        self._has_checkpoint = False
        self._tail = MetricsTail(folder)
        self._course = _Course()

    def look(self) -> RunSummary | None:
        """The run as it stands; None for one that is just being made, or has gone."""
        running = is_locked(self._folder)
        stamp = stamp_of(self._folder, _FACTS)
        if stamp != self._facts_stamp:
            self._facts_stamp, self._facts = stamp, _facts(self._folder)
        self._weigh()
        if not self._facts.readable:
            gone = running or not self._folder.is_dir()
            return None if gone else dataclasses.replace(self._facts, size=self._size)
        try:
            records, anew = self._tail.take()
        except FileError as error:
            return RunSummary(self._folder, UNREADABLE, str(error), size=self._size)
        self._course = (_Course() if anew else self._course).after(records)
        state = RUNNING if running else self._course.reason or INTERRUPTED
        return dataclasses.replace(
            self._facts,
            state=state,
            size=self._size,
            has_checkpoint=self._has_checkpoint,
            **self._course.figures(self._facts.epochs_planned),
        )

    def _weigh(self) -> None:
        """Adds up the files, when one has changed."""
        stamp = stamp_of(self._folder, (METRICS, CHECKPOINTS)) + self._facts_stamp
        if stamp != self._size_stamp:
            self._size_stamp, self._size = stamp, _bytes_in(self._folder)
            checkpoints = Run(self._folder).checkpoints
            self._has_checkpoint = any(is_whole(checkpoints.path(name)) for name in checkpoints.newest_first())


@dataclass(frozen=True, slots=True)
class _Course:
    """What the metrics of a run say so far."""

    epoch: Mapping[str, Any] = field(default_factory=dict)  # the last one
    best: Mapping[str, Any] = field(default_factory=dict)
    ending: Mapping[str, Any] = field(default_factory=dict)
    planned: int = 0

    def after(self, records: Iterable[Mapping[str, Any]]) -> _Course:
        course = self
        for record in records:
            kind = record.get("event")
            if kind == "epoch":
                best = record if record.get("best") else course.best
                course = dataclasses.replace(course, epoch=record, best=best)
            elif kind == "finished":
                course = dataclasses.replace(course, ending=record)
            elif kind == "started":
                course = dataclasses.replace(course, ending={}, planned=_whole(record.get("epochs")))
        return course

    @property
    def reason(self) -> str:
        return str(self.ending.get("reason", ""))

    def figures(self, planned: int) -> dict[str, Any]:
        return {
            "message": str(self.ending.get("message", "")),
            "epochs_done": _whole(self.epoch.get("epoch")),
            "epochs_planned": planned or self.planned,
            "best_epoch": _whole(self.best.get("epoch")),
            "best_accuracy": _number(self.best.get("validation_accuracy")),
            "best_loss": _number(self.best.get("validation_loss")),
            "last_accuracy": _number(self.epoch.get("validation_accuracy")),
            "last_loss": _number(self.epoch.get("validation_loss")),
            "test_accuracy": _number(self.ending.get("test_accuracy")),
        }


def _run_folders(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FileError(f"{folder} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    return [path for path in inside if any((path / name).exists() for name in _SIGNS)]


def _facts(folder: Path) -> RunSummary:
    """What does not change while a run goes on, or why it cannot be read."""
    missing = [name for name in (CONFIG, NETWORK, ENVIRONMENT) if not (folder / name).exists()]
    if missing:
        return RunSummary(folder, UNREADABLE, f"{folder / missing[0]} is missing; restore it from a backup.")
    try:
        run = Run.open(folder)
        environment, settings = run.environment, run.config
        network = run.network.name
    except ExplorerError as error:
        return RunSummary(folder, UNREADABLE, str(error))
    return RunSummary(
        folder,
        network=network,
        data=environment.data.title,
        epochs_planned=_whole(settings.get("epochs")),
        began=environment.started,
        note=run.note,
        settings=settings,
    )


def stamp_of(folder: Path, names: Iterable[str]) -> Stamp:
    """What tells whether files of a run have changed since somebody read them; one that is not there has a stamp too.

    Args:
        folder: The run folder.
        names: The files.
    """
    found = []
    for name in names:
        try:
            stat = (folder / name).stat()
        except OSError:
            found.append((0, -1))
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _bytes_in(folder: Path) -> int:
    total = 0
    for inside, _, files in os.walk(folder):  # which passes over a checkpoint that is taken away just now
        for name in files:
            with contextlib.suppress(OSError):
                total += Path(inside, name).lstat().st_size
    return total


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
