"""From a ``state_dict`` and the metadata beside it back to a network that computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer.core import storage

if TYPE_CHECKING:
    from torch import Tensor


def outputs_of(metadata: Mapping[str, Any], state: Mapping[str, Tensor], images: Tensor) -> Tensor:
    """The main output of an exported network.

    Args:
        metadata: What :meth:`TrainedModel.metadata` gave.
        state: Its weights.
        images: Prepared images. (N, C, H, W)

    Raises:
        FileError: If the weights are not those of the network.
    """
    import torch

    from explorer.assembly import assemble
    from explorer.insight.preprocessing import main_output
    from explorer.runs.checkpoint import load_weights

    module = assemble(storage.loads(metadata["network"], "The network in the exported file")).eval()
    load_weights(module, state, "the exported file")
    with torch.inference_mode():
        outputs: Tensor = main_output(module(images))
    return outputs
