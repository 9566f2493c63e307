"""Connections across levels: arcs beside a chain, each in a lane that no other one uses at the same height."""

from __future__ import annotations

from explorer.gui.canvas.figure import Point
from explorer.gui.canvas.sketch import Sketch

FIRST_LANE, LANE = 18, 14  # pixels


class Arcs:
    """The arcs of one chain.

    Args:
        across: What the chain takes; the lanes lie behind it.
    """

    def __init__(self, across: float) -> None:
        self._across = across
        self._ends: list[tuple[Point, Point]] = []

    def connect(self, tap: Point, recall: Point) -> None:
        """Leads an arc from a tap to where it is recalled."""
        self._ends.append((tap, recall))

    def draw(self, sketch: Sketch) -> float:
        """Draws the arcs, the short ones nearest to the chain; gives what chain and lanes take across."""
        lanes: list[list[tuple[float, float]]] = []
        for tap, recall in sorted(self._ends, key=lambda ends: abs(ends[1][1] - ends[0][1])):
            span = (min(tap[1], recall[1]), max(tap[1], recall[1]))
            place = next((n for n, lane in enumerate(lanes) if _is_free(lane, span)), len(lanes))
            if place == len(lanes):
                lanes.append([])
            lanes[place].append(span)
            lane = self._across + FIRST_LANE + place * LANE
            sketch.line(tap, (lane, tap[1]), (lane, recall[1]), recall, stroke="tap", arrow=True)
        return self._across + (FIRST_LANE + len(lanes) * LANE if lanes else 0)


def _is_free(lane: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    return all(span[1] < low or high < span[0] for low, high in lane)
