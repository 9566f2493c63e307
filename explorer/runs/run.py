"""The run folder, whose files any editor shows.

- ``network.json``: the network, as the app saves it.
- ``config.json``: the settings.
- ``environment.json``: versions, device, threads, seed and the facts of the data set.
- ``start.json``: whose weights it started from, and which of them it took; of a run with new weights there is none.
- ``metrics.jsonl``: what happened, one JSON object a line.
- ``checkpoints/``: ``<step>/{model.safetensors, train_state.pt, meta.json}``, ``last.json`` and ``best.json``.
- ``note.txt``: what a person wrote about the run, if anything.
- ``run.lock``: held by the process that writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.core import storage
from explorer.core.atomic import cannot_write
from explorer.core.file_name import usable
from explorer.core.network import Network
from explorer.core.text_file import encoded, write_bytes
from explorer.errors import FileError
from explorer.runs.environment import Environment
from explorer.runs.json_file import read_json, write_json, write_text
from explorer.runs.lock import NAME as LOCK
from explorer.runs.lock import is_locked
from explorer.runs.metrics import MetricsLog, read_metrics
from explorer.runs.reading import Reading
from explorer.runs.rotation import Checkpoints

NETWORK, CONFIG, ENVIRONMENT = "network.json", "config.json", "environment.json"
START = "start.json"
NOTE = "note.txt"
MAX_NOTE = 2_000  # characters
RUNNING, INTERRUPTED = "running", "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder that is there.

    Attributes:
        folder: Where it lies.
    """

    folder: Path

    @classmethod
    def create(cls, folder: Path, network: Network, config: Mapping[str, Any], environment: Environment) -> Run:
        """Makes the folder of a new run; the settings come last, so that a half-made folder is no run.

        Raises:
            FileError: If something lies there already, or the system refuses.
        """
        folder = _empty(folder)
        write_text(folder / NETWORK, storage.dumps(network))
        write_json(folder / ENVIRONMENT, environment.to_json())
        write_json(folder / CONFIG, config)
        return cls(folder)

    @staticmethod
    @contextmanager
    def reserved(folder: Path) -> Iterator[None]:
        """Makes the folder of a run that is about to be created, so that nobody else takes it meanwhile.

        A run that comes to nothing leaves no folder.

        Raises:
            FileError: As `create`.
        """
        made = not usable(folder).exists()
        _empty(folder)
        try:
            yield
        except BaseException:
            if made:
                with suppress(OSError):  # something lies in it already
                    folder.rmdir()
            raise

    @classmethod
    def open(cls, folder: Path) -> Run:
        """The run in a folder.

        Raises:
            FileError: If there is none.
        """
        folder = usable(folder)
        missing = [name for name in (NETWORK, CONFIG, ENVIRONMENT) if not (folder / name).is_file()]
        if missing:
            raise FileError(f"{folder} is not the folder of a run: it has no {missing[0]}; choose another.")
        return cls(folder)

    @property
    def network(self) -> Network:
        """The network that is trained; it never changes."""
        return storage.read(self.folder / NETWORK)

    @property
    def config(self) -> dict[str, Any]:
        """The settings, as JSON."""
        return read_json(self.folder / CONFIG)

    @property
    def environment(self) -> Environment:
        """Versions, device, threads, seed and the facts of the data set.

        Raises:
            FileError: If one of them is missing or damaged.
        """
        path = self.folder / ENVIRONMENT
        return Environment.read(Reading(read_json(path), str(path)))

    @property
    def note(self) -> str:
        """What a person wrote about the run; empty where there is nothing, or nothing that can be read."""
        try:
            with (self.folder / NOTE).open(encoding="utf-8", errors="replace") as file:
                return file.read(MAX_NOTE).strip()
        except OSError:
            return ""

    @property
    def checkpoints(self) -> Checkpoints:
        """The checkpoints, by name."""
        return Checkpoints(self.folder)

    @property
    def log(self) -> MetricsLog:
        """A writer of the metrics."""
        return MetricsLog(self.folder)

    def metrics(self) -> Iterator[dict[str, Any]]:
        """The records of what happened, oldest first."""
        return read_metrics(self.folder)

    def last_record(self) -> dict[str, Any] | None:
        """The latest record, or None before the first."""
        tail = deque(self.metrics(), maxlen=1)
        return tail[0] if tail else None

    @property
    def state(self) -> str:
        """``running``, the reason why it ended, or ``interrupted`` when its process was killed."""
        if is_locked(self.folder):
            return RUNNING
        last = self.last_record()
        return str(last["reason"]) if last and last.get("event") == "finished" and "reason" in last else INTERRUPTED

    def rewrite_config(self, config: Mapping[str, Any]) -> None:
        """Replaces the settings of a run that goes on for longer than it was meant to.

        Raises:
            FileError: If the system refuses.
        """
        write_json(self.folder / CONFIG, config)

    def write_origin(self, origin: Mapping[str, Any]) -> None:
        """Writes down where the first weights come from.

        Raises:
            FileError: If the system refuses.
        """
        write_json(self.folder / START, origin)

    @property
    def origin(self) -> dict[str, Any]:
        """Where the first weights come from; empty for a run with new ones.

        Raises:
            FileError: If that cannot be read.
        """
        return read_json(self.folder / START) if (self.folder / START).exists() else {}

    def rewrite_note(self, note: str) -> None:
        """Writes what a person says about the run in the place of what was there.

        Raises:
            FileError: If the system refuses.
        """
        write_bytes(encoded(f"{note.strip()[:MAX_NOTE]}\n"), self.folder / NOTE)


def find_runs(folder: Path) -> list[Run]:
    """The runs that lie directly in a folder, in the order of their names."""
    if not folder.is_dir():
        return []
    return [Run(path) for path in sorted(folder.iterdir()) if (path / CONFIG).is_file() and (path / NETWORK).is_file()]


def interrupted_run(folder: Path) -> Run | None:
    """The run in a folder that was written last, if its process was killed and it can go on.

    Raises:
        FileError: If it cannot be read.
    """
    try:
        last = max(find_runs(folder), key=_begun_at, default=None)
    except OSError as error:
        raise FileError(f"{folder} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    return last if last is not None and last.checkpoints.names() and last.state == INTERRUPTED else None


def _begun_at(run: Run) -> float:
    """When somebody last began to write a run: its lock tells the process; in seconds, as files have it."""
    lock = run.folder / LOCK
    return (lock if lock.exists() else run.folder / CONFIG).stat().st_mtime


def _empty(folder: Path) -> Path:
    """A folder with nothing in it but a lock, made if there is none.

    Raises:
        FileError: If something lies there already, or the system refuses.
    """
    folder = usable(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(path.name != LOCK for path in folder.iterdir()):
            hint = "continue that run or " if (folder / CONFIG).exists() else ""
            raise FileError(f"{folder} is not empty; {hint}choose another folder for the new one.")
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder
