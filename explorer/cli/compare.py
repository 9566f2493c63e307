"""``compare``: what was added, removed and changed between two networks, and their totals."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from explorer.cli.choose import choose_network
from explorer.cli.terminal import say, say_json, table
from explorer.core.analysis import Row
from explorer.core.difference import Difference, compare
from explorer.core.difference_totals import Total
from explorer.core.difference_words import (
    NOTHING,
    SIGNS,
    different,
    headline,
    ratio,
    step,
    titles,
    value,
    what_changed,
)
from explorer.core.pair import Change, Pair
from explorer.core.shape import format_shape


def run(options: argparse.Namespace) -> int:
    """Shows the comparison."""
    left, right = (
        choose_network(name, input_shape=options.input, classes=options.classes, options=chosen)
        for name, chosen in ((options.left, options.left_option), (options.right, options.right_option))
    )
    difference = compare(left, right)
    if options.json:
        say_json(to_json(difference))
        return 0
    for line in _lines(difference, inside=options.inside):
        say(line)
    return 0


def to_json(difference: Difference) -> dict[str, Any]:
    """The comparison for programs; the outermost differences alone."""
    return {
        "left": difference.left.network.name,
        "right": difference.right.network.name,
        "empty": difference.is_empty,
        "totals": {total.key: _total(total) for total in difference.totals},
        "network": [_change(change) for change in difference.network_changes],
        "blocks": [_block(pair) for pair in difference.pairs],
    }


def _total(total: Total) -> dict[str, Any]:
    sides = {key: list(side) if isinstance(side, tuple) else side for key, side in _sides(total)}
    return {**sides, "difference": total.difference, "ratio": total.ratio}


def _sides(total: Total) -> tuple[tuple[str, Any], ...]:
    return ("left", total.left), ("right", total.right)


def _change(change: Change) -> dict[str, str]:
    return {"field": change.field, "left": str(change.left), "right": str(change.right)}


def _block(pair: Pair) -> dict[str, Any]:
    rows = {"left": pair.left, "right": pair.right}
    return {
        "mark": pair.mark,
        **{side: ".".join(row.path) if row else None for side, row in rows.items()},
        "moved": pair.is_moved,
        "changes": [_change(change) for change in pair.changes],
    }


def _lines(difference: Difference, *, inside: bool) -> Iterator[str]:
    names = titles(difference)
    yield f"{names[0]} and {names[1]}: {headline(difference)}"
    yield ""
    rows = [_cells(depth, pair) for depth, pair in different(difference.root.children, inside=inside)]
    if rows:
        head = ("", "block", "type", "what changed", "output", "parameters", "", "MACs", "")
        yield table(head, rows, numbers=(5, 6, 7, 8))
        yield ""
    totals = [(t.label, value(t.left), value(t.right), step(t), ratio(t)) for t in difference.totals]
    yield table(("", *names, "difference", "ratio"), totals, numbers=(1, 2, 3, 4))
    for side in (difference.left, difference.right):
        if side.partial:
            yield f"Problem  {side.network.name}: {side.problems[0]} What lies behind it is not counted."


def _cells(depth: int, pair: Pair) -> tuple[str, ...]:
    rows = pair.left, pair.right
    row = pair.right or pair.left
    return (
        SIGNS[pair.mark],
        "  " * depth + (row.name if row else ""),
        row.type if row else "",
        what_changed(pair),
        _either(*(format_shape(side.output_shape) if side else "" for side in rows)),
        *(_number(side, side.parameters if side else None) for side in rows),
        *(_number(side, side.macs if side else None) for side in rows),
    )


def _either(left: str, right: str) -> str:
    return left if left == right else " → ".join(text for text in (left, right) if text)


def _number(row: Row | None, number: int | None) -> str:
    return "" if row is None else NOTHING if number is None else f"{number:,}"
