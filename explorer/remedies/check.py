"""Whether a fix keeps its promise: the problem is gone, and no other one has come before it."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from explorer.core.address import opened
from explorer.core.analysis import analyse
from explorer.core.compose import Container, Path, Slot
from explorer.core.counted import Problem
from explorer.core.network import Network
from explorer.remedies.base import Fix, place_of
from explorer.remedies.changes import Place

# A problem wherever its block is by now: the place in the old network, the way on inside a composite, kind and field.
Key: TypeAlias = tuple[Place, Path, str, str]

_FIRST, _LAST = -1, 1 << 31
_OF_THE_INPUT = ("no_input", "input_shape", "input_name", "unread")  # told before those of the blocks


class Check:
    """Tries fixes of one problem.

    Args:
        network: The network.
        problem: One of its problems.
    """

    def __init__(self, network: Network, problem: Problem) -> None:
        self._network = network
        self._problem = problem
        self._before = Counter(analyse(network).problems)

    def accepts(self, fix: Fix) -> bool:
        """Whether the fix mends the problem and makes no other one before it."""
        after = Counter(analyse(fix.network).problems)
        kept, mended = self._before & after, self._key(self._problem)
        if self._problem in kept:
            if self._key_after(self._problem, fix.network) == mended:
                return False
            del kept[self._problem]  # the next of two that look the same has come to the address of the first
        gone, fresh = self._before - kept, after - kept
        missing = Counter(self._key(problem) for problem in gone.elements())
        for problem in fresh.elements():
            key = self._key_after(problem, fix.network)
            if key is None:  # in a block that the fix has brought
                return False
            if missing[key]:  # an old problem whose sentence or address has changed
                missing[key] -= 1
            elif _order(key) < _order(mended):
                return False
        return missing[mended] > 0

    def _key(self, problem: Problem) -> Key:
        path, place = place_of(self._network, problem.path)
        return place, problem.path[len(path) :], problem.kind, problem.field

    def _key_after(self, problem: Problem, network: Network) -> Key | None:
        path, place = place_of(network, problem.path)
        old = _origin(self._network.body, network.body, place)
        return None if old is None else (old, problem.path[len(path) :], problem.kind, problem.field)


def _order(key: Key) -> tuple[int, ...]:
    """Where a problem stands among all: that of a structure behind those of what is in it."""
    place, _, kind, _ = key
    return (_FIRST,) if kind in _OF_THE_INPUT else (*place, _LAST)


def _origin(old: Container, new: Container, place: Place) -> Place | None:
    """Where the slot at a place of the new network was in the old one; None for a new slot."""
    found: Place = ()
    for depth, index in enumerate(place):
        if old is new:
            return found + place[depth:]
        partner = _partner(old.slots, new.slots, index)
        if partner is None:
            return None
        found += (partner,)
        if depth < len(place) - 1:
            inner = old.slots[partner].block
            if not isinstance(inner, Container):
                return None
            old, new = inner, opened(new.slots[index], ())
    return found


def _partner(old: tuple[Slot, ...], new: tuple[Slot, ...], index: int) -> int | None:
    """The old slot that a new one was: the same one, or one of its name, with its block, or else in its place."""
    slot = new[index]
    same = [i for i, other in enumerate(old) if other is slot]
    if same:
        return same[min(sum(other is slot for other in new[:index]), len(same) - 1)]
    named = [i for i, other in enumerate(old) if slot.name and other.name == slot.name]
    holding = [i for i, other in enumerate(old) if other.block is slot.block]
    if named or holding:
        return (named or holding)[0]
    return index if len(old) == len(new) and not slot.name else None
