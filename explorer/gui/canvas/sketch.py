"""The pieces of a figure while it is made, and the sizes they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from explorer.core.compose import Path
from explorer.core.shape import Shape, format_shape
from explorer.gui.canvas.figure import (
    Card,
    Face,
    Figure,
    Flow,
    Gap,
    Label,
    Line,
    Loose,
    Part,
    Point,
    Stroke,
    moved,
)

Font: TypeAlias = Literal["title", "words", "label"]
Measure: TypeAlias = Callable[[str, Font], float]  # the width of a text in pixels

LABEL_HEIGHT = 15
EDGE = 26  # from a card to the next one, with a label beside the line
LEAD = 14  # from the border of a frame, or a fork, to the first card
ROW, TALL = 28, 46  # heights of cards with one and with two lines
HEADER = 28  # of the strip with the title of a frame
PAD = 14  # from the border of a frame to what is inside, across
LOOP = 30  # beside a folded card with a shortcut
NARROWEST = 150


@dataclass(slots=True)
class Paper:
    """What all of a drawing has in common.

    Attributes:
        flow: Its direction.
        measure: How wide texts are.
    """

    flow: Flow
    measure: Measure

    def size(self, width: float, height: float) -> Point:
        """Extents across and along of something that is so wide and high."""
        return self.flow.turned(width, height)

    def label_size(self, shape: Shape | None) -> Point:
        """The room that a shape beside a line takes."""
        return self.size(self.measure(shape_text(shape), "label"), LABEL_HEIGHT)

    def edge(self, shape: Shape | None) -> float:
        """The length of a line with a shape beside it."""
        return EDGE if self.flow.vertical else self.label_size(shape)[1] + 20

    def beside(self, shape: Shape | None, axis: float, middle: float) -> Label:
        """A shape beside a line along the flow: at its right, or above it."""
        across, along = self.label_size(shape)
        start = axis + 7 if self.flow.vertical else max(0.0, axis - across - 3)
        return Label(shape_text(shape), (start, middle - along / 2), (across, along))

    def card_size(self, card: Card) -> tuple[float, float]:
        """Width and height of a card, in pixels on the screen, with room for all of its words."""
        title, words = self.measure(card.title, "title"), self.measure(card.words, "words")
        count = self.measure(f"× {card.count}", "title") + 18 if card.count > 1 else 0
        name = self.measure(card.name, "words") + 8 if card.name else 0
        marks = 16 * (bool(card.problem) + card.noted)
        if card.tall:
            width = max(title + name + count + marks, words) + 34
        else:
            width = title + name + (words + 18 if words else 0) + count + marks + 30
        return max(NARROWEST, width), TALL if card.tall else ROW


def shape_text(shape: Shape | None) -> str:
    """A shape as it stands beside a line."""
    return "?" if shape is None else format_shape(shape)


@dataclass(slots=True)
class Sketch:
    """The pieces of a figure while it is made."""

    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)

    def put(self, figure: Figure, at: Point, path: Path = (), *, is_closed: bool = False) -> None:
        """Places a figure; connections out of a closed one are not followed."""
        self.parts.append(Part(at, path, figure))
        if not is_closed:
            self.loose += (Loose(end.tap, moved(end.at, at)) for end in figure.loose)

    def line(self, *points: Point, stroke: Stroke = "flow", arrow: bool = False) -> None:
        """Draws a line; one without length is left out."""
        if len(set(points)) > 1:
            self.lines.append(Line(points, stroke, arrow))

    def label(self, label: Label) -> None:
        """Writes beside a line."""
        self.labels.append(label)

    def finished(self, across: float, along: float, axis: float, face: Face | None = None, margin: float = 0) -> Figure:
        """The figure, so large that its labels are in it."""
        across = max((across, *(label.at[0] + label.size[0] for label in self.labels)))
        return Figure(
            across, along, axis, face, margin, tuple(self.parts), tuple(self.lines), tuple(self.labels),
            tuple(self.gaps), tuple(self.loose),
        )  # fmt: skip
