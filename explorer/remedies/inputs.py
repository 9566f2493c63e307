"""The network around its blocks: its inputs, and what its file had in no readable form."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from explorer.core.fields import shortened
from explorer.core.names import LONGEST_NAME, free_name
from explorer.core.network import MAIN_INPUT, Input
from explorer.core.shape import MAX_CHANNELS, MAX_IMAGE, Shape, format_shape
from explorer.remedies.base import Case, Fix, mends

_USUAL: tuple[Shape, ...] = ((3, 224, 224), (3, 32, 32), (1, 28, 28))  # ImageNet, CIFAR, MNIST


@mends("no_input")
def usual_input(case: Case) -> Iterator[Fix | None]:
    """An image of the usual sizes."""
    for shape in _USUAL:
        yield Fix(f"Use an input of {format_shape(shape)}", case.network.with_input_shape(shape))


@mends("input_shape")
def shape_within_limits(case: Case) -> Iterator[Fix | None]:
    """Every input with the nearest shape that is allowed, or a usual one where there is none."""
    first = case.network.input_shape
    for usual in _USUAL:
        inputs = tuple(dataclasses.replace(entry, shape=_nearest(entry.shape, usual)) for entry in case.network.inputs)
        label = f"Use an input of {format_shape(inputs[0].shape)}"
        others = "Bring the inputs within their limits"
        network = dataclasses.replace(case.network, inputs=inputs)
        yield Fix(label if inputs[0].shape != first else others, network)


def _nearest(shape: Shape, usual: Shape) -> Shape:
    if not shape:
        return usual
    channels, *extents = shape[:4]
    limited = (min(max(extent, 1), MAX_IMAGE) for extent in extents)
    return min(max(channels, 1), MAX_CHANNELS), *limited


@mends("input_name")
def inputs_of_their_own(case: Case) -> Iterator[Fix | None]:
    """Names of their own for the inputs."""
    named: list[Input] = []
    for entry in case.network.inputs:
        taken = {other.name for other in named}
        name = entry.name[:LONGEST_NAME] or MAIN_INPUT
        name = name if name not in taken else free_name(name.rstrip("0123456789")[: LONGEST_NAME - 4], taken)
        named.append(dataclasses.replace(entry, name=name))
    yield Fix("Rename the inputs", dataclasses.replace(case.network, inputs=tuple(named)))


@mends("unread")
def left_out(case: Case) -> Iterator[Fix | None]:
    """What could not be read left out, as if the file had never had it."""
    key = case.problem.field
    unread = tuple((name, kept) for name, kept in case.network.unread if name != key)
    network = dataclasses.replace(case.network, unread=unread)
    yield Fix(f"Leave out {shortened(key)}", network)
