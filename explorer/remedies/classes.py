"""The number of classes of a network, and how to give it another one."""

from __future__ import annotations

import operator
from collections.abc import Iterator

from explorer.core.address import named_like
from explorer.core.analysis import Analysis, analyse
from explorer.core.block import Block
from explorer.core.compose import MAIN_OUTPUT, Path
from explorer.core.network import Network
from explorer.errors import EditError
from explorer.remedies.base import place_of
from explorer.remedies.changes import with_values

_WIDTHS = ("out_features", "mlp", "out_channels")  # the fields that say how many outputs a block has, by precedence


def classes_of(analysis: Analysis) -> int | None:
    """The number of classes: the length of the output where it is a vector, else None."""
    output = analysis.output_shape
    return output[0] if output is not None and len(output) == 1 else None


def with_classes(network: Network, classes: int) -> Network:
    """The network with another number of classes, which the last block that decides it takes.

    Further outputs that learn the classes, such as auxiliary classifiers, follow; one that nothing decides stays.

    Raises:
        EditError: If no block decides the main output alone.
    """
    edited = _with_length(network, MAIN_OUTPUT, classes)
    if edited is None:
        raise EditError("No single block decides the number of classes; end the network with Flatten and Linear.")
    for output in analyse(edited).further_outputs:
        if len(output.shape) == 1 and output.weight > 0.0 and place_of(network, output.path)[0] == output.path:
            inside = named_like(edited.body, output.path)
            edited = _with_length(edited, output.name, classes, inside) or edited
    return edited


def _with_length(network: Network, output: str, length: int, inside: tuple[frozenset[str], ...] = ()) -> Network | None:
    """The network with an output of another length, by one block, under certain names; None where none decides it."""
    if analyse(network).outputs.get(output) == (length,):
        return network
    for path, block in _from_behind(network):
        lies_inside = len(path) >= len(inside) and all(map(operator.contains, inside, path))
        wide = _with_width(block, length) if lies_inside else None
        edited = network.replace(path, wide) if wide is not None else network
        if analyse(edited).outputs.get(output) == (length,):
            return edited
    return None


def _with_width(block: Block, width: int) -> Block | None:
    """The block with that many outputs; None where no field of it says how many."""
    for name in _WIDTHS:
        value = getattr(block, name, None)
        if isinstance(value, int | tuple) and value != ():
            new = (*value[:-1], width) if isinstance(value, tuple) else width
            return with_values(block, **{name: new})
    return None


def _from_behind(network: Network) -> Iterator[tuple[Path, Block]]:
    root = analyse(network).root
    pending = list(root.children) if root else []
    while pending:
        row = pending.pop()
        if place_of(network, row.path)[0] == row.path:
            yield row.path, row.block
            pending += row.children
