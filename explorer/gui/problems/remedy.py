"""Makes a network fit a data set in one step: its input takes the images' shape, its last layer the classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.core.network import CLASSIFICATION, Network
from explorer.core.shape import Shape, format_shape
from explorer.datasets.base import Dataset
from explorer.errors import EditError, ExplorerError
from explorer.remedies.base import Fix
from explorer.remedies.classes import with_classes
from explorer.remedies.classifier import as_classifier
from explorer.training.checks import require_fit
from explorer.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a network cannot be trained on a data set.

    Attributes:
        sentence: The reason, and what to do.
        fix: What puts it right, if anything does.
    """

    sentence: str
    fix: Fix | None = None


def misfit(network: Network, dataset: Dataset, config: TrainConfig) -> Misfit | None:
    """Why a network cannot be trained on a data set, with a remedy if there is one; None if it can.

    Args:
        network: The network.
        dataset: The data set; one whose classes are yet unknown fits as far as anybody can say.
        config: The settings.
    """
    if not dataset.classes:
        return None
    try:
        require_fit(network, dataset, config)
    except ExplorerError as error:
        fitting = next(_fitting(network, dataset, config), None)
        if fitting is None:
            return Misfit(str(error))
        return Misfit(str(error), Fix(_label(network, fitting, len(dataset.classes)), fitting))
    return None


def _label(network: Network, fitting: Network, classes: int) -> str:
    if fitting.task != network.task:
        return f"Make a classifier: {format_shape(fitting.input_shape)}, {classes:,} classes"
    if fitting.inputs == network.inputs:
        return f"Set {classes:,} classes"
    return f"Use {format_shape(fitting.input_shape)} and {classes:,} classes"


def _fitting(network: Network, dataset: Dataset, config: TrainConfig) -> Iterator[Network]:
    """The network with the images' shape, or else with its own height and width where it needs larger images."""
    classify = with_classes if network.task == CLASSIFICATION else as_classifier
    for shape in dict.fromkeys((dataset.shape, (dataset.shape[0], *network.input_shape[1:]))):
        try:
            fitting = classify(_with_shape(network, shape), len(dataset.classes))
        except EditError:
            continue  # no single block decides the number of classes at this shape
        if _fits(fitting, dataset, config):
            yield fitting


def _with_shape(network: Network, shape: Shape) -> Network:
    return network if network.input_shape == shape else network.with_input_shape(shape)


def _fits(network: Network, dataset: Dataset, config: TrainConfig) -> bool:
    try:
        require_fit(network, dataset, config)
    except ExplorerError:
        return False
    return True
