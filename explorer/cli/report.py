"""What a person, or a program, reads of a training on the terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import starmap

from explorer.cli.terminal import Bar, complain, duration, percent, say, say_json, table
from explorer.core.weights_report import WeightsReport, in_words
from explorer.core.wording import amount
from explorer.training.alternatives import Alternative
from explorer.training.events import (
    BatchFound,
    DryRun,
    EpochFinished,
    Event,
    Finished,
    Progress,
    RateFound,
    RateTried,
    SavingFailed,
    StageStarted,
    Started,
    Step,
)


class Report:
    """Tells the events of a run: as JSON lines, or as a bar and a line an epoch.

    Args:
        as_json: Whether a program reads it.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._bar = Bar()
        self._started: Started | None = None
        self._since = time.perf_counter()

    def work(self, what: str, done: int, total: int) -> None:
        """Shows how far a download or the reading of images is."""
        self._bar.show(done / total if total else 0.0, f"{what}, {done:,}{f' of {total:,}' if total else ''}")

    def weights(self, report: WeightsReport) -> None:
        """Tells which of the weights to start from fit: layer by layer where one does not."""
        if self._as_json:
            say_json({"event": "weights", **report.to_json()})
            return
        differing = [layer for layer in report.layers if layer.fit != "match"]
        say(f"{len(report.layers) - len(differing):,} of {len(report.layers):,} layers match {report.source}.")
        if differing:
            rows = [(layer.name, in_words(layer.fit), *layer.shapes) for layer in differing]
            say(table(("layer", "weights", "network", "file"), rows))

    def take(self, event: Event) -> str | None:
        """Tells an event.

        Returns:
            Why the run ended, if it did.
        """
        if self._as_json:
            say_json(event.to_json())
        else:
            self._tell(event)
        if isinstance(event, RateFound | BatchFound):
            return "found" if not isinstance(event, BatchFound) or event.batch_size else "failed"
        if not isinstance(event, Finished):
            return None
        if self._as_json and not event.went_well:
            complain(event.message)
        return event.reason

    def _tell(self, event: Event) -> None:
        if isinstance(event, Step):
            self._step(event)
        elif isinstance(event, Progress):
            self._bar.show(event.done / max(event.total, 1), f"{event.phase}, {event.done:,} of {event.total:,} images")
        else:
            self._bar.clear()
            self._line(event)

    def _line(self, event: Event) -> None:
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, StageStarted):
            say(_stage(event))
        elif isinstance(event, EpochFinished):
            say(_epoch(event, self._started))
        elif isinstance(event, SavingFailed):
            complain(event.message)
        elif isinstance(event, DryRun):
            say(_dry_run(event))
        elif isinstance(event, BatchFound):
            self._found_batch(event)
        elif isinstance(event, RateTried):
            say(f"{event.lr:>10.3g}  {event.loss:.4f}")
        elif isinstance(event, RateFound):
            say("No rate made the loss fall." if event.lr is None else f"Suggested: --lr {event.lr:.2g}")
        elif isinstance(event, Finished):
            self._end(event)

    def _begin(self, event: Started) -> None:
        self._started = event
        self._since = time.perf_counter()
        say(f"{event.network}, {amount(event.parameters, 'parameter')} to train")
        say(
            f"{event.dataset}: {event.train_images:,} images to train on, {event.validation_images:,} to validate, "
            f"{event.test_images:,} to test"
        )
        threads = f", {amount(event.threads, 'thread')}" if event.device == "cpu" else ""
        way = f"{event.precision}, {event.memory_format}"
        say(f"{event.device_name} ({event.device}{threads}), {way}, seed {event.seed}")
        if event.origin:
            say(event.origin)
        if event.step:
            say(f"Continues after step {event.step:,}.")
        if event.note:
            complain(event.note)

    def _step(self, event: Step) -> None:
        started = self._started
        if started is None:
            return
        total = started.epochs * started.steps_per_epoch
        done = event.step - started.step
        left = (time.perf_counter() - self._since) / max(done, 1) * (total - event.step)
        self._bar.show(
            event.step / total,
            f"epoch {event.epoch} of {started.epochs}, loss {event.loss:.3f}, {percent(event.accuracy)}, "
            f"{event.images_per_second:,.0f} images/s, {duration(left)} left",
        )

    def _found_batch(self, event: BatchFound) -> None:
        if event.batch_size:
            early = "; ended early, more may fit" if event.cut_short else ""
            say(f"Suggested: --batch-size {event.batch_size} ({event.free / 1e6:,.0f} MB were free{early})")
            return
        complain("Not even a batch of two images fits into memory.")
        self._offer(event.alternatives)

    def _offer(self, alternatives: Sequence[Alternative]) -> None:
        if alternatives:
            complain(f"Each of these needs less memory: {', '.join(starmap(_option, alternatives))}.")

    def _end(self, event: Finished) -> None:
        (say if event.went_well else complain)(event.message)
        self._offer(event.alternatives)
        if event.best_accuracy is not None:
            say(f"Best validation accuracy {percent(event.best_accuracy)}, in epoch {event.best_epoch}.")
        if event.test_accuracy is not None and event.test_loss is not None:
            which = "best" if event.tested == "best" else "last"
            say(f"Test accuracy {percent(event.test_accuracy)}, loss {event.test_loss:.4f}, with the {which} weights.")
        if self._started is not None:
            say(f"The run is in {self._started.run}.")


class QuietReport(Report):
    """The report of a process beside the one that speaks: only what went wrong here."""

    def __init__(self) -> None:
        super().__init__(as_json=False)

    def work(self, what: str, done: int, total: int) -> None:
        """Nothing: the other process shows it."""

    def weights(self, report: WeightsReport) -> None:
        """Likewise."""

    def take(self, event: Event) -> str | None:
        if not isinstance(event, Finished):
            return None
        if not event.went_well:
            complain(event.message)
        return event.reason


def _dry_run(event: DryRun) -> str:
    counted = f"{event.estimated / 1e6:,.1f} MB by counting"
    if event.measured is None:
        return f"{event.batch} does not fit into memory ({counted})"
    return f"{event.batch} needs {event.measured / 1e6:,.1f} MB ({counted})"


def _option(name: str, value: object) -> str:
    """A setting as the command line takes it."""
    flag = f"--{name.replace('_', '-')}"
    if value is True:
        return flag
    return f"{flag} {'x'.join(map(str, value)) if isinstance(value, tuple) else value}"


def _stage(event: StageStarted) -> str:
    since = f", from checkpoint {event.checkpoint}" if event.checkpoint else ""
    return (
        f"Stage {event.stage} of {event.stages}, to epoch {event.epochs}: {event.trains}, {event.parameters:,} "
        f"parameters, learning rate {event.lr:g}{since}"
    )


def _epoch(event: EpochFinished, started: Started | None) -> str:
    width = len(str(started.epochs)) if started else 1
    text = f"epoch {event.epoch:>{width}}  loss {event.train_loss:.4f}  accuracy {percent(event.train_accuracy)}"
    if event.validation_loss is not None:
        text += f"  validation loss {event.validation_loss:.4f}  accuracy {percent(event.validation_accuracy)}"
    return f"{text}  {event.images_per_second:,.0f} images/s  {duration(event.seconds)}{'  best' if event.best else ''}"
