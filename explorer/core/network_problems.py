"""Problems of a network as a whole: its inputs, the names of its outputs, and what its file had in no readable form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from explorer.core.block import Layer
from explorer.core.compose import MAIN_OUTPUT, Output, Path
from explorer.core.counted import MAX_PROBLEMS, Counted, Problem, join, slot_path
from explorer.core.fields import shortened
from explorer.core.names import LONGEST_NAME
from explorer.core.network import PLACEHOLDERS, Input, Network
from explorer.core.shape import MAX_CHANNELS, MAX_IMAGE, format_shape


def input_problems(inputs: tuple[Input, ...]) -> Iterator[Problem]:
    """Inputs without a shape, beyond the limits or of one name."""
    remedy = "Give it as channels, height and width, such as 3 × 224 × 224."
    if not inputs:
        yield Problem((), "The network has no input.", remedy, "inputs", "no_input")
    for entry in inputs:
        what, shape = f"The input {shortened(entry.name)!r}", entry.shape
        if not shape or min(shape) < 1:
            message = f"{what} has no shape of whole numbers from 1."
            yield Problem((), message, remedy, "inputs", "input_shape")
        elif len(shape) > 4 or max(shape[1:], default=1) > MAX_IMAGE or shape[0] > MAX_CHANNELS:
            limits = f"{MAX_CHANNELS:,} channels of {MAX_IMAGE:,} × {MAX_IMAGE:,} pixels"
            message = f"{what} is {format_shape(shape)}; the most allowed is {limits}."
            yield Problem((), message, remedy, "inputs", "input_shape")
    names = [entry.name for entry in inputs]
    if len(set(names)) < len(names) or not all(1 <= len(name) <= LONGEST_NAME for name in names):
        rule = f"names of their own, of 1 to {LONGEST_NAME} characters"
        yield Problem((), f"The inputs need {rule}.", "Rename one of them.", "inputs", "input_name")


def document_problems(network: Network) -> Iterator[Problem]:
    """What the file of the network had in no readable form."""
    remedy = "Open the file in a text editor and mend it, or save it from the version that wrote it."
    for key, kept in network.still_unread.items():
        if key in PLACEHOLDERS:
            message = f"The {key} in the file is {kept}, which cannot be read."
        else:
            message = f"The file has a key {shortened(key)!r} that this version does not know."
        yield Problem((), message, remedy, key, "unread")


def output_problems(counted: Counted) -> Iterator[Problem]:
    """Names that are taken, at the blocks that take them a second time."""
    taken, again = {MAIN_OUTPUT}, []
    for output in counted.outputs:
        if output.name in taken:
            again.append(output)
        taken.add(output.name)
    for output in again[:MAX_PROBLEMS]:
        whose = "The main output" if output.name == MAIN_OUTPUT else "Another output"
        message = f"{whose} is called {shortened(output.name)!r} already."
        yield Problem(output.path, message, "Give this output a name of its own.", "name", "output_name", Output.noun)


def shared_inputs(inputs: tuple[Input, ...], counted: Counted) -> Iterator[Problem]:
    """Layers that take a further input by a name that an input of the network has: one value cannot be both."""
    names = {entry.name for entry in inputs[1:]}  # the first is given without its name
    if not names:
        return
    found = ((path, layer) for path, layer in layers_with_more(counted) if layer.optional_input in names)
    for path, layer in itertools.islice(found, MAX_PROBLEMS):
        name = layer.optional_input
        message = f"{layer.type_name()} takes an input {name!r} of its own, but the network has one of that name."
        remedy = "Give the network's input another name, also where it is recalled."
        yield Problem(path, message, remedy, noun=layer.called())


def layers_with_more(counted: Counted, path: Path = ()) -> Iterator[tuple[Path, Layer]]:
    """The layers whose module takes something beside what arrives, with their paths."""
    if isinstance(counted.block, Layer) and counted.block.optional_input:
        yield path, counted.block
    for index, (slot, child, _) in enumerate(counted.children):
        if slot.enabled:
            yield from layers_with_more(child, join(path, slot_path(slot, index)))
