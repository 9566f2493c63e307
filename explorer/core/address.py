"""Addresses: from the path a person or a ``state_dict`` uses to the place by index, and what stands there.

A path is a tuple of names; a slot without a name is addressed by its place in its scope, such as ``#2.0``. A place is
the way down by index from the chain of the network. All copies of a repeat hold one block, so a place inside one is the
same place inside all; it is given as that in the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar

from explorer.core.compose import Chain, Container, Output, Path, Recall, Repeat, Slot, Tap, is_unnamed_structure
from explorer.core.counted import Counted, join, slot_path
from explorer.core.outline import MAX_LEVELS, names_brought, outline
from explorer.core.shape import Shape
from explorer.errors import EditError

Place: TypeAlias = tuple[int, ...]
Slots: TypeAlias = tuple[Slot, ...]
C = TypeVar("C", bound=Container)
EMPTY: Place = ()


def canonical(path: Path) -> Path:
    """The path as the analysis has it: a name in a structure without one follows the scope around that directly."""
    result: Path = ()
    for name in path:
        result = join(result, (name,))
    return result


def locate(body: Container, path: Path) -> Place:
    """The place of the slot at ``path``.

    Raises:
        EditError: If there is none, or it lies inside a composite.
    """
    container, place = body, EMPTY
    for depth, name in enumerate(path):
        if depth:
            container = opened(slot_at(body, place), path[:depth])
        place += route_to(container, name, path)
    if len(place) > MAX_LEVELS:
        raise EditError(f"Structures nested more than {MAX_LEVELS} deep cannot be edited; unpack some of them.")
    return _in_first_copies(body, place)


def _in_first_copies(body: Container, place: Place) -> Place:
    container, result = body, EMPTY
    for index in place[:-1]:
        result += (0,) if isinstance(container, Repeat) else (index,)
        container = opened(container.slots[index], ())
    return (*result, *place[-1:])


def route_to(container: Container, name: str, path: Path = ()) -> Place:
    """The way by index from a structure to the slot that goes by that name, or stands at that place, in its scope.

    Raises:
        EditError: If there is none; the sentence names ``path``.
    """
    route = _by_place(container, name) if name.startswith("#") else _by_name(container, name)
    if route is None:
        raise EditError(f"There is no block {'.'.join(path or (name,))!r}.")
    return route


def _by_place(container: Container, name: str) -> Place | None:
    numbers = name[1:].split(".")
    if not all(number.isdecimal() and len(number) < 10 for number in numbers):
        return None
    route = tuple(map(int, numbers))
    inside: Container | None = container
    for depth, index in enumerate(route):
        if inside is None or index >= len(inside.slots):
            return None
        slot = inside.slots[index]
        inside = slot.block if isinstance(slot.block, Container) and not slot.name else None
        if depth == len(route) - 1:
            return route
    return None


def _by_name(container: Container, name: str) -> Place | None:
    if name not in outline(container).names:
        return None
    for index, slot in enumerate(container.slots):
        if slot.name == name:
            return (index,)
        if name in names_brought(slot) and isinstance(slot.block, Container):
            return (index, *(_by_name(slot.block, name) or ()))
    return None


def path_to(body: Container, place: Place) -> Path:
    """The path of the slot at a place."""
    container: Container = body
    path: Path = ()
    for depth, index in enumerate(place):
        slot = container.slots[index]
        path = join(path, slot_path(slot, index))
        if depth < len(place) - 1:
            container = opened(slot, path)
    return path


def slot_at(container: Container, place: Place) -> Slot:
    """The slot at a place."""
    slot = container.slots[place[0]]
    return slot if len(place) == 1 else slot_at(opened(slot, ()), place[1:])


def holder_of(body: Container, place: Place) -> Container:
    """The structure in whose slots a place is."""
    return body if len(place) == 1 else opened(slot_at(body, place[:-1]), ())


def opened(slot: Slot, path: Path) -> Container:
    """The structure in a slot.

    Raises:
        EditError: If another block stands there; the sentence names ``path``.
    """
    if not isinstance(slot.block, Container):
        where = ".".join(path) or slot.name
        raise EditError(f"What is inside {where!r} follows from its fields; unpack it to edit it.")
    return slot.block


def edit_at(container: C, place: Place, change: Callable[[Slots, int], Slots]) -> C:
    """The structure with other slots around a place; what lies elsewhere is shared."""
    slots, index = container.slots, place[0]
    if len(place) == 1:
        return container.with_slots(change(slots, index))
    inner = edit_at(opened(slots[index], ()), place[1:], change)
    return container.with_slots((*slots[:index], slots[index].holding(inner), *slots[index + 1 :]))


def shifted(place: Place, inserted: Place) -> Place:
    """Where ``place`` is after a slot has been inserted at ``inserted``."""
    last = len(inserted) - 1
    if len(place) > last and place[:last] == inserted[:last] and place[last] >= inserted[last]:
        return (*place[:last], place[last] + 1, *place[last + 1 :])
    return place


def closed_up(place: Place, removed: Place) -> Place:
    """Where ``place`` is after the slot at ``removed`` has been taken out."""
    last = len(removed) - 1
    if len(place) > last and place[:last] == removed[:last] and place[last] > removed[last]:
        return (*place[:last], place[last] - 1, *place[last + 1 :])
    return place


def named_like(body: Container, path: Path) -> tuple[frozenset[str], ...]:
    """The names each level of a path can have and still mean the same block: those of all copies of a repeat.

    The last level has the names in a structure without one of its own.
    """
    levels: list[frozenset[str]] = []
    container = body
    for depth, name in enumerate(path):
        route = route_to(container, name, path)
        holder, slot = holder_of(container, route), slot_at(container, route)
        if depth == len(path) - 1:
            levels.append(names_brought(slot))
        else:
            levels.append(frozenset(holder.names) if isinstance(holder, Repeat) else frozenset({name}))
            container = opened(slot, path[: depth + 1])
    return tuple(levels)


def taps_before(body: Container, place: Place) -> set[str]:
    """The taps that a block at a place can recall, inputs aside."""
    names: set[str] = set()
    container = body
    for depth, index in enumerate(place):
        if isinstance(container, Chain | Output):
            names |= tapped(container.slots[:index])
        if depth < len(place) - 1:
            container = opened(container.slots[index], ())
    return names


def tapped(slots: Slots) -> set[str]:
    """The names of the taps among slots, those further in aside."""
    return {slot.block.name for slot in slots if isinstance(slot.block, Tap)}


def recalled(slots: Slots) -> set[str]:
    """The names recalled in slots at any depth, composites aside."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [slot.block for slot in slots]
    while waiting:
        block = waiting.pop()
        if isinstance(block, Recall):
            names.add(block.name)
        elif isinstance(block, Container) and id(block) not in seen:
            seen.add(id(block))
            waiting += (slot.block for slot in block.slots)
    return names


def find_counted(counted: Counted, path: Path) -> Counted | None:
    """What was counted for the block at ``path``, inside composites too; None where counting did not get there."""
    if not path:
        return counted
    for index, (slot, child, _) in enumerate(counted.children):
        here = slot_path(slot, index)[0]
        if here == path[0]:
            return find_counted(child, path[1:])
        if is_unnamed_structure(slot):
            rest = path
            if path[0].startswith("#"):
                if not path[0].startswith(f"{here}."):
                    continue
                rest = ("#" + path[0][len(here) + 1 :], *path[1:])
            found = find_counted(child, rest)
            if found is not None:
                return found
    return None


def named_parts(counted: Counted) -> Iterator[tuple[str, Counted]]:
    """The blocks named in the scope of a counted one."""
    for slot, child, _ in counted.children:
        if is_unnamed_structure(slot):
            yield from named_parts(child)
        else:
            yield slot.name, child


def arriving_shapes(counted: Counted, place: Place) -> set[Shape | None]:
    """The shapes that reach a place: several where it lies in a repeat whose copies get different ones."""
    if not place:
        return {counted.input_shape}
    children = counted.children if isinstance(counted.block, Repeat) else counted.children[place[0] : place[0] + 1]
    return {shape for _, child, _ in children for shape in arriving_shapes(child, place[1:])}
