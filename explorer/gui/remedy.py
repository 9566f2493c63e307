"""Makes a network fit a data set in one step: its input takes the images' shape, its last layer the classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Path
from explorer.core.network import Network
from explorer.core.shape import Shape, format_shape
from explorer.datasets.base import Dataset
from explorer.errors import EditError, ExplorerError
from explorer.training.checks import require_fit
from explorer.training.config import TrainConfig

_WIDTHS = ("out_features", "mlp", "out_channels")  # the fields that say how many outputs a block has
_LAST_BLOCKS = 24  # the layer that makes the classes is among the last


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a network cannot be trained on a data set.

    Attributes:
        sentence: The reason, and what to do.
        remedy: What the button says that puts it right; empty if nothing does.
        network: The network put right.
    """

    sentence: str
    remedy: str = ""
    network: Network | None = None


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
        words = f"Use {format_shape(fitting.input_shape)} and {len(dataset.classes):,} classes"
        return Misfit(str(error), words, fitting)
    return None


def _fitting(network: Network, dataset: Dataset, config: TrainConfig) -> Iterator[Network]:
    """The network with the images' shape, or else with its own height and width where it needs larger images."""
    for shape in dict.fromkeys((dataset.shape, (dataset.shape[0], *network.input_shape[1:]))):
        fitting = _with_classes(_with_shape(network, shape), len(dataset.classes))
        if fitting is not None and _fits(fitting, dataset, config):
            yield fitting


def _with_shape(network: Network, shape: Shape) -> Network:
    return network if network.input_shape == shape else network.with_input_shape(shape)


def _with_classes(network: Network, classes: int) -> Network | None:
    """The network with another number of outputs of the last block that decides how many there are."""
    if analyse(network).output_shape == (classes,):
        return network
    for row in reversed(analyse(network).rows[-_LAST_BLOCKS:]):
        wide = _with_width(row.block, classes)
        edited = None if wide is None else _replaced(network, row.path, wide)
        if edited is not None and analyse(edited).output_shape == (classes,):
            return edited
    return None


def _with_width(block: Block, width: int) -> Block | None:
    """The block with that many outputs; None if it has no such field."""
    for name in _WIDTHS:
        value = getattr(block, name, None)
        if isinstance(value, int):
            return dataclasses.replace(block, **{name: width})  # type: ignore[type-var]
        if isinstance(value, tuple):
            return dataclasses.replace(block, **{name: (*value[:-1], width)})  # type: ignore[type-var]
    return None


def _replaced(network: Network, path: Path, block: Block) -> Network | None:
    try:
        return network.replace(path, block)
    except EditError:  # it lies inside a composite, which says itself how wide it is
        return None


def _fits(network: Network, dataset: Dataset, config: TrainConfig) -> bool:
    try:
        require_fit(network, dataset, config)
    except ExplorerError:
        return False
    return True
