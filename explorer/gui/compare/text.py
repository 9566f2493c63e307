"""A comparison as Markdown, for a report or a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.core.difference import Difference
from explorer.core.difference_words import SIGNS, headline, what_changed
from explorer.core.pair import Pair
from explorer.core.shape import format_shape
from explorer.gui import figures
from explorer.gui.compare.totals import shown
from explorer.gui.table_text import as_markdown


def markdown(difference: Difference, names: tuple[str, str], pairs: Iterable[Pair], *, flops: bool) -> str:
    """The comparison as Markdown: a sentence, the totals, and the rows of some pairs.

    Args:
        difference: What differs.
        names: What the networks are called.
        pairs: The rows, in their order.
        flops: Whether operations are FLOPs.
    """
    totals = [shown(total, flops=flops) for total in difference.totals]
    head = ("", *names, "What changed", f"Output: {names[0]}", f"Output: {names[1]}")
    blocks = [_cells(pair) for pair in pairs]
    parts = [f"**{names[0]}** and **{names[1]}**: {headline(difference)}\n"]
    parts.append(as_markdown(("", *names, "Difference"), totals))
    parts += [as_markdown(head, blocks)] if blocks else []
    return "\n".join(parts)


def _cells(pair: Pair) -> tuple[str, ...]:
    indent = "&nbsp;&nbsp;" * (len(pair.trail) - 1)
    rows = pair.left, pair.right
    names = (f"{indent}{row.name} ({row.type})" if row else "" for row in rows)
    outputs = (format_shape(row.output_shape) if row else "" for row in rows)
    return SIGNS[pair.mark] or figures.UNKNOWN, *names, what_changed(pair), *outputs
