"""The number of classes of a network, and how to give it another one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from explorer.core.analysis import Analysis, analyse
from explorer.core.block import Block
from explorer.core.compose import Path
from explorer.core.network import Network
from explorer.errors import EditError
from explorer.gui.placing import is_editable

_WIDTHS = ("out_features", "out_channels")  # the fields that say how many outputs a block has


def classes_of(analysis: Analysis) -> int | None:
    """The number of classes: the length of the output where it is a vector, else None."""
    output = analysis.output_shape
    return output[0] if output is not None and len(output) == 1 else None


def with_classes(network: Network, classes: int) -> Network:
    """The network with another number of classes, which the last block that decides it takes.

    Raises:
        EditError: If no block decides it alone.
    """
    for path, block in _from_behind(network):
        name = next((name for name in _WIDTHS if name in block.fields()), None)
        if name is None:
            continue
        edited = network.replace(path, dataclasses.replace(block, **{name: classes}))  # type: ignore[type-var]
        if analyse(edited).output_shape == (classes,):
            return edited
    raise EditError("No single block decides the number of classes; end the network with Flatten and Linear.")


def _from_behind(network: Network) -> Iterator[tuple[Path, Block]]:
    root = analyse(network).root
    pending = list(root.children) if root else []
    while pending:
        row = pending.pop()
        if is_editable(network, row.path):
            yield row.path, row.block
            pending += row.children
