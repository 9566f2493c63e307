"""What two runs differ in, as lines to read: their networks, their data and their settings. Plain Python."""

from __future__ import annotations

import functools
from pathlib import Path

import explorer
from explorer.core.difference_words import headline
from explorer.gui.figures import percent
from explorer.gui.run_settings.setting_words import label_of, word
from explorer.gui.runs.columns import epochs, state
from explorer.runs.run import NETWORK, Run
from explorer.runs.summary import RunSummary, Stamp, settings_that_differ, stamp_of


def difference_lines(left: RunSummary, right: RunSummary) -> list[tuple[str, str, str]]:
    """What differs: label, left and right."""
    lines = [("data", left.data, right.data)] if left.data != right.data else []
    differing = (setting for setting in settings_that_differ(left, right) if setting[0] != "epochs")  # as below
    lines += [(label_of(name), word(ours), word(theirs)) for name, ours, theirs in differing]
    results = (
        ("best accuracy", percent(left.best_accuracy), percent(right.best_accuracy)),
        ("epochs", epochs(left), epochs(right)),
        ("state", state(left), state(right)),
    )
    return [*lines, *(line for line in results if line[1] != line[2])]


def network_headline(left: Path, right: Path) -> str:
    """How the networks of two run folders differ, in a sentence.

    Raises:
        ExplorerError: If one of them cannot be read.
    """
    return _headline(left, right, tuple(stamp_of(folder, (NETWORK,)) for folder in (left, right)))


@functools.lru_cache(maxsize=32)
def _headline(left: Path, right: Path, _: tuple[Stamp, ...]) -> str:
    """The network of a run never changes, but where one was deleted another may lie today."""
    return headline(explorer.compare(Run.open(left).network, Run.open(right).network))
