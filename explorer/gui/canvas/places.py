"""Places for blocks in a drawing: which gap a pointer means, and what lands there."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Path
from explorer.core.network import Network
from explorer.errors import EditError
from explorer.gui.canvas.figure import Figure, Gap, Point
from explorer.gui.canvas.walk import SLACK, Window, gaps

NEAR = 160.0  # pixels around the pointer in which a place is looked for first
FURTHER = 4  # times as far each time that there is none


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks land.

    Attributes:
        into: The structure; empty for the network.
        index: The place among its slots.
        branch: Whether what lands becomes a branch of its own.
        at: Where the marker stands, across and along.
        reach: How far it goes to both sides.
    """

    into: Path
    index: int
    branch: bool
    at: Point
    reach: float


def nearest(figure: Figure, network: Network, point: Point) -> Place | None:
    """The place in a structure a person can edit that is nearest to a point, however far; None where there is none."""
    near = NEAR
    while True:
        place = _within(near, figure, network, point)
        if place is not None or _reaches_all(near, figure, point):
            return place
        near *= FURTHER


def _within(near: float, figure: Figure, network: Network, point: Point) -> Place | None:
    window = Window((point[0] - near, point[1] - near), (point[0] + near, point[1] + near))
    found = sorted(((_distance(at, gap, point), at, gap, into) for at, gap, into in gaps(figure, window)), key=_first)
    for distance, at, gap, into in found:
        if distance > near:
            break
        if _takes(network, into, gap):
            return Place(into, gap.index, gap.branch, at, gap.reach)
    return None


def _reaches_all(near: float, figure: Figure, point: Point) -> bool:
    """Whether nothing of a figure can be further away, twice over: a distance across may count twice."""
    across = max(abs(point[0]), abs(point[0] - figure.across))
    along = max(abs(point[1]), abs(point[1] - figure.along))
    return near > 2 * (across + along + SLACK)


def _first(found: tuple[float, Point, Gap, Path]) -> float:
    return found[0]


def _distance(at: Point, gap: Gap, point: Point) -> float:
    across, along = abs(at[0] - point[0]), abs(at[1] - point[1])
    if gap.branch:  # a new branch is meant only beside the others
        return across * 2 + max(0.0, along - gap.reach)
    return along + max(0.0, across - gap.reach)


def _takes(network: Network, into: Path, gap: Gap) -> bool:
    try:
        structure = network.block(into)
    except EditError:
        return False
    if gap.branch:
        return isinstance(structure, Add | Concat | Multiply)
    return isinstance(structure, Chain | Output) or bool(gap.into)  # a branch becomes a chain where it is none
