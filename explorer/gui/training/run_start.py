"""From the moment Start is pressed: the data set is found and read, a folder is chosen, then it trains.

Everything here runs on the engine's thread, and nothing imports torch before it is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from explorer.core.network import Network
from explorer.errors import Cancelled
from explorer.gui.data.shelf import DataChoice, DataShelf
from explorer.gui.record.events import Loading, Recorded
from explorer.gui.training.run_folder_name import new_folder
from explorer.gui.training.run_further import Further
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.events import Event, told_by


def begin(
    network: Network,
    choice: DataChoice,
    config: TrainConfig,
    runs: Path,
    control: Control,
    shelf: DataShelf,
    report: Callable[[Event], None],
    start: Path | None = None,
) -> Iterator[Event]:
    """The events of a new run.

    Args:
        network: What to train.
        choice: On which images.
        config: How.
        runs: Where its folder will lie.
        control: Pauses and stops it.
        shelf: Keeps the images.
        report: Gets what happens while the images are read.
        start: The folder of a run or a file, whose weights it starts from.

    Raises:
        ExplorerError: If it cannot start.
    """
    if control.stopping:
        raise Cancelled("The run")
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.starting import open_weights
    from explorer.training.trainer import train

    weights = None if start is None else open_weights(start)
    yield from train(network, data, config, new_folder(runs, network.name), control, start=weights)


def go_on(
    folder: Path, control: Control, choice: DataChoice, shelf: DataShelf, report: Callable[[Event], None]
) -> Iterator[Event]:
    """The events of a run that was stopped and goes on.

    Raises:
        ExplorerError: If it cannot go on; it is unchanged then.
    """
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.trainer import resume

    yield from resume(folder, control, data=data)


def take_up(
    further: Further,
    runs: Path,
    control: Control,
    choice: DataChoice,
    shelf: DataShelf,
    report: Callable[[Event], None],
) -> Iterator[Event]:
    """The events of a run that goes on, behind all that happened to it before.

    Args:
        further: Which run, from where and for how long.
        runs: Where a copy would lie, if it is one that goes on.
        control: Pauses and stops it.
        choice: Its images.
        shelf: Keeps them.
        report: Gets what happens while they are read.

    Raises:
        ExplorerError: If it cannot go on; it is unchanged then.
    """
    data = shelf.take(choice, lambda *facts: report(Loading(*facts)), lambda: control.stopping)
    from explorer.training.trainer import resume

    folder = further.prepare(data, runs)
    events = resume(folder, control, data=data, more=further.more)
    first = next(events)  # with it, what was recorded behind the last checkpoint is gone
    yield recorded(Run.open(folder))
    yield first
    yield from events


def recorded(run: Run) -> Recorded:
    """What happened to a run so far."""
    last = run.checkpoints.newest_first()[:1]
    saved_at = run.checkpoints.path(last[0]).stat().st_mtime if last else time.time()
    return Recorded(told_by(run.metrics(), run.folder), max(time.time() - saved_at, 0.0))
