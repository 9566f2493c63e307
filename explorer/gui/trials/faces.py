"""What each trial is called, what it has found in words, and which settings it offers. Without Qt and torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.gui.figures import data
from explorer.gui.trials.pace_words import pace_words
from explorer.gui.trials.record import TrialKind, TrialRecord
from explorer.training.augmentation.settings import AUGMENTATION
from explorer.training.config import TrainConfig
from explorer.training.events import DryRun, WayTried

_MEMORY = (
    "optimizer", "momentum", "precision", "memory_format", "accumulation", "activation_checkpointing", "device",
)  # fmt: skip
_SPEED = ("batch_size", "optimizer", "device", "accumulation", "activation_checkpointing")
_LEARNING = (
    "batch_size", "optimizer", "momentum", "nesterov", "weight_decay", "label_smoothing", "class_weights", "clip_norm",
    "initialisation", "precision", "seed", "stages", *AUGMENTATION,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrialFace:
    """How a trial shows itself.

    Attributes:
        kind: The trial.
        text: What its button says.
        short: What its menu says.
        shortcut: Its keys.
        help: One line that explains it.
        said: What it has told, in words.
        offer: The settings that it offers; none while there is nothing to offer.
        depends: The settings whose change makes its result an old one.
    """

    kind: TrialKind
    text: str
    short: str
    shortcut: str
    help: str
    said: Callable[[TrialRecord], str]
    offer: Callable[[TrialRecord], Mapping[str, Any]]
    depends: tuple[str, ...]

    def is_old(self, record: TrialRecord, network: Network, config: TrainConfig) -> bool:
        """Whether what was found is of another network, or of settings that matter and have changed."""
        order = record.order
        if order is None:
            return False
        return order.network is not network or any(
            getattr(order.config, name) != getattr(config, name) for name in self.depends
        )


def dry_run_words(event: DryRun) -> str:
    """What a dry run measured, beside what counting says."""
    counted = f"{data(event.estimated)} by counting"
    if event.measured is None:
        return f"{event.batch} does not fit into memory ({counted})."
    return f"{event.batch} needs {data(event.measured)} ({counted}) and took {event.seconds:.2g} s."


def offer_words(values: Mapping[str, Any]) -> str:
    """What a button says that takes over what a trial found."""
    if "batch_size" in values:
        return f"Use a batch of {values['batch_size']:,}"
    if "lr" in values:
        return f"Use {values['lr']:.2g}"
    return f"Use {_whole_way(values['precision'], values['memory_format'], values['threads'])}"


def _dry_run_said(record: TrialRecord) -> str:
    if record.dry_run is None:
        return ""
    said, order = dry_run_words(record.dry_run), record.order
    if record.pace is None or order is None:
        return said
    return f"{said}\n{pace_words(record.pace, order.divided, order.config.epochs)}"


def _batch_said(record: TrialRecord) -> str:
    found = record.batch
    if found is None:
        return "" if record.dry_run is None else f"Tried so far: {dry_run_words(record.dry_run)}"
    if not found.batch_size:
        return "Not even a batch of two images fits into memory."
    fitting = next(event for event in record.batches if event.batch_size == found.batch_size)
    needs = "" if fitting.measured is None else f": {data(fitting.measured)} of {data(found.free)} that were free"
    which = "Ended early; the largest batch tried so far" if found.cut_short else "The largest batch that fits"
    return f"{which} is {found.batch_size:,}{needs}."


def _way_said(record: TrialRecord) -> str:
    lines = [_way_line(way) for way in record.ways]
    if record.way is not None:
        lines.append(f"Fastest: {_whole_way(record.way.precision, record.way.memory_format, record.way.threads)}.")
    return "\n".join(lines)


def _way_line(way: WayTried) -> str:
    speed = f"{way.images_per_second:,.0f} images/s" if way.images_per_second else "does not fit into memory"
    return f"{_way(way.precision, way.memory_format)}: {speed}"


def _whole_way(precision: str, memory_format: str, threads: int) -> str:
    count = f", {amount(threads, 'thread')}" if threads else ""
    return f"{_way(precision, memory_format)}{count}"


def _way(precision: str, memory_format: str) -> str:
    return f"{precision}, {memory_format.replace('_', ' ')}"


def _rate_said(record: TrialRecord) -> str:
    if record.rate is None:
        return f"Tried {len(record.rates):,} rates." if record.rates else ""
    if record.rate.lr is None:
        return "No rate made the loss fall; look at the images, the labels and the network."
    return f"The loss falls most steeply around {record.rate.lr:.2g}."


def _batch_offer(record: TrialRecord) -> Mapping[str, Any]:
    return {"batch_size": record.batch.batch_size} if record.batch is not None and record.batch.batch_size else {}


def _way_offer(record: TrialRecord) -> Mapping[str, Any]:
    way = record.way
    if way is None:
        return {}
    return {"precision": way.precision, "memory_format": way.memory_format, "threads": way.threads}


def _rate_offer(record: TrialRecord) -> Mapping[str, Any]:
    rate = None if record.rate is None else record.rate.lr
    return {} if rate is None else {"lr": float(f"{rate:.2g}")}


FACES: Mapping[TrialKind, TrialFace] = {
    face.kind: face
    for face in (
        TrialFace(
            TrialKind.DRY_RUN, "Try one batch", "&Try One Batch", "F9",
            "Tries a batch of noise: what it needs of memory, how long it takes, and how long the run will",
            _dry_run_said, lambda _: {}, (*_MEMORY, "batch_size", "epochs", "threads", "validation_fraction"),
        ),
        TrialFace(
            TrialKind.BATCH, "Find the largest batch", "Find the &Largest Batch", "Shift+F9",
            "Tries growing batches until one does not fit into memory", _batch_said, _batch_offer, _MEMORY,
        ),
        TrialFace(
            TrialKind.WAY, "Measure what is fastest", "&Measure What Is Fastest", "Ctrl+Shift+F9",
            "Times number formats, memory layouts and thread counts for a second or two", _way_said, _way_offer, _SPEED,
        ),
        TrialFace(
            TrialKind.RATE, "Try rising rates", "Find a Learning &Rate…", "Ctrl+F9",
            "Trains a throw-away network with rising learning rates, and shows which of them make the loss fall",
            _rate_said, _rate_offer, _LEARNING,
        ),
    )
}  # fmt: skip
