"""Search by subsequence: the letters of what was typed, in their order, with others between them."""

from __future__ import annotations


def match(pattern: str, text: str) -> tuple[int, ...] | None:
    """Positions in ``text`` of the letters of ``pattern``, without regard to case and spaces; None without a match.

    Of all ways to match, the one with the tightest run that ends first is taken, and a run from the start of a word is
    preferred.
    """
    wanted = "".join(pattern.lower().split())
    if not wanted:
        return ()
    lowered = text.lower()
    found = [_greedy(wanted, lowered, start) for start, letter in enumerate(lowered) if letter == wanted[0]]
    matches = [positions for positions in found if positions is not None]
    return min(matches, key=lambda positions: _cost(positions, text)) if matches else None


def cost(pattern: str, text: str) -> float:
    """How far a match is from the text being what was typed; infinite without a match."""
    positions = match(pattern, text)
    return float("inf") if positions is None else _cost(positions, text) + len(text) / 100


def _greedy(wanted: str, text: str, start: int) -> tuple[int, ...] | None:
    positions = []
    for letter in wanted:
        place = text.find(letter, start)
        if place < 0:
            return None
        positions.append(place)
        start = place + 1
    return tuple(positions)


def _cost(positions: tuple[int, ...], text: str) -> float:
    if not positions:
        return 0.0
    gaps = positions[-1] - positions[0] + 1 - len(positions)
    first = positions[0]
    starts_word = first == 0 or not text[first - 1].isalnum() or (text[first].isupper() and text[first - 1].islower())
    return gaps + (0.0 if first == 0 else 0.5 if starts_word else 2.0)
