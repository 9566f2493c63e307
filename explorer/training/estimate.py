"""How much memory a training needs, by counting. Without torch."""

from __future__ import annotations

from explorer.core.analysis import Analysis

_FLOAT = 4  # bytes of a float32
# Numbers kept beside each trained weight: its gradient, and what the optimiser remembers.
_COPIES = {"sgd": 1, "adam": 3, "adamw": 3}


def training_memory(analysis: Analysis, batch_size: int, optimizer: str, momentum: float) -> int:
    """Bytes to train in float32: weights, gradients, the optimiser's memory, and what is kept for the backward pass.

    Args:
        analysis: Of the network.
        batch_size: Images a step.
        optimizer: As in the settings of a run.
        momentum: Likewise; plain gradient descent without it remembers nothing.
    """
    copies = _COPIES[optimizer] + (1 if optimizer == "sgd" and momentum else 0)
    weights = _FLOAT * (analysis.parameters + copies * analysis.trainable_parameters)
    return weights + analysis.memory().of_batch(batch_size)
