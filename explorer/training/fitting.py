"""What a network takes of stored weights, when a run or a trial starts from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from explorer.core.network import Network
from explorer.core.weights_report import WeightsReport
from explorer.training.starting import StoredWeights, read_fitting, report_on


@dataclass(frozen=True, slots=True, eq=False)
class FittingWeights:
    """Stored weights as far as a network takes them.

    Attributes:
        report: What it takes, and what not.
        weights: Those it takes, by key.
        origin: What is recorded with a run that starts from them.
    """

    report: WeightsReport
    weights: dict[str, Tensor]
    origin: dict[str, Any]


def fitting(network: Network, stored: StoredWeights, classes: tuple[str, ...]) -> FittingWeights:
    """What a network takes of stored weights, read.

    Args:
        network: The network, without problems.
        stored: The weights.
        classes: The names of the classes it is to learn.

    Raises:
        TrainingError: If it would take none.
        FileError: If they cannot be read.
    """
    report = report_on(network, stored, classes)
    origin = {"path": str(stored.path), "classes": list(stored.classes), **report.to_json()}
    return FittingWeights(report, read_fitting(network, stored, report), origin)
