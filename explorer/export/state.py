"""From a ``state_dict`` and the metadata beside it back to a network that computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer.core import storage
from explorer.errors import FileError

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

    module = assemble(storage.loads(metadata["network"], "The network in the exported file")).eval()
    try:
        module.load_state_dict(state, strict=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise FileError(f"The exported weights do not fit their network ({reason}).") from error
    with torch.inference_mode():
        outputs: Tensor = main_output(module(images))
    return outputs
