"""How long a run will take, in words, from the pace that was measured before it. Without Qt and torch."""

from __future__ import annotations

from explorer.gui.figures import short
from explorer.gui.record.progress_words import clock
from explorer.training.events import PaceFound
from explorer.training.order import batch_sizes

_FORWARD = 1 / 3  # of a step's time, which goes twice as far back as it goes forward


def pace_words(pace: PaceFound, divided: tuple[int, int], epochs: int) -> str:
    """How long a step, an epoch, the whole run and one prediction take.

    Args:
        pace: What was measured.
        divided: How many images train, and how many validate.
        epochs: Of the run.
    """
    epoch = epoch_seconds(pace, divided)
    looked = f"One image is looked at in {lasting(pace.image_seconds)}, for {short(pace.macs)} MACs."
    if not divided[0]:
        return f"A step takes {lasting(pace.step_seconds)}. {looked}"
    whole = f", {lasting(epochs * epoch)} in all" if epochs > 1 else ""
    an_epoch = f"an epoch of {divided[0]:,} images about {lasting(epoch)}{whole}"
    return f"A step takes {lasting(pace.step_seconds)}, so {an_epoch}. {looked}"


def epoch_seconds(pace: PaceFound, divided: tuple[int, int]) -> float:
    """What an epoch will take, its validation included, as far as steps and predictions decide.

    Args:
        pace: What was measured.
        divided: How many images train, and how many validate.
    """
    images, validation = divided
    steps = len(batch_sizes(images, pace.batch_size)) + _FORWARD * validation / pace.batch_size
    return steps * pace.step_seconds


def lasting(seconds: float) -> str:
    """A time of any length: ``0.42 ms``, ``12 ms``, ``3.5 s``, ``2:05`` or ``1:02:03``."""
    if seconds < 0.9995:
        milliseconds = 1000 * seconds
        return f"{milliseconds:.2g} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 59.95 else clock(seconds)
