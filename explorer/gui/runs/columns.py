"""The columns of the table of runs: what stands in them, and by what they sort. Plain Python, without Qt."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.gui import figures
from explorer.runs.summary import RunSummary

Value = float | str

STATES: Mapping[str, str] = {
    "running": "running",
    "interrupted": "interrupted",
    "finished": "finished",
    "stopped": "stopped",
    "early_stop": "early stop",
    "diverged": "diverged",
    "out_of_memory": "out of memory",
    "lost_device": "lost device",
    "failed": "failed",
    "unreadable": "unreadable",
}


@dataclass(frozen=True, slots=True)
class RunColumn:
    """A column.

    Attributes:
        key: Its name for programs.
        title: Its heading.
        help: What it shows, in one line.
        text: What stands in it.
        order: By what it sorts; what is not known comes last.
        is_number: Whether it stands at the right.
    """

    key: str
    title: str
    help: str
    text: Callable[[RunSummary], str]
    order: Callable[[RunSummary], Value | None]
    is_number: bool = False


def state(run: RunSummary) -> str:
    """The state of a run, or why it ended, in a word or two; one that a later version knows, as it is written."""
    return STATES.get(run.state, run.state.replace("_", " "))


def when(run: RunSummary) -> str:
    """When a run began, in the person's own time: ``2026-11-22 14:05``."""
    try:
        return dt.datetime.fromisoformat(run.began).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return run.began or figures.UNKNOWN


def epochs(run: RunSummary) -> str:
    """``3 of 10``."""
    return f"{run.epochs_done:,} of {run.epochs_planned:,}" if run.readable else figures.UNKNOWN


def note(run: RunSummary) -> str:
    """What a person wrote, or why the folder cannot be read, with what is wrong first: the run stands in its line."""
    return run.note if run.readable else run.message.replace(f"{run.folder}{os.sep}", "")


def condition(run: RunSummary) -> str:
    """The state of a run, and whether its weights are gone."""
    return f"{state(run)}, no weights" if run.has_lost_weights else state(run)


def ending(run: RunSummary) -> str:
    """The sentence with which a run ended, or why it cannot be read, and what it can no longer do."""
    lost = "None of its checkpoints is whole, so it cannot go on and has no weights to export."
    return f"{run.message} {lost}".strip() if run.has_lost_weights else run.message


def _numbered(name: str) -> str:
    """A name by which the tenth run of a day comes behind the ninth."""
    return re.sub(r"\d+", lambda number: number[0].zfill(9), name.lower())


COLUMNS = (
    RunColumn("run", "Run", "The name of the run's folder", lambda run: run.name, lambda run: _numbered(run.name)),
    RunColumn("network", "Network", "What is trained", lambda run: run.network, lambda run: run.network.lower()),
    RunColumn("data", "Data", "On which images", lambda run: run.data, lambda run: run.data.lower()),
    RunColumn("epochs", "Epochs", "Complete epochs, of how many", epochs, lambda run: run.epochs_done, is_number=True),
    RunColumn(
        "best", "Best", "The best validation accuracy",
        lambda run: figures.percent(run.best_accuracy), lambda run: run.best_accuracy, is_number=True,
    ),
    RunColumn(
        "best_loss", "Best loss", "The validation loss of the best epoch",
        lambda run: figures.loss(run.best_loss), lambda run: run.best_loss, is_number=True,
    ),
    RunColumn(
        "last", "Last", "The validation accuracy of the last complete epoch",
        lambda run: figures.percent(run.last_accuracy), lambda run: run.last_accuracy, is_number=True,
    ),
    RunColumn(
        "last_loss", "Last loss", "The validation loss of the last complete epoch",
        lambda run: figures.loss(run.last_loss), lambda run: run.last_loss, is_number=True,
    ),
    RunColumn("state", "State", "Whether it goes on, or why it ended", condition, condition),
    RunColumn("began", "Began", "When it was started", when, lambda run: run.began),
    RunColumn(
        "size", "Size", "What it takes on the disk",
        lambda run: figures.data(run.size), lambda run: run.size, is_number=True,
    ),
    RunColumn("note", "Note", "What you write about it: F2 or a double-click", note, lambda run: note(run).lower()),
)  # fmt: skip
KEYS = tuple(column.key for column in COLUMNS)


def matches(run: RunSummary, pattern: str) -> bool:
    """Whether each word of a pattern stands somewhere in the line of a run."""
    line = " ".join(column.text(run) for column in COLUMNS).lower()
    return all(word in line for word in pattern.lower().split())
