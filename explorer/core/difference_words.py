"""How a comparison is put into words: signs, what changed, and figures with their differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from explorer.core.difference import Difference
from explorer.core.difference_totals import Total, Value
from explorer.core.fields import shortened
from explorer.core.pair import Change, Mark, Pair
from explorer.core.shape import format_shape

# A mark is never told by colour alone. ASCII where it reads as well; the minus is as wide as the plus.
SIGNS: Mapping[Mark, str] = {
    "same": "",
    "shapes": "≈",
    "inside": "·",
    "changed": "~",
    "added": "+",
    "removed": "−",
}
NOTHING = "—"
Writer: TypeAlias = Callable[[int], str]

_SAYS: Mapping[str, Callable[[object], str]] = {
    "enabled": lambda on: "on" if on else "off",
    "frozen": lambda frozen: "frozen" if frozen else "trained",
}


def what_changed(pair: Pair) -> str:
    """What became of a block, such as ``kernel_size 3 → 5``; empty for one that is the same."""
    if pair.mark in ("added", "removed"):
        where = {"added": "moved here", "removed": "moved away"}
        return where[pair.mark] if pair.is_moved else pair.mark
    if pair.mark == "inside":
        return "changed inside"
    return "; ".join(map(says, pair.changes)) or (_shape_words(pair) if pair.mark == "shapes" else "")


def says(change: Change) -> str:
    """One change, such as ``kernel_size 3 → 5``."""
    if change.field == "note" and not (change.left and change.right):
        return "note removed" if change.left else f"note “{shortened(str(change.right))}”"
    word = _SAYS.get(change.field, _value)
    return f"{change.field.replace('frozen', 'weights')} {word(change.left)} → {word(change.right)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " × ".join(map(str, value))
    return str(value) if value not in ("", None) else NOTHING


def _shape_words(pair: Pair) -> str:
    if pair.left is None or pair.right is None:
        return ""
    shapes = pair.left.output_shape, pair.right.output_shape
    if shapes[0] != shapes[1]:
        return f"gives {format_shape(shapes[0])} → {format_shape(shapes[1])}"
    return "takes another shape" if pair.left.input_shape != pair.right.input_shape else "costs changed"


def headline(difference: Difference) -> str:
    """How much differs, in one sentence."""
    counts = {mark: sum(pair.mark == mark for pair in difference.pairs) for mark in ("added", "removed", "changed")}
    words = [f"{number:,} {mark}" for mark, number in counts.items() if number]
    words += [says(change) for change in difference.network_changes]
    if words:
        return f"{', '.join(words)}."
    if difference.is_regrouped:
        return "The blocks are the same; their numbers, structures without a name or what is switched off differ."
    return "No differences."


def titles(difference: Difference) -> tuple[str, str]:
    """What the two networks are called; two of one name also by the options of the zoo in which they differ."""
    left, right = (analysis.network for analysis in (difference.left, difference.right))
    if left.name != right.name or not left.provenance or not right.provenance:
        return left.name, right.name
    ours, theirs = dict(left.provenance.options), dict(right.provenance.options)
    other = [key for key in ours if key in theirs and ours[key] != theirs[key]]
    words = [", ".join(f"{key} {options[key]}" for key in other) for options in (ours, theirs)]
    return (f"{left.name} ({words[0]})", f"{right.name} ({words[1]})") if other else (left.name, right.name)


def value(figure: Value, number: Writer = "{:,}".format) -> str:
    """A figure of one network.

    Args:
        figure: The left or right value of a total.
        number: How numbers are written.
    """
    if figure is None:
        return NOTHING
    return format_shape(figure) if isinstance(figure, tuple) else number(figure)


def step(total: Total, number: Writer = "{:,}".format) -> str:
    """The difference with its sign; a word where there is no number."""
    if total.left == total.right:
        return "same"
    if total.difference is None:
        return "other" if total.left is not None and total.right is not None else NOTHING
    return f"{'+' if total.difference > 0 else SIGNS['removed']}{number(abs(total.difference))}"


def ratio(total: Total) -> str:
    """How many times the left figure the right one is, such as ``× 1.865``; empty where that says nothing."""
    if total.ratio is None or total.left == total.right:
        return ""
    return f"× {total.ratio:,.0f}" if total.ratio >= 1_000 else f"× {total.ratio:.4g}"


def different(pairs: tuple[Pair, ...], *, inside: bool = False, depth: int = 0) -> Iterator[tuple[int, Pair]]:
    """The blocks that differ with those around them, and how deep each stands.

    Args:
        pairs: Where to look.
        inside: Whether to look into composites that changed as well.
        depth: Of the pairs.
    """
    for pair in pairs:
        if pair.mark in ("same", "shapes"):
            continue
        yield depth, pair
        if pair.mark in ("changed", "inside"):
            yield from different(pair.children if inside else pair.parts, inside=inside, depth=depth + 1)
