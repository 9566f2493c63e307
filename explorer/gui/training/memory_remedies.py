"""What needs less memory, as a person reads it and as a change: of the settings, or of the network's input."""

from __future__ import annotations

from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.core.shape import format_shape
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.training.alternatives import Alternative
from explorer.training.config import TrainConfig

_LABELS = {
    "accumulation": "Accumulate in {} parts",
    "activation_checkpointing": "Recompute activations",
    "batch_size": "Batch of {}",
    "precision": "Precision {}",
}
_DONE = {
    "accumulation": "The batch is accumulated in {} parts",
    "activation_checkpointing": "Activations are recomputed",
    "batch_size": "The batch size is {}",
    "precision": "The precision is {}",
}
_HELP = {
    "accumulation": "Computes the batch in parts, one after the other; the steps stay the same",
    "activation_checkpointing": "Keeps less for the backward pass and computes it again; the steps stay the same",
    "batch_size": "Takes half as many images a step",
    "precision": "Computes the forward pass in a shorter number format",
    "image_size": "Gives the network an input of half the height and width; Undo takes it back",
}


def label_of(alternative: Alternative) -> str:
    """What the button of an alternative says."""
    name, value = alternative
    if isinstance(value, tuple):
        return f"Images of {format_shape(value)}"
    return _LABELS[name].format(f"{value:,}" if isinstance(value, int) else value)


def help_of(alternative: Alternative) -> str:
    """One line that explains an alternative."""
    return _HELP[alternative[0]]


def done_words(alternative: Alternative) -> str:
    """What has been done by taking an alternative, and what comes next."""
    name, value = alternative
    done = f"The network takes images of {format_shape(value)}" if isinstance(value, tuple) else _DONE[name]
    return f"{done.format(f'{value:,}' if isinstance(value, int) else value)} now; press Start (F5) to try again."


def is_in_force(alternative: Alternative, network: Network, config: TrainConfig) -> bool:
    """Whether an alternative that was taken still holds: it may have been taken back, or something else set."""
    name, value = alternative
    return network.input_shape[1:] == value if isinstance(value, tuple) else getattr(config, name) == value


def possible(alternatives: tuple[Alternative, ...], network: Network) -> tuple[Alternative, ...]:
    """Those that can be taken: a network may not work on smaller images."""
    return tuple(one for one in alternatives if not isinstance(one[1], tuple) or _smaller(network, one[1]) is not None)


def take(alternative: Alternative, session: Session, training: TrainingSession) -> None:
    """Changes a setting, or the network's input as one step of its history."""
    name, value = alternative
    if not isinstance(value, tuple):
        training.changes.set(label_of(alternative), {name: value})
        return
    network = _smaller(session.network, value)
    if network is not None:
        if training.config.image_size:
            training.change("image_size", 0)  # what the network takes
        session.settle()
        session.edit(f"set the input to {format_shape(network.input_shape)}", network)


def _smaller(network: Network, size: tuple[int, int]) -> Network | None:
    """The network on smaller images; None where it would have problems."""
    shape = network.input_shape
    if len(shape) != 3 or size[0] >= shape[1]:
        return None
    smaller = network.with_input_shape((shape[0], *size))
    return None if analyse(smaller).problems else smaller
