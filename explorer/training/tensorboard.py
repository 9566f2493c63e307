"""TensorBoard's events beside the metrics, for those who watch their runs with it; an extra, and off by default.

Its records are written one by one, without the thread that its own writer starts: a run of ours leaves no thread.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from explorer.core.atomic import cannot_write
from explorer.errors import TrainingError
from explorer.training.events import BlockStatistics, EpochFinished, Event, SavingFailed, Started, Step

FOLDER = "tensorboard"
_VERSION = "brain.Event:2"  # of the format


def require() -> None:
    """Refuses where TensorBoard is not installed.

    Raises:
        TrainingError: If it is not.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise TrainingError(
            "TensorBoard is not installed; install it with pip install 'architecture-explorer[tensorboard]', or switch "
            "tensorboard off."
        )


def mirrored(events: Iterable[Event], run: Path) -> Iterator[Event]:
    """The same events, written for TensorBoard too; a write that fails adds one that says so, and is the last.

    Args:
        events: Those of a run.
        run: Its folder.
    """
    mirror: Mirror | None = None
    failed = False
    try:
        for event in events:
            if not failed:
                try:
                    mirror = mirror or Mirror(run / FOLDER)
                    mirror.take(event)
                except OSError as error:
                    failed = True
                    yield SavingFailed(getattr(event, "step", 0), str(cannot_write(run / FOLDER, error)))
            yield event
    finally:
        if mirror is not None:
            mirror.close()


class Mirror:
    """A file of TensorBoard's.

    Args:
        folder: Where it lies; every sitting of a run has a file of its own.

    Raises:
        OSError: If the system refuses.
    """

    def __init__(self, folder: Path) -> None:
        from tensorboard.compat.proto.event_pb2 import Event as Record
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder.mkdir(exist_ok=True)
        name = f"events.out.tfevents.{time.time_ns()}.{platform.node()}.{os.getpid()}"
        self._record, self._file = Record, (folder / name).open("xb")
        self._writer = RecordWriter(self._file)
        self._write(file_version=_VERSION)

    def take(self, event: Event) -> None:
        """Writes what TensorBoard can show of an event.

        Raises:
            OSError: If the system refuses.
        """
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Step | EpochFinished | BlockStatistics):
            self._show(event.step, figures(event))

    def close(self) -> None:
        """Ends the file."""
        with contextlib.suppress(OSError):  # it was told when it happened
            self._writer.close()

    def _begin(self, event: Started) -> None:
        """Has what was written behind the checkpoint left out, since it is about to happen again."""
        from tensorboard.compat.proto.event_pb2 import SessionLog

        self._write(step=event.step + 1, session_log=SessionLog(status=SessionLog.START))

    def _show(self, step: int, values: dict[str, float]) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        shown = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        self._write(step=step, summary=Summary(value=shown))

    def _write(self, **fields: Any) -> None:
        self._writer.write(self._record(wall_time=time.time(), **fields).SerializeToString())
        self._writer.flush()


def figures(event: Step | EpochFinished | BlockStatistics) -> dict[str, float]:
    """The figures of an event by TensorBoard's tags; those of one kind share a plot's group."""
    if isinstance(event, Step):
        found: dict[str, float | None] = {
            "loss/training": event.loss,
            "accuracy/training": event.accuracy,
            "pace/learning_rate": event.lr,
            "pace/images_per_second": event.images_per_second,
        }
    elif isinstance(event, EpochFinished):
        found = {"loss/validation": event.validation_loss, "accuracy/validation": event.validation_accuracy}
    else:
        kinds = {"gradient": event.gradient, "weight": event.weight, "update": event.update, "dead": event.dead}
        found = {
            f"{kind}/{block}": value
            for kind, values in kinds.items()
            for block, value in zip(event.blocks, values, strict=True)
        }
    return {tag: value for tag, value in found.items() if value is not None}
