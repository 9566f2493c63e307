"""Weights of the twins under torchvision's names, both ways.

The names are the same but for the factors of ConvNeXt's branches: torchvision has them as parameters of the block, here
they are a layer with a weight. Its published DenseNets have names of an older torchvision besides.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from explorer.blocks.convnext import LayerScale
from explorer.core.analysis import analyse

if TYPE_CHECKING:
    from torch import Tensor, nn

    from explorer.core.network import Network

VERSION = 2  # of a twin as a whole: torchvision's MNASNet takes weights without it for those of its first version
_METADATA = "_metadata"  # torch's attribute of a state_dict with the version of each module
_OLD_DENSE = re.compile(r"(.*\.denselayer\d+\.(?:norm|conv))\.([12]\..*)")


def torchvision_state_dict(network: Network, module: nn.Module) -> OrderedDict[str, Tensor]:
    """The ``state_dict`` of an assembled network as its twin in torchvision takes it.

    Args:
        network: The network.
        module: What it was assembled to.
    """
    state, names = module.state_dict(), _their_names(network)
    versions: dict[str, dict[str, Any]] = dict(getattr(state, _METADATA, {}))
    versions[""] = {**versions.get("", {}), "version": VERSION}
    return _with_metadata(((names.get(key, key), value) for key, value in state.items()), versions)


def load_torchvision_state_dict(network: Network, module: nn.Module, state_dict: Mapping[str, Tensor]) -> None:
    """Loads the weights of its twin in torchvision into an assembled network.

    Args:
        network: The network.
        module: What it was assembled to.
        state_dict: A ``state_dict`` of torchvision's module, or a published one.

    Raises:
        RuntimeError: If the weights are not those of the network; torch's sentences say which.
    """
    rename = our_names(network)
    renamed = ((rename(key), value) for key, value in state_dict.items())
    module.load_state_dict(_with_metadata(renamed, getattr(state_dict, _METADATA, None)), strict=True)


def our_names(network: Network) -> Callable[[str], str]:
    """What gives the name here of a weight that has one in torchvision; names of ours stay what they are."""
    names = {theirs: ours for ours, theirs in _their_names(network).items()}
    return lambda key: names.get(key, _OLD_DENSE.sub(r"\1\2", key))


def _their_names(network: Network) -> dict[str, str]:
    scales = (".".join(row.path) for row in analyse(network).rows if isinstance(row.block, LayerScale))
    return {f"{path}.weight": path for path in scales}


def _with_metadata(items: Iterable[tuple[str, Tensor]], versions: Any) -> OrderedDict[str, Tensor]:
    state = OrderedDict(items)
    if versions is not None:
        vars(state)[_METADATA] = versions
    return state
