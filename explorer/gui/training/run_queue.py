"""Runs that wait for their turn, each with its own network, images and settings; remembered until they have begun."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.core import storage
from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.datasets.base import DATASETS
from explorer.errors import ExplorerError
from explorer.gui.data.shelf import DataChoice
from explorer.gui.settings import Settings
from explorer.training.config import TrainConfig

_KEY = "training/queue"


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits.

    Attributes:
        network: What is to be trained.
        data: On which images.
        config: How.
        start: The folder of a run or a file, whose weights it starts from; None for new weights.
        problem: A sentence: why it could not start when its turn came; empty otherwise.
    """

    network: Network
    data: DataChoice
    config: TrainConfig
    start: Path | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """``LeNet-5 · 5 epochs · Fashion-MNIST sample``."""
        return f"{self.what} · {self.images}"

    @property
    def what(self) -> str:
        """``LeNet-5 · 5 epochs``."""
        return f"{self.network.name} · {amount(self.config.epochs, 'epoch')}"

    @property
    def images(self) -> str:
        """``Fashion-MNIST sample``."""
        return DATASETS[self.data.key].title

    def to_text(self) -> str:
        """The run as JSON."""
        data = self.data
        choice = [
            data.key,
            None if data.root is None else str(data.root),
            data.image_size,
            data.channels,
            data.leave_out,
        ]
        network = json.loads(storage.dumps(self.network))
        start = None if self.start is None else str(self.start)
        config = self.config.to_json()
        return json.dumps(
            {"network": network, "data": choice, "config": config, "start": start, "problem": self.problem}
        )

    @classmethod
    def from_text(cls, text: str) -> QueuedRun | None:
        """The run in some JSON; None where this version can make nothing of it."""
        try:
            values = json.loads(text)
            return cls(
                storage.loads(json.dumps(values["network"])),
                _choice(*values["data"]),
                TrainConfig.from_json(values["config"]),
                None if values["start"] is None else Path(values["start"]),
                str(values["problem"]),
            )
        except (ExplorerError, ValueError, TypeError, KeyError):  # of another version, or edited by hand
            return None


def _choice(key: str, root: str | None, size: list[int] | None, channels: Any, leave_out: bool) -> DataChoice:
    if key not in DATASETS:
        raise KeyError(key)
    image_size = None if size is None else (size[0], size[1])
    return DataChoice(key, None if root is None else Path(root), image_size, channels, bool(leave_out))


class RunQueue(QObject):
    """The runs that wait, the next one first.

    Args:
        settings: Where they are remembered.
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        known = (QueuedRun.from_text(text) for text in settings.get(_KEY, list[str]()))
        self._runs = tuple(run for run in known if run is not None)
        self._taken: QueuedRun | None = None  # prepares; until it has begun, the next start finds it again

    @property
    def runs(self) -> tuple[QueuedRun, ...]:
        """Those that wait."""
        return self._runs

    @property
    def next(self) -> QueuedRun | None:
        """The one whose turn comes; those that could not start wait until a person has looked at them."""
        return next((run for run in self._runs if not run.problem), None)

    def add(self, run: QueuedRun) -> None:
        """Lets a run wait behind the others."""
        self._become((*self._runs, run))

    def remove(self, place: int) -> None:
        """Takes a run out."""
        self._become(run for other, run in enumerate(self._runs) if other != place)

    def take(self, run: QueuedRun) -> None:
        """Takes a run out, because it prepares; it is remembered until `settle` says that it has begun."""
        self._taken = run
        self._become(other for other in self._runs if other is not run)

    def settle(self) -> None:
        """Forgets the run that was taken out: what it left is in its own folder now."""
        if self._taken is not None:
            self._taken = None
            self._remember()

    def move(self, place: int, by: int) -> None:
        """Moves a run towards the front, or towards the end; at either of them it stays."""
        to = place + by
        if 0 <= to < len(self._runs):
            runs = list(self._runs)
            runs.insert(to, runs.pop(place))
            self._become(runs)

    def put_back(self, run: QueuedRun, problem: str) -> None:
        """Takes a run in again that could not start, at the front and with the reason."""
        self._taken = None
        self._become((replace(run, problem=problem), *self._runs))

    def forgive(self) -> None:
        """Lets those have their turn again that could not start."""
        if any(run.problem for run in self._runs):
            self._become(replace(run, problem="") for run in self._runs)

    def _become(self, runs: Iterable[QueuedRun]) -> None:
        self._runs = tuple(runs)
        self._remember()
        self.changed.emit()

    def _remember(self) -> None:
        taken = () if self._taken is None else (self._taken,)
        self._settings.set(_KEY, [run.to_text() for run in (*taken, *self._runs)])
        self._settings.save()
