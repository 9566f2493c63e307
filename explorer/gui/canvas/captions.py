"""What is written beside a diagram that is seen from afar, in letters that keep their size: its big structure.

Each stage has a caption of its own; so has every other block while there is room. Where there is none, the layers
before the first stage are the stem, those behind the last one the head. Without Qt, in pixels of the screen from the
corner of the figure.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from explorer.gui.canvas.figure import Bracket, Card, Figure, Flow, Frame, Node, Pill, Point, moved
from explorer.gui.canvas.sketch import Measure

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
LINE = 15.0  # pixels on the screen: the height of a caption
BESIDE = 8.0  # pixels between the figure and its captions
FLAG = 3.0  # pixels from the line that leads to a caption to its first letter
MOST_LINES = 4  # of captions above a figure
SLANTED = 1.5 * LINE  # pixels from a slanted caption to the next one
MOST_KINDS = 4  # that are named in one caption
_COUNTED = re.compile(r"\d+ × [A-Z]")  # words that begin with the kind of what is inside
_MERGES = {"+": "sum", "×": "product", "‖": "concatenation"}


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption in its place.

    Attributes:
        text: What it says.
        left: Where it starts, in x.
        middle: The middle of its line, in y.
        width: Its extent in x.
        mark: Where a thin line leads down to what it is about, in x; None where that is beside it.
        is_slanted: Whether it goes up to the right, by half of a right angle.
        short: What it says at the left of a figure where there is no room for all of it.
    """

    text: str
    left: float
    middle: float
    width: float
    mark: float | None = None
    is_slanted: bool = False
    short: str = ""

    @property
    def box(self) -> Box:
        """What it takes: left, top, right and bottom."""
        if not self.is_slanted:
            return self.left, self.middle - LINE / 2, self.left + self.width, self.middle + LINE / 2
        reach = (self.width + LINE / 2) / math.sqrt(2)
        return self.left - LINE / 2, self.middle - reach, self.left + reach, self.middle + LINE / 2


@dataclass(frozen=True, slots=True)
class _Entry:
    """A block of the network itself, or some neighbours.

    Attributes:
        title: What it is called.
        words: What else there is to say.
        kinds: The kinds of its blocks, for a caption of several.
        is_stage: Whether there is something inside.
        low: Where it starts, in pixels along the flow.
        high: Where it ends.
    """

    title: str
    words: str
    kinds: tuple[str, ...]
    is_stage: bool
    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def text(self) -> str:
        return f"{self.title}  ·  {self.words}" if self.words else self.title


def captions(figure: Figure, flow: Flow, zoom: float, measure: Measure) -> tuple[Caption, ...]:
    """The captions of a figure.

    Args:
        figure: The whole drawing.
        flow: Its direction.
        zoom: Pixels of the screen for one of the figure, along the flow.
        measure: How wide texts are.
    """
    entries = [replace(entry, low=entry.low * zoom, high=entry.high * zoom) for entry in _entries(figure, (0.0, 0.0))]
    groups = _groups(entries, LINE if flow.vertical else SLANTED)
    return _beside(groups, measure) if flow.vertical else _above(groups, measure)


def shortened(found: tuple[Caption, ...], room: float, measure: Measure) -> Iterator[Caption]:
    """Captions as they are written where the view ends so many pixels to the left of the figure."""
    for caption in found:
        if not caption.short or caption.left >= -room:
            yield caption
        else:
            width = measure(caption.short, "words")
            yield replace(caption, text=caption.short, left=-BESIDE - width, width=width)


# What is captioned


def _entries(figure: Figure, at: Point) -> Iterator[_Entry]:
    """The blocks of a chain in order, also those in structures without a name that only arrange them."""
    for part in figure.parts:
        place, face = moved(part.at, at), part.figure.face
        low, high = place[1], place[1] + part.figure.along
        if isinstance(face, Card | Frame):
            yield _entry(face if isinstance(face, Card) else face.card, low, high)
        elif isinstance(face, Pill):
            yield _Entry(face.text, "", (), False, low, high)
        elif isinstance(face, Bracket | Node):
            continue
        elif sign := _sign_in(part.figure):
            yield _Entry(_MERGES[sign], "", (_MERGES[sign],), True, low, high)
        else:
            yield from _entries(part.figure, place)


def _sign_in(figure: Figure) -> str:
    """The sign of the node in which the branches of a merge meet; nothing where there is none."""
    return next((part.figure.face.sign for part in figure.parts if isinstance(part.figure.face, Node)), "")


def _entry(card: Card, low: float, high: float) -> _Entry:
    count = f" × {card.count}" if card.count > 1 else ""
    is_stage = card.tall or (card.folds and card.enabled)
    title = (card.name or card.title) if is_stage else card.title
    says_kind = not is_stage or title == card.title or _COUNTED.match(card.words) is not None
    words = card.words if says_kind else ", ".join(part for part in (card.title, card.words) if part)
    return _Entry(f"{title}{count}", words, (card.title,), is_stage, low, high)


def _groups(entries: list[_Entry], least: float) -> list[_Entry]:
    """What gets a caption each: as many as there is room for, which may be one for all."""
    found = list(_grouped(entries, least))
    if found and len(found) * least > entries[-1].high - entries[0].low + 2 * least:
        found = list(_chunks(entries, _rooms(entries, least), list(range(len(entries))), least))
    return [_joined(group, entries) for group in found]


def _grouped(entries: list[_Entry], least: float) -> Iterator[list[_Entry]]:
    """Neighbours that share a caption: each has its own while there is room."""
    rooms = _rooms(entries, least)
    has_stages = any(entry.is_stage for entry in entries)
    for is_stage, run in itertools.groupby(range(len(entries)), key=lambda place: entries[place].is_stage):
        places = list(run)
        if all(rooms[place] >= least for place in places):
            yield from ([entries[place]] for place in places)
        elif is_stage or not has_stages:
            yield from _chunks(entries, rooms, places, least)
        else:
            yield [entries[place] for place in places]


def _rooms(entries: list[_Entry], least: float) -> list[float]:
    """The pixels along the flow that are nearer to each entry than to another one; at the ends there is enough."""
    borders = [(one.high + two.low) / 2 for one, two in itertools.pairwise(entries)]
    inner = [high - low for low, high in itertools.pairwise(borders)]
    ends = [max(least, entry.high - entry.low) for entry in (*entries[:1], *entries[-1:])]
    return [*ends[:1], *inner, *ends[1:]][: len(entries)]


def _chunks(entries: list[_Entry], rooms: list[float], places: list[int], least: float) -> Iterator[list[_Entry]]:
    chunk: list[_Entry] = []
    room = 0.0
    for place in places:
        if chunk and room >= least:
            yield chunk
            chunk, room = [], 0.0
        chunk.append(entries[place])
        room += rooms[place]
    yield chunk


def _joined(group: list[_Entry], entries: list[_Entry]) -> _Entry:
    """One entry for neighbours."""
    if len(group) == 1:
        return group[0]
    named = [entry for entry in group if entry.kinds] or group
    kinds = tuple(dict.fromkeys(kind for entry in named for kind in entry.kinds))
    words = ", ".join(kinds) if len(kinds) <= MOST_KINDS else f"{kinds[0]} … {kinds[-1]}"
    title = f"{named[0].title} … {named[-1].title}" if len(named) > 1 else named[0].title
    if not any(entry.is_stage for entry in group):
        place = "stem" if group[0] is entries[0] else "head" if group[-1] is entries[-1] else ""
        has_stages = any(entry.is_stage for entry in entries)
        title, words = (place, words) if place and has_stages else (words or title, "")
    return _Entry(title, words, kinds, named[0].is_stage, group[0].low, group[-1].high)


# Where they stand


def _beside(groups: list[_Entry], measure: Measure) -> tuple[Caption, ...]:
    """At the left of a figure from top to bottom, one below the other."""
    found = []
    for group, middle in zip(groups, _spread(groups, LINE), strict=True):
        width = measure(group.text, "words")
        found.append(Caption(group.text, -BESIDE - width, middle, width, short=group.title))
    return tuple(found)


def _spread(groups: list[_Entry], least: float) -> list[float]:
    """The middles of captions, moved back where two would lie on one another."""
    middles = [group.middle for group in groups]
    for place in range(len(middles) - 2, -1, -1):
        middles[place] = min(middles[place], middles[place + 1] - least)
    return middles


def _above(groups: list[_Entry], measure: Measure) -> tuple[Caption, ...]:
    """Above a figure from left to right, on a few lines if those are enough, else slanted."""
    for texts in ([group.text for group in groups], [group.title for group in groups]):
        flags = _flags(groups, texts, measure)
        if max((line for _, line in flags), default=0) < MOST_LINES:
            return tuple(replace(flag, middle=-BESIDE - (line + 0.5) * LINE) for flag, line in flags)
    return tuple(
        Caption(group.title, middle, -BESIDE, measure(group.title, "words"), is_slanted=True)
        for group, middle in zip(groups, _spread(groups, SLANTED), strict=True)
    )


def _flags(groups: list[_Entry], texts: list[str], measure: Measure) -> list[tuple[Caption, int]]:
    """Captions with the line that each stands on: over what they are about, or beside a mark that leads there.

    They are taken from the right end on: one stands higher than all those whose marks it would cross.
    """
    placed: list[tuple[Caption, int]] = []
    for group, text in zip(reversed(groups), reversed(texts), strict=True):
        width = measure(text, "words")
        is_over = width <= group.high - group.low
        left = group.middle - width / 2 if is_over else group.middle + FLAG
        crossed = [line for flag, line in placed if flag.left - FLAG < left + width + BESIDE]
        mark = None if is_over else group.middle
        placed.append((Caption(text, left, 0.0, width, mark), max(crossed, default=-1) + 1))
    return placed[::-1]
