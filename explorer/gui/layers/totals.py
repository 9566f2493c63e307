"""The totals of a network, as the footer of the layer table says them."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.analysis import Analysis, Row, analyse
from explorer.core.wording import amount
from explorer.gui import figures
from explorer.training.config import TrainConfig
from explorer.training.estimate import training_memory
from explorer.training.sizes import at_each_size

MAX_BATCH = 65_536  # the most that the settings of a run take


def largest_batch(analysis: Analysis, optimizer: str, momentum: float, free: int) -> int:
    """Images a step that fit a device: within four fifths of what is free, since PyTorch needs room to work as well.

    Args:
        analysis: Of the network.
        optimizer: As in the settings of a run.
        momentum: Likewise.
        free: Bytes that are free on the device.
    """
    left = free * 4 // 5 - training_memory(analysis, 0, optimizer, momentum)
    return max(0, min(MAX_BATCH, left // max(1, analysis.memory().per_image)))


def at_largest_size(analysis: Analysis, config: TrainConfig) -> Analysis:
    """Of the network on the images that need most memory of those on which a run trains in turn."""
    network = analysis.network
    if not config.further_sizes or len(network.input_shape) != 3:
        return analysis
    return max(map(analyse, at_each_size(network, config)), key=lambda sized: sized.memory().per_image)


def of_several(analysis: Analysis, rows: Sequence[Row], number: int, *, flops: bool) -> str:
    """What the selected blocks have together, in one line.

    Args:
        analysis: Of the network.
        rows: Those of them that lie in no other one.
        number: How many are selected.
        flops: Whether operations are shown as FLOPs.
    """
    parameters = sum(row.parameters or 0 for row in rows)
    share = figures.share(parameters, analysis.parameters)
    operations = figures.operations(sum(row.macs or 0 for row in rows), flops=flops)
    unit = "FLOPs" if flops else "MACs"
    words = [f"{number:,} blocks selected", f"{amount(parameters, 'parameter')}{f', {share}' if share else ''}"]
    return " · ".join((*words, f"{figures.short(operations)} {unit}"))


def sentence(analysis: Analysis, *, flops: bool) -> str:
    """Parameters and operations in one line; partial ones say so."""
    operations = figures.operations(analysis.macs, flops=flops)
    words = [amount(analysis.parameters, "parameter"), f"{figures.short(operations)} {'FLOPs' if flops else 'MACs'}"]
    frozen = analysis.parameters - analysis.trainable_parameters
    if frozen:
        words.insert(1, f"{frozen:,} frozen")
    if analysis.partial:
        words.append("partial: up to the first problem")
    return " · ".join(words)
