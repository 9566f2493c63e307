"""Whether a network, a data set and settings fit together, said before anything is loaded onto a device."""

from __future__ import annotations

from explorer.core.analysis import Analysis, analyse
from explorer.core.block import Layer
from explorer.core.counted import OutputShape
from explorer.core.network import CLASSIFICATION, Network
from explorer.core.shape import format_shape
from explorer.datasets.base import Dataset
from explorer.errors import NetworkError, TrainingError
from explorer.training import tensorboard
from explorer.training.config import TrainConfig
from explorer.training.sizes import at_each_size, image_size, require_sizes
from explorer.training.stages import forms, require_trainable

_NAMED = 3  # files in a sentence


def require_fit(network: Network, dataset: Dataset, config: TrainConfig) -> None:
    """Refuses what cannot be trained.

    Raises:
        NetworkError: If the network has problems.
        TrainingError: If the parts do not fit together; the sentence says what to change.
    """
    analysis = require_image_network(network)
    _require_classes(network, analysis.output_shape or (), dataset)
    for output in analysis.further_outputs:
        _require_same_classes(network, output, dataset)
    _require_channels(network, dataset)
    _require_size(network, config)
    require_sizes(network, config)
    require_trainable(network, config.stages)
    for sized in at_each_size(network, config):
        for form in forms(sized, config.stages):
            _require_batch(analyse(form), config)
    if config.tensorboard:
        tensorboard.require()


def require_consent(dataset: Dataset, *, leave_out: bool) -> None:
    """Refuses to leave image files out that cannot be read, unless the person agreed.

    Args:
        dataset: A data set whose facts are resolved.
        leave_out: Whether the person agreed.

    Raises:
        TrainingError: If there are such files and nobody agreed; the sentence names the first ones.
    """
    lost = dataset.unreadable_files
    if not lost or leave_out:
        return
    names = ", ".join(file.path.name for file in lost[:_NAMED])
    more = f" and {len(lost) - _NAMED:,} more" if len(lost) > _NAMED else ""
    files, them = ("image file", "it") if len(lost) == 1 else ("image files", "them")
    raise TrainingError(
        f"{len(lost):,} {files} of {dataset.title} cannot be read ({names}{more}); repair or remove {them}, or agree "
        f"to leave {them} out: in the window below Data, on the command line with --leave-out-unreadable."
    )


def require_task(network: Network) -> None:
    """Refuses a network that learns something else than the class of an image.

    Raises:
        TrainingError: If it does.
    """
    if network.task not in (CLASSIFICATION, ""):
        raise TrainingError(
            f"{network.name} is made for {network.task}, but a run here learns one class for each image; end it in a "
            "classifier, or train what explorer.assemble gives with a loop of your own."
        )


def require_image_network(network: Network) -> Analysis:
    """Refuses a network that cannot be trained on any images.

    Raises:
        NetworkError: If it has problems.
        TrainingError: If what it takes is not one image, or what it learns is something else than classes.
    """
    require_task(network)
    analysis = analyse(network)
    if analysis.problems:
        raise NetworkError(f"{network.name} cannot be trained. {analysis.problems[0]}")
    if not all(entry.optional for entry in network.inputs[1:]) or len(network.input_shape) != 3:
        raise TrainingError(f"{network.name} does not take one image, so it cannot learn to classify images.")
    return analysis


def _require_classes(network: Network, output: tuple[int, ...], dataset: Dataset) -> None:
    classes = len(dataset.classes)
    if output == (classes,):
        return
    if len(output) != 1:
        raise TrainingError(
            f"{network.name} gives {format_shape(output)} for an image instead of one number a class; "
            "end it with Flatten and Linear."
        )
    raise TrainingError(
        f"{network.name} ends in {output[0]:,} classes, but {dataset.title} has {classes:,}; "
        f"set its last layer to {classes:,} or choose another data set."
    )


def _require_same_classes(network: Network, output: OutputShape, dataset: Dataset) -> None:
    classes = len(dataset.classes)
    if output.shape != (classes,) and output.weight > 0.0:
        raise TrainingError(
            f"The output {output.name!r} of {network.name} gives {format_shape(output.shape)}, but {dataset.title} has "
            f"{classes:,} classes; end it with a Linear of {classes:,}, or set its weight to 0."
        )


def _require_channels(network: Network, dataset: Dataset) -> None:
    wanted, found = network.input_shape[0], dataset.shape[0]
    if wanted != found:
        raise TrainingError(
            f"{network.name} takes images with {wanted} channels, but those of {dataset.title} have {found}; "
            f"set its input to {found} channels or choose another data set."
        )


def _require_size(network: Network, config: TrainConfig) -> None:
    wish = config.image_size if isinstance(config.image_size, tuple) else (config.image_size, config.image_size)
    if any(wish) and wish != image_size(network):
        raise TrainingError(
            f"The setting image_size is {wish[0]} × {wish[1]}, but {network.name} takes images of "
            f"{format_shape(image_size(network))}; change its input or set image_size to 0."
        )


def _require_batch(analysis: Analysis, config: TrainConfig) -> None:
    if config.batch_size > 1:
        return  # a last batch of one image joins the one before, and no layer needs more than two
    frozen = analysis.network.frozen  # a frozen norm keeps to its running statistics
    for row in analysis.rows:
        layer, shape = row.block, row.input_shape
        if not isinstance(layer, Layer) or shape is None or any(row.path[: len(part)] == part for part in frozen):
            continue
        if layer.smallest_batch(shape) > config.batch_size:
            raise TrainingError(
                f"{analysis.network.name} cannot be trained on batches of one image: {row.where} takes the "
                f"variance of each channel, and of {format_shape(shape)} it gets one value; set batch_size to 2 or "
                "more, or use larger images."
            )
