"""The curves of a run as they are drawn: the training ones smoothed, following the record as it grows."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from explorer.gui.plots.curves import SmoothedCurve
from explorer.gui.plots.ranges import Span
from explorer.gui.record.curve import Curve, Numbers
from explorer.gui.record.run_record import RunRecord

Pair: TypeAlias = tuple[Curve, Curve]  # of the training, smoothed, and of the validation

USUAL_SMOOTHING = 0.8  # the weight of the average before
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

    def loss_curves(self) -> Pair:
        """The loss: of the training, smoothed, and of the validation."""
        return self.loss, self.record.validation_loss

    def accuracy_curves(self) -> Pair:
        """The accuracy, likewise."""
        return self.accuracy, self.record.validation_accuracy

    def losses(self, epochs: Span = _ALL) -> tuple[Numbers, Numbers]:
        """The losses between two epochs: of the training, smoothed, and of the validation."""
        return _between(self.loss_curves(), epochs)

    def accuracies(self, epochs: Span) -> tuple[Numbers, Numbers]:
        """The accuracies between two epochs, likewise."""
        return _between(self.accuracy_curves(), epochs)


def _between(curves: Pair, epochs: Span) -> tuple[Numbers, Numbers]:
    training, validation = (
        curve.y[np.searchsorted(curve.x, epochs[0]) : np.searchsorted(curve.x, epochs[1], side="right")]  # x ascends
        for curve in curves
    )
    return training, validation
