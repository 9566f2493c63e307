"""What a layout is made of: figures placed in figures, the lines between them, and what is written on them.

Coordinates are pixels at zoom 1, *across* and *along* the flow: for a network drawn from top to bottom these are x and
y, for one drawn from left to right y and x (:class:`Flow`). A figure starts at (0, 0) and knows nothing of what is
around it, so equal parts of a network share one figure, and an edit makes new figures only on the way to the edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.core.block import Category
from explorer.core.compose import Path

Point: TypeAlias = tuple[float, float]  # across, along
Shortcut: TypeAlias = Literal["identity", "projection", "zero_pad"]
Stroke: TypeAlias = Literal["flow", "identity", "projection", "zero_pad", "tap", "frozen"]


@dataclass(frozen=True, slots=True)
class Flow:
    """The direction of a drawing.

    Attributes:
        vertical: From top to bottom, else from left to right.
    """

    vertical: bool = True

    def turned(self, first: float, second: float) -> Point:
        """From (across, along) to (x, y) and back."""
        return (first, second) if self.vertical else (second, first)


@dataclass(frozen=True, slots=True)
class Card:
    """A block as one card.

    Attributes:
        title: The kind of block.
        name: Its name, where a person needs it to tell it from others.
        words: The telling fields.
        category: What it is coloured by.
        parameters: What it has of them, for the bar of its share.
        count: How many equal blocks it stands for.
        members: The names in their scope of the blocks it stands for, where it has none of its own.
        shortcut: The shortcut around what is inside.
        folds: Whether there is something inside to look at.
        enabled: Whether it takes part.
        problem: What is wrong with it or inside, as a sentence.
        noted: Whether it has a note.
        tall: Whether the words stand below the title.
    """

    title: str
    name: str
    words: str
    category: Category
    parameters: int = 0
    count: int = 1
    members: tuple[str, ...] = ()
    shortcut: Shortcut | None = None
    folds: bool = False
    enabled: bool = True
    problem: str = ""
    noted: bool = False
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A block that is unfolded: a card around what is inside.

    Attributes:
        card: What the card says when it is folded.
        header: Extent of the strip with the title, in y.
    """

    card: Card
    header: float


@dataclass(frozen=True, slots=True)
class Node:
    """Where branches meet."""

    sign: str  # +, × or ‖
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pill:
    """An end of the flow: an input or an output of the network."""

    text: str
    role: Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class Bracket:
    """What holds equal neighbours together that are unfolded."""

    card: Card


Face: TypeAlias = Card | Frame | Node | Pill | Bracket


@dataclass(frozen=True, slots=True)
class Line:
    """A line with round corners.

    Attributes:
        points: Its corners.
        stroke: What it says: identity shortcuts are solid, projections dashed, zero-padding dotted.
        arrow: Whether it ends in a head.
    """

    points: tuple[Point, ...]
    stroke: Stroke = "flow"
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Small text beside a line.

    Attributes:
        text: What it says.
        at: Its corner with the smallest coordinates.
        size: Its extents across and along.
    """

    text: str
    at: Point
    size: Point


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where blocks can be put.

    Attributes:
        at: The middle of it.
        reach: How far a marker goes to both sides, across.
        into: The structure from the figure on: empty for the one that the figure shows.
        index: The place among the slots of that structure.
        branch: Whether what lands there becomes a branch of its own.
    """

    at: Point
    reach: float
    index: int
    into: Path = ()
    branch: bool = False


@dataclass(frozen=True, slots=True)
class Loose:
    """The end of a connection across levels whose tap stands further out."""

    tap: str
    at: Point


@dataclass(frozen=True, slots=True)
class Part:
    """A figure in its place.

    Attributes:
        at: Where it starts.
        path: The block from the figure around on; empty for something that is no block.
        figure: What is there.
    """

    at: Point
    path: Path
    figure: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A part of the drawing.

    Attributes:
        across: Extent across the flow.
        along: Extent along the flow.
        axis: Where the flow enters and leaves, across.
        face: What is painted in its own right, over all of the figure but its margin; None for a mere arrangement.
        margin: Room beside the face, at the far side across.
        parts: What is in it.
        lines: The lines between the parts.
        labels: What is written beside them.
        gaps: Where blocks can be put.
        loose: Connections that lead further out.
    """

    across: float
    along: float
    axis: float
    face: Face | None = None
    margin: float = 0
    parts: tuple[Part, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    gaps: tuple[Gap, ...] = ()
    loose: tuple[Loose, ...] = ()


def moved(point: Point, by: Point) -> Point:
    """The point seen from further out."""
    return point[0] + by[0], point[1] + by[1]
