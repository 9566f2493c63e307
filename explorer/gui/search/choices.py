"""What the command palette offers, and in which order: the nearest to what is typed first, else what was used last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from explorer.gui.search.subsequence import cost

LONGEST_MEMORY = 20  # choices that are remembered


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done.

    Attributes:
        key: Its name for programs, by which it is remembered.
        text: Its name for people.
        run: Does it.
        detail: Where it stands: the menu, or what is done with it.
        keys: The keys that do the same.
        category: The category of a block, for its mark.
        reason: Why it cannot be done now; empty where it can.
    """

    key: str
    text: str
    run: Callable[[], object]
    detail: str = ""
    keys: str = ""
    category: str = ""
    reason: str = ""


def ranked(choices: Iterable[Choice], pattern: str, recent: Sequence[str]) -> list[Choice]:
    """The choices that a pattern finds, the nearest first; all for an empty one, those used last first.

    Args:
        choices: All of them, in the order in which those stand that are equally near.
        pattern: Letters of their names.
        recent: Keys, the last one used first.
    """
    last = {key: place for place, key in enumerate(recent)}
    found = [(cost(pattern, choice.text) if pattern.strip() else 0.0, choice) for choice in choices]
    near = [(distance, choice) for distance, choice in found if distance < float("inf")]
    near.sort(key=lambda pair: (round(pair[0], 6), last.get(pair[1].key, len(last))))
    return [choice for _, choice in near]


def remembered(recent: Sequence[str], key: str) -> list[str]:
    """The keys with one in front that has just been used."""
    return [key, *(other for other in recent if other != key)][:LONGEST_MEMORY]
