"""The curves of a run as they are drawn: the training ones smoothed, following the record as it grows."""

from __future__ import annotations

import math

import numpy as np

from explorer.gui.plots.curves import Numbers, SmoothedCurve
from explorer.gui.training.run_record import RunRecord

_ALL = (0.0, math.inf)  # epochs
_UNITS = 200  # of an axis, for smoothing: curves of quick and slow runs look alike


class SmoothedRun:
    """A record with its smoothed twins.

    Args:
        record: What is followed.
        weight: How strongly the training curves are smoothed; see `SmoothedCurve`.
        epochs: How many of them the plot shows.
    """

    def __init__(self, record: RunRecord, weight: float, epochs: int) -> None:
        self.record = record
        self._how = weight, epochs
        self.loss = SmoothedCurve(record.loss, weight, epochs / _UNITS)
        self.accuracy = SmoothedCurve(record.accuracy, weight, epochs / _UNITS)
        self.follow()

    def follow(self) -> None:
        """Takes in what the record has gained."""
        self.loss.follow()
        self.accuracy.follow()

    def following(self, record: RunRecord, weight: float, epochs: int) -> SmoothedRun:
        """This, if it is of that record and smoothed so, or else one that is."""
        if record is not self.record or (weight, epochs) != self._how:
            return SmoothedRun(record, weight, epochs)
        self.follow()
        return self

    def losses(self, epochs: tuple[float, float] = _ALL) -> tuple[Numbers, Numbers]:
        """The losses between two epochs: of the training, smoothed, and of the validation."""
        return _between(self.loss.x, self.loss.y, epochs), self._validation(loss=True, epochs=epochs)

    def accuracies(self, epochs: tuple[float, float]) -> tuple[Numbers, Numbers]:
        """The accuracies between two epochs, likewise."""
        return _between(self.accuracy.x, self.accuracy.y, epochs), self._validation(loss=False, epochs=epochs)

    def _validation(self, *, loss: bool, epochs: tuple[float, float]) -> Numbers:
        curve = self.record.validation_loss if loss else self.record.validation_accuracy
        return _between(curve.x, curve.y, epochs)


def _between(x: Numbers, y: Numbers, epochs: tuple[float, float]) -> Numbers:
    return y[np.searchsorted(x, epochs[0]) : np.searchsorted(x, epochs[1], side="right")]  # x ascends
