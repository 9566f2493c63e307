"""The head of a network: the layers whose outputs are the classes, which other classes need anew."""

from __future__ import annotations

from explorer.core.analysis import Row, analyse
from explorer.core.block import Layer
from explorer.core.compose import Path
from explorer.core.network import Network


def heads(network: Network) -> tuple[Path, ...]:
    """The last layer with weights before the main output, and before each further output of the same length."""
    analysis = analyse(network)
    layers = [row for row in analysis.rows if isinstance(row.block, Layer) and row.enabled and row.parameters]
    sides = {output.path: output.shape == analysis.output_shape for output in analysis.further_outputs}
    found: dict[Path, Path] = {}  # by the output, the main one being at ()
    for row in layers:
        found[_side(row, sides)] = row.path
    return tuple(path for side, path in found.items() if sides.get(side, True))


def _side(row: Row, sides: dict[Path, bool]) -> Path:
    return next((path for path in sides if row.path[: len(path)] == path), ())
