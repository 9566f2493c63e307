"""The edits of single blocks by path, each of which gives a new network that shares what did not change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Self

from explorer.core.address import (
    Place,
    Slots,
    canonical,
    closed_up,
    edit_at,
    find_counted,
    locate,
    opened,
    path_to,
    shifted,
    slot_at,
)
from explorer.core.block import Block
from explorer.core.compose import Chain, Container, Path, Slot
from explorer.core.counted import Counted
from explorer.core.freezing import Frozen, frozen_with, moved, renamed, thawed, thawed_with
from explorer.core.lr_factors import FACTOR, LrFactors, followed, with_factor
from explorer.core.names import free_name, name_problem
from explorer.core.outline import MAX_LEVELS, names_brought, outline, scope_names
from explorer.core.refusals import MAX_BLOCKS
from explorer.errors import EditError

if TYPE_CHECKING:
    from explorer.core.network import Input

MAX_SLOTS = 5 * MAX_BLOCKS  # beyond what can be assembled, so that an edit may pass through it


class Edits:
    """What can be done to the slots of a network; :class:`explorer.core.network.Network` has the values."""

    __slots__ = ()

    body: Chain
    frozen: Frozen
    lr_factors: LrFactors
    inputs: tuple[Input, ...]

    def count(self) -> Counted:
        """The counted chain."""
        raise NotImplementedError

    def slot(self, path: Path) -> Slot:
        """The slot at ``path``."""
        raise NotImplementedError

    def _with(self, key: str, value: object) -> Self:
        raise NotImplementedError

    def with_body(self, body: Chain) -> Self:
        """The same network with other blocks.

        Raises:
            EditError: If they are too many, or nested too deeply, to be saved.
        """
        if body is self.body:
            return self
        new, old = outline(body), outline(self.body)
        if new.levels > max(MAX_LEVELS, old.levels):
            raise EditError(f"Structures cannot be nested more than {MAX_LEVELS} deep; unpack some of them first.")
        if new.size > max(MAX_SLOTS, old.size):
            raise EditError(f"A network cannot hold more than {MAX_SLOTS:,} blocks; remove some, or use a repeat.")
        return self._with("body", body)

    def replace(self, path: Path, block: Block) -> Self:
        """Puts another block into the slot at ``path``; one that needs a name where there was none gets one.

        Raises:
            EditError: If there is no such slot, or the block brings a name that is taken.
        """
        old = self.slot(path)
        new = old.holding(block)
        if not new.name and not isinstance(block, Container):
            new = dataclasses.replace(new, name=free_name(block.slot_name, self._names(path[:-1])))
        self._check_free(new, self._names(path[:-1]) - names_brought(old))
        return self._edit(path, lambda slots, i: (*slots[:i], new, *slots[i + 1 :]))

    def insert(
        self, block: Block, after: Path | None = None, *, into: Path = (), name: str | None = None
    ) -> tuple[Self, Path]:
        """Inserts a block.

        Args:
            block: What to insert.
            after: The slot behind which it goes; None puts it first.
            into: Where None puts it first: the structure there, or the network itself.
            name: Its name, empty for a structure that adds no level; by default its kind with the first free number.

        Returns:
            The new network and the path of the new slot.

        Raises:
            EditError: If there is no such slot, or a name is bad or taken.
        """
        scope_path = canonical(after)[:-1] if after else self._scope_in(into)
        slot = self._new_slot(scope_path, block, name)
        return self._put(slot, self._behind(after, into), scope_path)

    def append(self, block: Block, into: Path = (), *, name: str | None = None) -> tuple[Self, Path]:
        """Inserts a block behind all others of the structure at ``into``, such as an empty branch.

        Raises:
            EditError: If no structure is there, or a name is bad or taken.
        """
        structure = opened(self.slot(into), into) if into else self.body
        scope_path = self._scope_in(into)
        place = (*(self._place(into) if into else ()), len(structure.slots))
        return self._put(self._new_slot(scope_path, block, name), place, scope_path)

    def remove(self, paths: Iterable[Path]) -> Self:
        """Takes blocks out.

        Raises:
            EditError: If one of them is not there.
        """
        by_place = {self._place(path): path for path in paths}
        body = self.body
        for place in sorted(by_place, reverse=True):  # from the back, so that the other places stay where they are
            body = edit_at(body, place, lambda slots, i: (*slots[:i], *slots[i + 1 :]))

        def left(marks: Frozen) -> Frozen:
            for path in by_place.values():
                marks = thawed_with(marks, self.body, canonical(path))
            return marks

        return self.with_body(body)._with_marks(left)

    def move(self, path: Path, after: Path | None, *, into: Path = ()) -> tuple[Self, Path]:
        """Moves a slot behind another one, or to the front; it keeps its name where that is free.

        Args:
            path: The slot.
            after: The slot behind which it goes; None puts it first.
            into: Where None puts it first: the structure there, or the network itself.

        Returns:
            The new network and the path of the slot in it.

        Raises:
            EditError: If it would move into itself, or one of the two slots is not there.
        """
        place, target = self._place(path), self._behind(after, into)
        enters = len(target) > len(place) and target[: len(place)] == place
        if enters or (after and self._place(after)[: len(place)] == place):
            raise EditError("A block cannot be moved into itself.")
        old, new_scope = canonical(path), canonical(after)[:-1] if after else self._scope_in(into)
        slot = slot_at(self.body, place)
        leaving = names_brought(slot) if old[:-1] == new_scope else frozenset()
        taken = self._names(new_scope) - leaving
        if slot.name in taken:
            slot = dataclasses.replace(slot, name=free_name(slot.block.slot_name, taken))
        self._check_free(slot, taken)
        left = shifted(place, target)
        body = edit_at(self.body, target, lambda slots, i: (*slots[:i], slot, *slots[i:]))
        body = edit_at(body, left, lambda slots, i: (*slots[:i], *slots[i + 1 :]))
        new = (*new_scope, path_to(body, closed_up(target, left))[-1])
        return self.with_body(body)._with_marks(lambda marks: moved(marks, self.body, old, new)), new

    def move_all(self, paths: Iterable[Path], after: Path | None, *, into: Path = ()) -> tuple[Self, tuple[Path, ...]]:
        """Moves slots behind another one, or to the front, in the order given.

        Addresses such as ``#1`` are places and change as slots come and go: here each means the slot that it meant at
        first.

        Args:
            paths: The slots, none of them in another.
            after: The slot behind which they go; None puts them first.
            into: Where None puts them first: the structure there, or the network itself.

        Returns:
            The new network and the paths of the slots in it.

        Raises:
            EditError: If one would move into itself, or is not there.
        """
        network, waiting, done = self, [self._place(path) for path in paths], list[Place]()
        while waiting:
            place, target = waiting.pop(0), network._behind(after, into)
            network, after = network.move(path_to(network.body, place), after, into=into)
            left = shifted(place, target)
            waiting = [closed_up(shifted(other, target), left) for other in waiting]
            done = [*(closed_up(shifted(other, target), left) for other in done), closed_up(target, left)]
        return network, tuple(path_to(network.body, place) for place in done)

    def rename(self, path: Path, name: str) -> Self:
        """Gives a slot another name.

        Raises:
            EditError: If the name is bad or taken in its scope, or the slot's text could not be read.
        """
        if name == self.slot(path).name:
            return self
        self._check_changeable(path)
        self._check_name(name, self._names(path[:-1]))
        return self._edit(path, _changing(name=name))._with_marks(
            lambda marks: renamed(marks, self.body, canonical(path), name)
        )

    def enable(self, path: Path, enabled: bool = True) -> Self:
        """Switches a block on or off; a block that is off is skipped.

        Raises:
            EditError: If there is no such slot, or its text could not be read.
        """
        self._check_changeable(path)
        return self._edit(path, _changing(enabled=enabled))

    def annotate(self, path: Path, note: str) -> Self:
        """Sets the note on a block.

        Raises:
            EditError: If there is no such slot, or its text could not be read.
        """
        self._check_changeable(path)
        return self._edit(path, _changing(note=note))

    def freeze(self, path: Path, frozen: bool = True) -> Self:
        """Marks the parameters at ``path``, inside composites too, as not trained, or as trained again.

        Of a frozen block around one that is to be trained the rest stays frozen.

        Raises:
            EditError: If there is no such block, or what is inside the one around it is not known.
        """
        paths = self._keys(canonical(path))
        change = frozen_with(self.frozen, paths) if frozen else thawed(self.frozen, self.count(), paths)
        return self._with_frozen(change)

    def with_frozen(self, frozen: Frozen) -> Self:
        """The same network with other blocks frozen, such as those of a stage of a run."""
        return self._with_frozen(frozen)

    def freeze_before(self, index: int) -> Self:
        """Freezes all that stands before a place in the chain of the network, and trains all the rest.

        Args:
            index: How many slots at the top of the network are frozen.
        """
        above = self.body.slots[: max(index, 0)]
        return self._with_frozen(frozenset((name,) for slot in above for name in names_brought(slot)))

    def scale_rate(self, path: Path, factor: float) -> Self:
        """Has the block at ``path``, with all that is inside it, learn at a multiple of the learning rate.

        Raises:
            EditError: If there is no such block, or the factor is outside its limits.
        """
        problem = FACTOR.problem(FACTOR.normalise(factor))
        if problem is not None:
            raise EditError(f"The {FACTOR.label} {problem}; to train nothing of a block, freeze it.")
        return self._with_factors(with_factor(self.lr_factors, self._keys(canonical(path)), float(factor)))

    # Pieces of the edits

    def _with_marks(self, change: Callable[[Frozen], Frozen]) -> Self:
        """With what is said of blocks by path at the paths that they have now."""
        return self._with_frozen(change(self.frozen))._with_factors(followed(self.lr_factors, change))

    def _with_frozen(self, frozen: Frozen) -> Self:
        return self if frozen == self.frozen else self._with("frozen", frozen)

    def _with_factors(self, factors: LrFactors) -> Self:
        return self if factors == self.lr_factors else self._with("lr_factors", factors)

    def _place(self, path: Path) -> Place:
        if not path:
            raise EditError("The network itself is not in a slot; choose a block.")
        return locate(self.body, path)

    def _edit(self, path: Path, change: Callable[[Slots, int], Slots]) -> Self:
        return self.with_body(edit_at(self.body, self._place(path), change))

    def _behind(self, after: Path | None, into: Path = ()) -> Place:
        """The place behind a slot, or the first one in a structure."""
        if after:
            place = self._place(after)
            return (*place[:-1], place[-1] + 1)
        if not into:
            return (0,)
        opened(self.slot(into), into)
        return (*self._place(into), 0)

    @staticmethod
    def _scope_in(into: Path) -> Path:
        """The scope in which the slots of a structure are named: around it, where it has no name."""
        path = canonical(into)
        return path[:-1] if path and path[-1].startswith("#") else path

    def _put(self, slot: Slot, place: Place, scope_path: Path) -> tuple[Self, Path]:
        body = edit_at(self.body, place, lambda slots, i: (*slots[:i], slot, *slots[i:]))
        return self.with_body(body), (*scope_path, path_to(body, place)[-1])

    def _structure(self, scope_path: Path) -> Container:
        return opened(self.slot(scope_path), scope_path) if scope_path else self.body

    def _names(self, scope_path: Path) -> set[str]:
        return scope_names(self._structure(scope_path))

    def _keys(self, path: Path) -> frozenset[Path]:
        """The paths of what is named at ``path``: itself, or all names in a structure without one."""
        if path and path[-1].startswith("#"):
            return frozenset((*path[:-1], name) for name in names_brought(self.slot(path)))
        if path and path not in self.frozen and find_counted(self.count(), path) is None:
            self._place(path)
        return frozenset({path})

    def _new_slot(self, scope_path: Path, block: Block, name: str | None) -> Slot:
        taken = self._names(scope_path)
        slot = Slot(free_name(block.slot_name, taken) if name is None else name, block)
        if slot.name or not (slot.is_kept or isinstance(block, Container)):
            self._check_name(slot.name, taken)
        self._check_free(slot, taken)
        return slot

    def _check_changeable(self, path: Path) -> None:
        if self.slot(path).is_kept:
            raise EditError("What could not be read is saved back as it was; remove it, or mend it in a text editor.")

    @staticmethod
    def _check_name(name: str, taken: set[str]) -> None:
        problem = name_problem(name) or (f"The name {name!r} is taken; choose another one." if name in taken else None)
        if problem is not None:
            raise EditError(problem)

    @staticmethod
    def _check_free(slot: Slot, taken: set[str]) -> None:
        clash = names_brought(slot) & taken
        if clash:
            raise EditError(f"The name {min(clash)!r} is taken; choose another one.")


def _changing(**changes: object) -> Callable[[Slots, int], Slots]:
    def change(slots: Slots, i: int) -> Slots:
        return (*slots[:i], dataclasses.replace(slots[i], **changes), *slots[i + 1 :])  # type: ignore[arg-type]

    return change
