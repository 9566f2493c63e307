"""What must be known of a structure as a whole, whatever shape arrives: its names, its depth and its size.

It is kept with the structure, so that after an edit only what lies around the edit is looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.core.compose import Container, Repeat, Slot, is_unnamed_structure
from explorer.core.names import name_problem

MAX_LEVELS = 48  # of structures in structures: what a file can hold, and more than can be assembled


@dataclass(frozen=True, slots=True)
class Outline:
    """What must be known of a structure as a whole, whatever shape arrives.

    Attributes:
        names: The names taken in its scope.
        levels: Levels of structures in it, itself included.
        size: Slots it takes in a file, at any depth; the copies of a repeat are hardly more than one.
        is_sound: Whether no name of its slots is bad or taken.
    """

    names: frozenset[str]
    levels: int
    size: int
    is_sound: bool


def outline(container: Container) -> Outline:
    """The outline of a structure; kept with it, so after an edit only what lies around the edit is looked at."""
    waiting = [] if hasattr(container, "_outline") else [container]
    while waiting:  # not recursion: a program can nest structures deeper than Python its calls
        top = waiting[-1]
        inside = _structures_in(top)
        unknown = [block for block in inside if not hasattr(block, "_outline")]
        waiting += unknown
        if not unknown:
            made = _outline_of_repeat(top) if isinstance(top, Repeat) else _outline(top, inside)
            object.__setattr__(waiting.pop(), "_outline", made)
    return container._outline


def _structures_in(container: Container) -> list[Container]:
    blocks = [container.block] if isinstance(container, Repeat) else [slot.block for slot in container.slots]
    return [block for block in blocks if isinstance(block, Container)]


def _outline(container: Container, inside: list[Container]) -> Outline:
    levels = 1 + max((block._outline.levels for block in inside), default=0)
    size = len(container.slots) + sum(block._outline.size for block in inside)
    own = [slot.name for slot in container.slots if slot.name]
    names, taken, is_sound = frozenset(own), len(own), True
    if len(own) < len(container.slots):
        others = [slot.block for slot in container.slots if not slot.name]
        shared = [block._outline.names for block in others if isinstance(block, Container) and levels <= MAX_LEVELS]
        names, taken = names.union(*shared), taken + sum(map(len, shared))
        is_sound = all(isinstance(block, Container) for block in others)
    is_sound = is_sound and taken == len(names) and not any(map(name_problem, own))
    return Outline(names, levels, min(size, sys.maxsize), is_sound)


def _outline_of_repeat(repeat: Repeat) -> Outline:
    inside = repeat.block._outline if isinstance(repeat.block, Container) else Outline(frozenset(), 0, 0, is_sound=True)
    copies = 1 + len(repeat.names) // 10  # a name takes about a tenth of a slot
    names = frozenset(repeat.names)
    is_sound = len(names) == len(repeat.names) and not any(map(name_problem, names))
    return Outline(names, 1 + inside.levels, min(copies + inside.size, sys.maxsize), is_sound)


def scope(container: Container, route: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Slot]]:
    """Every slot named in the scope of ``container``, unnamed structures included, with its way down by index."""
    for index, slot in enumerate(container.slots):
        yield (*route, index), slot
        if is_unnamed_structure(slot) and isinstance(slot.block, Container) and len(route) < MAX_LEVELS:
            yield from scope(slot.block, (*route, index))


def scope_names(container: Container) -> set[str]:
    """The names taken in the scope of ``container``."""
    return set(outline(container).names)


def names_brought(slot: Slot) -> frozenset[str]:
    """The names that a slot takes in the scope it stands in."""
    if slot.name:
        return frozenset({slot.name})
    return outline(slot.block).names if isinstance(slot.block, Container) else frozenset()
