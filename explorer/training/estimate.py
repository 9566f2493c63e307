"""How much memory a training needs, by counting. Without torch."""

from __future__ import annotations

from explorer.core.analysis import Analysis, analyse
from explorer.core.network import Network
from explorer.training.config import TrainConfig
from explorer.training.sizes import at_each_size
from explorer.training.stages import forms

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


def heaviest(network: Network, config: TrainConfig) -> Network:
    """The network as it needs most memory in a run: in one of its stages, at one of its sizes of image.

    The most parameters do not decide: VGG's classifier has eight times those of its convolutions, which keep all maps.

    Args:
        network: The network.
        config: The stages, the sizes, and the batch of which each part is computed alone.

    Raises:
        TrainingError: If a stage names a block that is not there.
    """
    images = -(-config.batch_size // config.accumulation)

    def needs(form: Network) -> int:
        return training_memory(analyse(form), images, config.optimizer, config.momentum)

    return max((form for sized in at_each_size(network, config) for form in forms(sized, config.stages)), key=needs)
