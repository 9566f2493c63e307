"""Writes the events of a run into its metrics, at a pace that a run of days can afford."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from explorer.errors import FileError
from explorer.runs.metrics import MetricsLog
from explorer.training.events import Event, Paused, Progress, SavingFailed, Started, Step

# Lines of steps come at most every 1/_POINTS of the time so far, so a run of any length has some ten thousand of them.
_POINTS = 2_000


class Recorder:
    """Passes events on and writes them down; steps that come too fast are merged into one line.

    Args:
        log: The metrics of the run.
    """

    def __init__(self, log: MetricsLog) -> None:
        self._log = log
        self._steps: list[Step] = []
        self._begun = self._written = time.perf_counter()
        self._paused = False
        self._failed = False
        self._step = 0

    def record(self, events: Iterable[Event]) -> Iterator[Event]:
        """The same events, each written before it is passed on; the first failed write adds one that says so."""
        for event in events:
            failure = self._note(event)
            if failure is not None:
                yield failure  # before the event, which may be the last one
            yield event

    def settle(self) -> int:
        """Writes down what is held back.

        Returns:
            The length of the metrics, in bytes.
        """
        self._write_steps()
        return self._log.size

    def _note(self, event: Event) -> SavingFailed | None:
        try:
            self._take(event)
        except FileError as error:
            self._steps.clear()
            if self._failed:
                return None
            self._failed = True
            return SavingFailed(self._step, str(error))
        return None

    def _take(self, event: Event) -> None:
        repeated = isinstance(event, Paused) and self._paused
        self._paused = isinstance(event, Paused)
        if isinstance(event, Progress) or repeated:
            return
        if isinstance(event, Step):
            self._step = event.step
            self._steps.append(event)
            now = time.perf_counter()
            if now - self._written >= (now - self._begun) / _POINTS:
                self._write_steps()
            return
        if isinstance(event, Started):
            self._step = event.step
        self._write_steps()
        record = event.to_json()
        record.pop("run", None)  # the folder may be moved
        self._log.append(record)

    def _write_steps(self) -> None:
        if self._steps:
            merged = merge(self._steps)
            self._steps = []
            self._written = time.perf_counter()
            self._log.append(merged.to_json())


def merge(steps: list[Step]) -> Step:
    """Consecutive step events as one; means are weighted by the images.

    Args:
        steps: At least one.
    """
    last, images = steps[-1], sum(step.images for step in steps)
    seconds = sum(step.images / step.images_per_second for step in steps if step.images_per_second)
    return Step(
        step=last.step,
        epoch=last.epoch,
        steps=sum(step.steps for step in steps),
        images=images,
        loss=sum(step.loss * step.images for step in steps) / images,
        accuracy=sum(step.accuracy * step.images for step in steps) / images,
        lr=last.lr,
        images_per_second=images / seconds if seconds else 0.0,
        seconds=last.seconds,
    )
