"""How far a run is, as a person reads it."""

from __future__ import annotations

from explorer.gui.record.events import Loading
from explorer.gui.record.run_record import RunRecord
from explorer.training.events import Progress


def clock(seconds: float) -> str:
    """A time as a person reads it: ``0:34``, ``12:05`` or ``1:02:03``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def progress_line(record: RunRecord, *, goes_on: bool = True) -> str:
    """How far a run is: epoch, step, throughput and, while it goes on, the time left."""
    if record.started is None:
        return ""
    parts = [
        f"epoch {record.epoch:,} of {record.epochs:,}",
        f"step {record.step:,} of {record.total_steps:,}",
    ]
    if record.stages:
        stage = record.stages[-1]
        parts.insert(0, f"stage {stage.stage} of {stage.stages}, {stage.trains}")
    if record.images_per_second:
        parts.append(f"{record.images_per_second:,.0f} images/s")
    if goes_on and record.seconds_left is not None and record.finished is None:
        parts.append(f"{clock(record.seconds_left)} left")
    return " · ".join(parts)


def activity_line(activity: Loading | Progress) -> str:
    """What is done beside the steps, and how far it is."""
    if isinstance(activity, Loading):
        words = activity.work
    else:
        words = {
            "reading": "Reading images",
            "validation": "Validating",
            "test": "Reading the test set",
        }[activity.phase]
    return f"{words} · {activity.done / activity.total:.0%}" if activity.total else words
