"""What must hold of every drawing: nothing overlaps, nothing sticks out, every text has its room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from explorer.core.compose import Path
from explorer.core.counted import join
from explorer.gui.canvas.figure import Card, Figure, Frame, Label, Node, Pill, Point, moved
from explorer.gui.canvas.sketch import Paper


@dataclass(frozen=True)
class Box:
    """A rectangle of a drawing, with what it is."""

    low: Point
    high: Point
    what: str

    def overlaps(self, other: Box) -> bool:
        return all(self.low[a] < other.high[a] - 0.01 and other.low[a] < self.high[a] - 0.01 for a in (0, 1))

    def contains(self, other: Box) -> bool:
        return all(self.low[a] <= other.low[a] + 0.01 and other.high[a] <= self.high[a] + 0.01 for a in (0, 1))


def boxes(figure: Figure, at: Point = (0.0, 0.0), path: Path = ()) -> Iterator[Box]:
    """The faces that hold nothing else, and the labels."""
    face = figure.face
    if isinstance(face, Card | Node | Pill):
        size = (figure.across - figure.margin, figure.along)
        title = face.title if isinstance(face, Card) else face.sign if isinstance(face, Node) else face.text
        yield Box(at, moved(at, size), f"{'.'.join(path)} {title}")
    for label in figure.labels:
        yield label_box(label, at)
    for part in figure.parts:
        yield from boxes(part.figure, moved(part.at, at), join(path, part.path))


def label_box(label: Label, at: Point) -> Box:
    low = moved(label.at, at)
    return Box(low, moved(low, label.size), label.text)


def overlaps(found: Iterable[Box]) -> list[tuple[str, str]]:
    """The pairs that lie on one another."""
    waiting: list[Box] = []
    pairs = []
    for box in sorted(found, key=lambda box: box.low[1]):
        waiting = [other for other in waiting if other.high[1] > box.low[1]]
        pairs += [(box.what, other.what) for other in waiting if box.overlaps(other)]
        waiting.append(box)
    return pairs


def strays(figure: Figure) -> list[str]:
    """What sticks out of the frame, or the drawing, that it is in."""
    own = Box((0, 0), (figure.across, figure.along), "all")
    found = []
    for part in figure.parts:
        box = Box(part.at, moved(part.at, (part.figure.across, part.figure.along)), ".".join(part.path))
        if not own.contains(box):
            found.append(box.what)
        found += strays(part.figure)
    return found + [label.text for label in figure.labels if not own.contains(label_box(label, (0, 0)))]


def cramped(figure: Figure, paper: Paper) -> list[str]:
    """Cards and frames that are narrower than their words."""
    found = []
    if isinstance(figure.face, Card | Frame):
        card = figure.face if isinstance(figure.face, Card) else figure.face.card
        width, _ = paper.flow.turned(figure.across - figure.margin, figure.along)
        if width + 0.01 < paper.card_size(card)[0]:
            found.append(card.title)
    return found + [title for part in figure.parts for title in cramped(part.figure, paper)]
