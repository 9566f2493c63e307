"""torchinfo's own report of a network, which many people know. It counts biases as MACs and is wrong on some layers."""

from __future__ import annotations

import torch
import torchinfo

from explorer.assembly import assemble
from explorer.core.network import Network


def torchinfo_report(network: Network, device: str = "cpu") -> str:
    """The report for one image.

    Args:
        network: The network.
        device: Where it is assembled and run; on ``meta`` nothing is computed, and the report is the same.

    Raises:
        explorer.errors.NetworkError: If the network has problems.
    """
    with torch.device(device):
        module = assemble(network)
        further = {entry.name: torch.zeros(1, *entry.shape) for entry in network.inputs[1:]}
    # torchinfo takes further inputs among its own arguments, whose names they may have
    module.register_forward_pre_hook(lambda _, args, kwargs: (args, {**kwargs, **further}), with_kwargs=True)
    shape = (1, *network.input_shape)
    return str(torchinfo.summary(module, input_size=shape, device=device, verbose=0))
