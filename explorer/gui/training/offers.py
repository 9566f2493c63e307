"""What the Train page offers when nothing goes on: one sentence, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.gui.training.run_further import Further
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done now.

    Attributes:
        sentence: Why one may want to.
        label: What the button says.
        accept: Does it.
    """

    sentence: str
    label: str
    accept: Callable[[], None]


def offer_of(training: TrainingSession) -> Offer | None:
    """What suggests itself; None where nothing does."""
    if training.active:
        return None
    if training.state is State.FOLLOWING:
        return _while_following(training)
    return _after_divergence(training) or _after_a_crash(training) or _while_runs_wait(training)


def _after_divergence(training: TrainingSession) -> Offer | None:
    finished, folder = training.record.finished, training.record.folder
    if finished is None or folder is None or finished.reason != "diverged":
        return None
    further = Further(folder, gentler=True)
    return Offer(finished.message, "Resume at a tenth of the rate", lambda: training.go_further(further))


def _while_following(training: TrainingSession) -> Offer | None:
    folder = training.record.folder
    if folder is None:
        return None
    sentence = f"Another process is training {folder.name}. It is only watched here; pause or stop it where it runs."
    return Offer(sentence, "Stop watching", training.stop_following)


def _while_runs_wait(training: TrainingSession) -> Offer | None:
    runs = training.queue.runs
    if not runs:
        return None
    waiting = "A run waits" if len(runs) == 1 else f"{len(runs)} runs wait"
    refused = next((run.problem for run in runs if run.problem), "")
    sentence = f"{waiting} in the queue. {refused}".strip()
    return Offer(sentence, "Start the queue", training.queued.start)


def _after_a_crash(training: TrainingSession) -> Offer | None:
    run = training.interrupted
    if run is None:
        return None
    sentence = f"{run.name} was cut off before its end. It can go on from its last checkpoint."
    return Offer(sentence, f"Continue {run.name}", lambda: training.take_up(run))
