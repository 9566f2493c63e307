"""The count of a block's parameters as a formula with its numbers: products for a layer, else a sum by child."""

from __future__ import annotations

from explorer.core.analysis import Row
from explorer.core.block import Layer

_MOST = 12  # children named one by one


def parameter_formula(row: Row) -> tuple[str, ...]:
    """The lines of the formula, the total last; empty where nothing is learned or the count is not known."""
    total = row.parameters
    if not total:
        return ()
    terms = _of_layer(row) if isinstance(row.block, Layer) else _of_children(row)
    return (*terms, f"= {total:,}")


def _of_layer(row: Row) -> tuple[str, ...]:
    shape = row.input_shape
    if not isinstance(row.block, Layer) or shape is None:
        return ()
    terms = (" · ".join(f"{extent:,}" for extent in term) for term in row.block.parameter_terms(shape))
    return (" + ".join(terms),)


def _of_children(row: Row) -> tuple[str, ...]:
    parts = [(child.name, child.parameters) for child in row.children if child.parameters]
    lines = [f"{'+ ' if place else ''}{name}: {number:,}" for place, (name, number) in enumerate(parts[:_MOST])]
    rest = sum(number or 0 for _, number in parts[_MOST:])
    if rest:
        lines.append(f"+ {len(parts) - _MOST} more: {rest:,}")
    return tuple(lines)
