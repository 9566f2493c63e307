"""The sizes of image that a run trains on in turn, with one set of weights. Without torch.

He, Zhang, Ren, Sun, 2014, section 2.3: a full epoch on one size, the next full epoch on the other, all weights kept.
What validates and tests always has the network's own size. The size is a function of the epoch alone, so a run that
goes on inside an epoch goes on with its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from explorer.core.analysis import Analysis, Row, analyse
from explorer.core.block import Layer, ModuleCall
from explorer.core.network import Network
from explorer.core.shape import format_shape
from explorer.errors import NetworkError, TrainingError
from explorer.training.config import TrainConfig

T = TypeVar("T")


def image_size(network: Network) -> tuple[int, int]:
    """The network's own height and width, to which images are resized."""
    _, height, width = network.input_shape
    return height, width


def image_sizes(network: Network, config: TrainConfig) -> tuple[tuple[int, int], ...]:
    """The heights and widths on which a run trains in turn, the network's own first."""
    return image_size(network), *((side, side) for side in config.further_sizes)


def in_turn(choices: Sequence[T], epoch: int) -> T:
    """What an epoch takes of what epochs take in turn.

    Args:
        choices: One for each size, the network's own first.
        epoch: The epoch, counted from 0.
    """
    return choices[epoch % len(choices)]


def at_each_size(network: Network, config: TrainConfig) -> tuple[Network, ...]:
    """The network with an input of each size on which a run trains, as it is first."""
    return network, *(_resized(network, size) for size in image_sizes(network, config)[1:])


def require_sizes(network: Network, config: TrainConfig) -> None:
    """Refuses sizes of image that cannot share the weights of a network.

    Args:
        network: The network, without problems at its own size.
        config: The settings.

    Raises:
        NetworkError: If the network has problems at one of them.
        TrainingError: If one is the network's own, or needs other weights or gives another output.
    """
    if not config.further_sizes:
        return
    own = analyse(network)
    for size in image_sizes(network, config)[1:]:
        if size == image_size(network):
            raise TrainingError(
                f"The setting further_sizes holds {size[0]}, but {network.name} takes images of {format_shape(size)} "
                "anyway; leave it out."
            )
        _require_same_weights(own, analyse(_resized(network, size)), size)


def _resized(network: Network, size: tuple[int, int]) -> Network:
    return network.with_input_shape((network.input_shape[0], *size))


def _require_same_weights(own: Analysis, other: Analysis, size: tuple[int, int]) -> None:
    refusal = f"{own.network.name} cannot be trained on images of {format_shape(size)} as well"
    if other.problems:
        raise NetworkError(f"{refusal}. {other.problems[0]} Or leave {size[0]} out of further_sizes.")
    difference = _difference(own, other)
    if difference:
        raise TrainingError(
            f"{refusal}: {difference}; pool before it with GlobalAvgPool or SpatialPyramidPool, or leave {size[0]} out "
            "of further_sizes."
        )


def _difference(own: Analysis, other: Analysis) -> str:
    """Where a network that was made for one size does not fit another one, in words; empty if it fits."""
    for row, twin in zip(own.rows, other.rows, strict=False):  # one made of other blocks differs at its first layer
        if _call(row) != _call(twin):
            arriving, wanted = format_shape(twin.input_shape), format_shape(row.input_shape)
            return f"{row.where} would get {arriving} in place of {wanted}"
    for name, shape in own.outputs.items():
        if other.outputs[name] != shape:
            return f"its {name} would be {format_shape(other.outputs[name])} in place of {format_shape(shape)}"
    return ""


def _call(row: Row) -> ModuleCall | None:
    """How torch makes a layer at the size of its analysis; its weights and all else that a size decides follow."""
    layer, shape = row.block, row.input_shape
    return layer.module(shape) if isinstance(layer, Layer) and shape is not None else None
