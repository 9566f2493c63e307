"""Architecture Explorer: explore, assemble, count, train and export convolutional network architectures.

The functions here are the public interface. Importing this package imports neither torch nor Qt; only
:func:`assemble` needs torch, and imports it when called.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Mapping

    from torch import Tensor, nn

    from explorer.core.analysis import Analysis
    from explorer.core.difference import Difference
    from explorer.core.network import Network
    from explorer.zoo.base import Entry

__all__ = [
    "analyse",
    "assemble",
    "compare",
    "load_torchvision_state_dict",
    "network",
    "networks",
    "read",
    "torchvision_state_dict",
    "write",
]


def network(
    name: str, *, input_shape: tuple[int, ...] | None = None, classes: int | None = None, **options: Any
) -> Network:
    """A network from the zoo.

    Args:
        name: Its key, such as ``resnet18``; :func:`networks` lists them.
        input_shape: Channels, height and width; the published ones by default.
        classes: Number of classes; the published one by default.
        **options: Options of that network.

    Raises:
        explorer.errors.ExplorerError: If there is no such network or option.
    """
    from explorer.zoo.base import make

    return make(name, input_shape=input_shape, classes=classes, **options)


def networks() -> tuple[Entry, ...]:
    """Every network of the zoo: key, title, family, year, published figures and their source, options."""
    from explorer.zoo.base import ZOO

    return ZOO.values()


def analyse(network: Network) -> Analysis:
    """Counts a network: shapes, parameters, MACs, memory and receptive fields of every block, or located problems."""
    from explorer.core.analysis import analyse

    return analyse(network)


def compare(left: Network, right: Network) -> Difference:
    """Compares two networks: blocks that were added, removed and changed, side by side, and the totals of both."""
    from explorer.core.difference import compare

    return compare(left, right)


def read(path: str | os.PathLike[str]) -> Network:
    """Reads a network document.

    Raises:
        explorer.errors.FileError: If the file is missing, too large or no network document.
    """
    from explorer.core.storage import read

    return read(path)


def write(network: Network, path: str | os.PathLike[str]) -> None:
    """Writes a network document.

    Raises:
        explorer.errors.FileError: If the file cannot be written; an older one is untouched.
    """
    from explorer.core.storage import write

    write(network, path)


def assemble(network: Network) -> nn.Module:
    """Makes the torch module of a network; the keys of its ``state_dict`` are the network's paths.

    Raises:
        explorer.errors.NetworkError: If the network has problems.
    """
    from explorer.assembly import assemble

    return assemble(network)


def torchvision_state_dict(network: Network, module: nn.Module) -> OrderedDict[str, Tensor]:
    """The ``state_dict`` of an assembled network under the names of its twin in torchvision, which loads it."""
    from explorer.runs.twin_weights import torchvision_state_dict

    return torchvision_state_dict(network, module)


def load_torchvision_state_dict(network: Network, module: nn.Module, state_dict: Mapping[str, Tensor]) -> None:
    """Loads weights of torchvision's twin into an assembled network, strictly.

    Raises:
        RuntimeError: If they are not those of the network.
    """
    from explorer.runs.twin_weights import load_torchvision_state_dict

    load_torchvision_state_dict(network, module, state_dict)
