"""The network: a frozen value, and its edits, each of which returns a new network that shares what did not change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from explorer.core.block import Block, Composite
from explorer.core.compose import (
    Add,
    Chain,
    Container,
    Path,
    Repeat,
    Slot,
    free_name,
    is_unnamed_structure,
    name_problem,
    scope,
    scope_names,
)
from explorer.core.counting import Counted, count, slot_path
from explorer.core.fields import Invalid
from explorer.core.shape import Shape
from explorer.errors import EditError

Slots: TypeAlias = tuple[Slot, ...]
MAIN_INPUT = "image"


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the network.

    Attributes:
        name: What it is called; all but the first are recalled by this name like a tap.
        shape: Its shape without the batch dimension.
        optional: Whether the assembled module has a default for it.
    """

    name: str
    shape: Shape
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a network came from: a zoo entry with its options, so that a badge can say what changed since.

    Attributes:
        network: The key in the zoo.
        options: The options it was made with, sorted by name.
    """

    network: str
    options: tuple[tuple[str, str | int | float | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """A network as a value.

    Attributes:
        name: What a person calls it.
        inputs: The inputs; the first is where the chain starts.
        body: The blocks.
        task: What is learned.
        frozen: Paths whose parameters are not trained.
        provenance: Where it came from, if from the zoo.
        extras: JSON of keys a file had that this version does not know; saved back unchanged.
    """

    name: str
    inputs: tuple[Input, ...]
    body: Chain
    task: str = "classification"
    frozen: frozenset[Path] = frozenset()
    provenance: Provenance | None = None
    extras: Invalid | None = None

    @classmethod
    def of(cls, name: str, input_shape: Shape, body: Chain, provenance: Provenance | None = None) -> Network:
        """A network with one input."""
        return cls(name, (Input(MAIN_INPUT, tuple(input_shape)),), body, provenance=provenance)

    @property
    def input_shape(self) -> Shape:
        """The shape of the first input, without the batch dimension."""
        return self.inputs[0].shape

    # Looking

    def slot(self, path: Path) -> Slot:
        """The slot at ``path``.

        Raises:
            EditError: If there is none, or it lies inside a composite.
        """
        container: Container = self.body
        for depth, name in enumerate(path):
            route = _route(container, name, path)
            slot = _follow(container, route)
            if depth == len(path) - 1:
                return slot
            container = _open(slot.block, path[: depth + 1])
        raise EditError("The network itself is not in a slot.")

    def block(self, path: Path) -> Block:
        """The block at ``path``; the chain of the whole network for the empty path."""
        return self.slot(path).block if path else self.body

    def count(self) -> Counted:
        """The counted chain; kept with the chain, so asking again is free."""
        taps = {entry.name: entry.shape for entry in self.inputs[1:]}
        return count(self.body, self.input_shape, taps)

    # Editing

    def with_body(self, body: Chain) -> Network:
        """The same network with other blocks."""
        return self if body is self.body else dataclasses.replace(self, body=body)

    def with_input_shape(self, shape: Shape) -> Network:
        """The same network for another size of its first input."""
        first = dataclasses.replace(self.inputs[0], shape=tuple(shape))
        return dataclasses.replace(self, inputs=(first, *self.inputs[1:]))

    def replace(self, path: Path, block: Block) -> Network:
        """Puts another block into the slot at ``path``."""
        return self._edit(path, lambda slots, i: (*slots[:i], slots[i].holding(block), *slots[i + 1 :]))

    def insert(self, block: Block, after: Path | None = None, *, name: str | None = None) -> tuple[Network, Path]:
        """Inserts a block.

        Args:
            block: What to insert.
            after: The slot behind which it goes; None puts it first.
            name: Its name; by default its kind with the first free number.

        Returns:
            The new network and the path of the new slot.
        """
        if after is None:
            slot = Slot(self._new_name((), block, name), block)
            return self.with_body(self.body.with_slots((slot, *self.body.slots))), (slot.name,)
        slot = Slot(self._new_name(after[:-1], block, name), block)
        edited = self._edit(after, lambda slots, i: (*slots[: i + 1], slot, *slots[i + 1 :]))
        return edited, (*after[:-1], slot.name)

    def append(self, block: Block, into: Path = (), *, name: str | None = None) -> tuple[Network, Path]:
        """Inserts a block behind all others of the structure at ``into``, such as an empty branch."""
        outer = into[:-1] if into and into[-1].startswith("#") else into
        slot = Slot(self._new_name(outer, block, name), block)
        return self._change_structure(into, lambda slots: (*slots, slot)), (*outer, slot.name)

    def remove(self, paths: Iterable[Path]) -> Network:
        """Takes blocks out."""
        edited = self
        # from the back, so that places such as #2 stay where they are
        for path in sorted(paths, key=edited._place, reverse=True):
            edited = edited._edit(path, lambda slots, i: (*slots[:i], *slots[i + 1 :]))._thaw(path)
        return edited

    def move(self, path: Path, after: Path | None) -> tuple[Network, Path]:
        """Moves a slot behind another one, or to the front; it keeps its name where that is free.

        Raises:
            EditError: If it would move into itself.
        """
        if after is not None and after[: len(path)] == path:
            raise EditError("A block cannot be moved into itself.")
        slot = self.slot(path)
        scope_path = after[:-1] if after is not None else ()
        taken = self._names(scope_path) - ({slot.name} if scope_path == path[:-1] else set())
        name = free_name(slot.block.slot_name, taken) if slot.name in taken else slot.name
        moved = dataclasses.replace(slot, name=name)
        target = self._place(after) if after else (-1,)
        arrived = (*target[:-1], target[-1] + 1)
        body = _edit_at(self.body, arrived, lambda slots, i: (*slots[:i], moved, *slots[i:]))
        left = _shifted(self._place(path), arrived)
        body = _edit_at(body, left, lambda slots, i: (*slots[:i], *slots[i + 1 :]))
        new_path = (*scope_path, name)
        return self.with_body(body)._refreeze(path, new_path), new_path

    def rename(self, path: Path, name: str) -> Network:
        """Gives a slot another name.

        Raises:
            EditError: If the name is bad or taken in its scope.
        """
        slot = self.slot(path)
        if name == slot.name:
            return self
        problem = name_problem(name) or self._taken(path[:-1], name)
        if problem:
            raise EditError(problem)
        edited = self._edit(path, _changing(name=name))
        return edited._refreeze(path, (*path[:-1], name))

    def enable(self, path: Path, enabled: bool = True) -> Network:  # noqa: FBT001, FBT002 - reads as enable(path, False)
        """Switches a block on or off; a block that is off is skipped."""
        return self._edit(path, _changing(enabled=enabled))

    def annotate(self, path: Path, note: str) -> Network:
        """Sets the note on a block."""
        return self._edit(path, _changing(note=note))

    def wrap_residual(self, paths: Iterable[Path]) -> Network:
        """Puts neighbouring blocks into a branch and adds their input to what they give; no key changes."""
        return self._gather(paths, lambda slots: Slot("", Add(Chain(*slots), Chain())))

    def fold(self, paths: Iterable[Path]) -> Network:
        """Folds equal neighbours into one repeat that carries their names; no key changes.

        Raises:
            EditError: If they are not equal, enabled neighbours.
        """

        def folded(slots: Slots) -> Slot:
            first = slots[0].block
            if len(slots) < 2 or any(slot.block != first or not slot.enabled or not slot.name for slot in slots):
                raise EditError("Only two or more equal neighbours can be folded into a repeat.")
            return Slot("", Repeat(tuple(slot.name for slot in slots), first))

        return self._gather(paths, folded)

    def unpack(self, path: Path) -> Network:
        """Replaces a composite, a repeat or an unnamed structure by what it stands for; no key changes.

        Raises:
            EditError: If there is nothing inside, or no shape reaches a composite.
        """
        slot = self.slot(path)
        block = slot.block
        if isinstance(block, Composite):
            counted = find_counted(self.count(), path)
            if counted is None or counted.input_shape is None:
                raise EditError("Mend the problem before this block first: what is inside depends on the shape.")
            return self.replace(path, block.body(counted.input_shape))
        if isinstance(block, Repeat):
            inside = tuple(Slot(name, block.block) for name in block.names)
            return self.replace(path, Chain(*inside)) if slot.name else self._splice(path, inside)
        if isinstance(block, Chain) and not slot.name:
            return self._splice(path, block.slots)
        raise EditError(f"There is nothing to unpack in {block.type_name()}.")

    def freeze(self, path: Path, frozen: bool = True) -> Network:  # noqa: FBT001, FBT002 - reads as freeze(path, False)
        """Marks the parameters at ``path`` as not trained, or as trained again."""
        self.slot(path)
        paths = {p for p in self.frozen if p[: len(path)] != path}
        return dataclasses.replace(self, frozen=frozenset(paths | {path} if frozen else paths))

    # Pieces of the edits

    def _edit(self, path: Path, change: Callable[[Slots, int], Slots]) -> Network:
        if not path:
            raise EditError("The network itself is not in a slot.")
        return self.with_body(_edit_at(self.body, self._place(path), change))

    def _change_structure(self, path: Path, change: Callable[[Slots], Slots]) -> Network:
        if not path:
            return self.with_body(self.body.with_slots(change(self.body.slots)))

        def edit(slots: Slots, i: int) -> Slots:
            structure = _open(slots[i].block, path)
            return (*slots[:i], slots[i].holding(structure.with_slots(change(structure.slots))), *slots[i + 1 :])

        return self._edit(path, edit)

    def _splice(self, path: Path, inside: Slots) -> Network:
        return self._edit(path, lambda slots, i: (*slots[:i], *inside, *slots[i + 1 :]))

    def _gather(self, paths: Iterable[Path], into: Callable[[Slots], Slot]) -> Network:
        """Replaces neighbouring slots of one structure by one slot that holds them."""
        ordered = sorted(paths, key=self._place)
        if not ordered:
            raise EditError("Select one or more neighbouring blocks first.")
        places = [self._place(path) for path in ordered]
        first = places[0]
        if any(place != (*first[:-1], first[-1] + offset) for offset, place in enumerate(places)):
            raise EditError("The selected blocks are not neighbours in one chain.")

        def change(slots: Slots, i: int) -> Slots:
            return (*slots[:i], into(slots[i : i + len(ordered)]), *slots[i + len(ordered) :])

        return self._edit(ordered[0], change)

    def _place(self, path: Path) -> tuple[int, ...]:
        """The way down by index."""
        container: Container = self.body
        place: tuple[int, ...] = ()
        for depth, name in enumerate(path):
            route = _route(container, name, path)
            place += route
            if depth < len(path) - 1:
                container = _open(_follow(container, route).block, path[: depth + 1])
        return place

    def _names(self, scope_path: Path) -> set[str]:
        container = self.body if not scope_path else _open(self.slot(scope_path).block, scope_path)
        return scope_names(container)

    def _new_name(self, scope_path: Path, block: Block, name: str | None) -> str:
        taken = self._names(scope_path)
        if name is None:
            return free_name(block.slot_name, taken)
        problem = name_problem(name) if name else None
        if problem or name in taken:
            raise EditError(problem or f"The name {name!r} is taken; choose another one.")
        return name

    def _taken(self, scope_path: Path, name: str) -> str | None:
        return f"The name {name!r} is taken; choose another one." if name in self._names(scope_path) else None

    def _thaw(self, path: Path) -> Network:
        kept = frozenset(p for p in self.frozen if p[: len(path)] != path)
        return self if kept == self.frozen else dataclasses.replace(self, frozen=kept)

    def _refreeze(self, old: Path, new: Path) -> Network:
        moved = frozenset(new + p[len(old) :] if p[: len(old)] == old else p for p in self.frozen)
        return self if moved == self.frozen else dataclasses.replace(self, frozen=moved)


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


def _changing(**changes: object) -> Callable[[Slots, int], Slots]:
    def change(slots: Slots, i: int) -> Slots:
        return (*slots[:i], dataclasses.replace(slots[i], **changes), *slots[i + 1 :])  # type: ignore[arg-type]

    return change


def _route(container: Container, name: str, path: Path) -> tuple[int, ...]:
    """The way by index from ``container`` to the slot of that name (or place) in its scope."""
    for route, slot in scope(container):
        if slot.name == name if not name.startswith("#") else name == "#" + ".".join(map(str, route)):
            return route
    raise EditError(f"There is no block {'.'.join(path)!r}.")


def _follow(container: Container, route: tuple[int, ...]) -> Slot:
    slot = container.slots[route[0]]
    return slot if len(route) == 1 else _follow(_open(slot.block, ()), route[1:])


def _open(block: Block, path: Path) -> Container:
    if not isinstance(block, Container):
        raise EditError(
            f"What is inside {block.type_name()} {'.'.join(path)!r} follows from its fields; unpack it to edit it."
        )
    return block


C = TypeVar("C", bound=Container)


def _edit_at(container: C, place: tuple[int, ...], change: Callable[[Slots, int], Slots]) -> C:
    """Changes the slots around the place that is reached by index."""
    slots, index = container.slots, place[0]
    if len(place) == 1:
        return container.with_slots(change(slots, index))
    inner = _edit_at(_open(slots[index].block, (slots[index].name,)), place[1:], change)
    return container.with_slots((*slots[:index], slots[index].holding(inner), *slots[index + 1 :]))


def _shifted(place: tuple[int, ...], inserted: tuple[int, ...]) -> tuple[int, ...]:
    """Where ``place`` is after a slot has been inserted at ``inserted``."""
    last = len(inserted) - 1
    if len(place) > last and place[:last] == inserted[:last] and place[last] >= inserted[last]:
        return (*place[:last], place[last] + 1, *place[last + 1 :])
    return place
