"""Walks over a figure: what can be seen in a window, what lies at a point, where a block is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.core.compose import Path
from explorer.core.counted import join
from explorer.gui.canvas.figure import Bracket, Card, Figure, Frame, Gap, Node, Part, Pill, Point, moved

SLACK = 40  # pixels around a figure in which its lines and markers can lie


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the drawing, across and along."""

    low: Point
    high: Point

    def meets(self, at: Point, figure: Figure) -> bool:
        """Whether a figure, with some room around it, lies in it in part."""
        return (
            at[0] - SLACK <= self.high[0]
            and at[1] - SLACK <= self.high[1]
            and at[0] + figure.across + SLACK >= self.low[0]
            and at[1] + figure.along + SLACK >= self.low[1]
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure in its place in the drawing.

    Attributes:
        path: The block; that of the network for what is no block.
        at: Where it starts.
        figure: The figure.
    """

    path: Path
    at: Point
    figure: Figure

    @property
    def middle(self) -> Point:
        """The middle of its face."""
        return moved(self.at, ((self.figure.across - self.figure.margin) / 2, self.figure.along / 2))

    @property
    def is_block(self) -> bool:
        """Whether it can be selected."""
        return isinstance(self.figure.face, Card | Frame | Node)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The blocks it stands for: several for a card of equal neighbours or copies."""
        card = self.card
        return tuple((*self.path[:-1], name) for name in card.members) if card and card.members else (self.path,)

    @property
    def card(self) -> Card | None:
        """What a card, a frame or a bracket says."""
        face = self.figure.face
        return face if isinstance(face, Card) else face.card if isinstance(face, Frame | Bracket) else None

    @property
    def folds(self) -> bool:
        """Whether it can be folded or unfolded."""
        card = self.card
        return card is not None and card.folds and card.enabled

    def covers(self, point: Point) -> bool:
        """Whether a point lies on its face."""
        across, along = point[0] - self.at[0], point[1] - self.at[1]
        return 0 <= across <= self.figure.across - self.figure.margin and 0 <= along <= self.figure.along


def seen(figure: Figure, window: Window | None = None, at: Point = (0.0, 0.0), path: Path = ()) -> Iterator[Seen]:
    """All figures in a window, each before what is in it; in the whole drawing without one."""
    yield Seen(path, at, figure)
    for part in figure.parts:
        place = moved(part.at, at)
        if window is None or window.meets(place, part.figure):
            yield from seen(part.figure, window, place, join(path, part.path))


def blocks(figure: Figure, window: Window | None = None) -> Iterator[Seen]:
    """The figures that can be selected."""
    return (found for found in seen(figure, window) if found.is_block)


def at_point(figure: Figure, point: Point) -> Seen | None:
    """The innermost block or pill at a point; None on the ground."""
    window = Window(point, point)
    hit = [found for found in seen(figure, window) if _can_be_hit(found) and found.covers(point)]
    return hit[-1] if hit else None


def _can_be_hit(found: Seen) -> bool:
    return found.is_block or isinstance(found.figure.face, Pill | Bracket)


def find(figure: Figure, path: Path) -> Seen | None:
    """The figure of a block, or else of the innermost block around it that can be seen."""
    best: Seen | None = None
    for found in _towards(Seen((), (0.0, 0.0), figure), path):
        if found.is_block and (best is None or len(found.paths[0]) >= len(best.paths[0])):
            best = found
    return best


def _towards(here: Seen, path: Path) -> Iterator[Seen]:
    """The figures on the way to a block, and those in structures without a name, which may be on it."""
    for part in here.figure.parts:
        place = join(here.path, part.path)
        found = Seen(place, moved(part.at, here.at), part.figure)
        if any(path[: len(one)] == one and one for one in found.paths):
            yield found
            yield from _towards(found, path)
        elif _may_hold(part, place, path):
            yield from _towards(found, path)


def _may_hold(part: Part, place: Path, path: Path) -> bool:
    """Whether a figure that is not on the way by its name may still hold the block."""
    if not part.path:
        return True
    return place[-1].startswith("#") and place[:-1] == path[: len(place) - 1]


def gaps(figure: Figure, window: Window) -> Iterator[tuple[Point, Gap, Path]]:
    """The places in a window where blocks can be put, each with the structure that holds it."""
    for found in seen(figure, window):
        for gap in found.figure.gaps:
            yield moved(gap.at, found.at), gap, join(found.path, gap.into) if gap.into else found.path


def pill(figure: Figure, role: str) -> Seen | None:
    """The first end of the network by its role."""
    ends = (found for found in seen(figure) if isinstance(found.figure.face, Pill) and found.figure.face.role == role)
    return next(ends, None)
