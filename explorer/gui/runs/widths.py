"""How wide the columns of a table are: whole where there is room, and else cut only where there are words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """What a column needs.

    Attributes:
        whole: The width at which nothing in it is cut off, in pixels.
        least: The width down to which its words may be cut short; for figures the same, since half a figure is another.
    """

    whole: int
    least: int


def shared_out(needs: Sequence[Need], room: int) -> list[int]:
    """The widths of columns that stand side by side.

    Where all are whole, what is left over is nobody's. Where they are not, each gives up the same share of what it can
    do without, and where even that is too little, all have their least and the table scrolls.

    Args:
        needs: What each needs.
        room: The pixels there are for all of them.
    """
    least = sum(need.least for need in needs)
    spare = sum(need.whole - need.least for need in needs)
    given = min(max(room - least, 0), spare)
    return [need.least + (need.whole - need.least) * given // (spare or 1) for need in needs]
