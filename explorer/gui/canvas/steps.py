"""Where the arrow keys lead from a block: along the flow, or to the column beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from explorer.core.counted import join
from explorer.gui.canvas.figure import Figure, Frame, Node, moved
from explorer.gui.canvas.walk import Seen, blocks, seen

Direction: TypeAlias = Literal["back", "on", "before", "behind"]  # against and with the flow, and across it


def next_to(figure: Figure, start: Seen, direction: Direction) -> Seen | None:
    """The block to which a key leads; None where there is none."""
    if direction in ("back", "on"):
        return _along(figure, start, 1 if direction == "on" else -1)
    return _beside(figure, start, 1 if direction == "behind" else -1)


def _along(figure: Figure, start: Seen, sign: int) -> Seen | None:
    steps = ((_step(start, found, sign), found) for found in blocks(figure) if not _is_same(found, start))
    return _nearest(start, ((step, found) for step, found in steps if step > 0), 0)


def _step(start: Seen, found: Seen, sign: int) -> float:
    """How far a block lies along the flow, by the edges that matter for those in one another."""
    if isinstance(found.figure.face, Frame) or isinstance(start.figure.face, Frame):
        return sign * (found.at[1] - start.at[1])
    return sign * (found.middle[1] - start.middle[1])


def _beside(figure: Figure, start: Seen, sign: int) -> Seen | None:
    """The nearest block in the next column: of the merge around, else of the one around that, within one frame."""
    for around in _structures(figure, start):
        if any(isinstance(part.figure.face, Node) for part in around.figure.parts):
            inside = (found for found in seen(around.figure, None, around.at, around.path) if found.is_block)
            columns = ((_gap(start, found, sign), found) for found in inside)
            best = _nearest(start, ((gap, found) for gap, found in columns if gap >= 0), 1)
            if best is not None:
                return best
        if isinstance(around.figure.face, Frame):
            return None
    return None


def _structures(figure: Figure, start: Seen) -> Iterator[Seen]:
    """What is around a block, from the inside out."""
    way = _way(Seen((), (0.0, 0.0), figure), start)
    return reversed(way or [])


def _way(here: Seen, start: Seen) -> list[Seen] | None:
    """The figures from the outside in that hold a block."""
    for part in here.figure.parts:
        found = Seen(join(here.path, part.path), moved(part.at, here.at), part.figure)
        if _is_same(found, start):
            return [here]
        if _holds(found, start):
            way = _way(found, start)
            if way is not None:
                return [here, *way]
    return None


def _holds(found: Seen, start: Seen) -> bool:
    """Whether a block can lie in a figure."""
    low, high = found.at, moved(found.at, (found.figure.across, found.figure.along))
    return all(low[axis] - 1 <= start.at[axis] <= high[axis] + 1 for axis in (0, 1))


def _is_same(found: Seen, start: Seen) -> bool:
    return found.figure is start.figure and found.at == start.at


def _gap(start: Seen, found: Seen, sign: int) -> float:
    """What lies between two blocks across the flow; below zero where one stands behind the other."""
    (low, high), (begin, end) = _columns(start), _columns(found)
    return begin - high if sign > 0 else low - end


def _columns(found: Seen) -> tuple[float, float]:
    return found.at[0], found.at[0] + found.figure.across - found.figure.margin


def _nearest(start: Seen, steps: Iterable[tuple[float, Seen]], aside: int) -> Seen | None:
    """The block with the least distance; a way to the side counts twice.

    Args:
        start: Where from.
        steps: The blocks, each with its distance in the direction.
        aside: The axis of the other direction.
    """
    here = start.middle[aside]
    return min(steps, key=lambda pair: pair[0] + 2 * abs(pair[1].middle[aside] - here), default=(0.0, None))[1]
