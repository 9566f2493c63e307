"""The edits that gather neighbouring blocks into a structure, or take a structure apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Self

from explorer.core.address import (
    Slots,
    arriving_shapes,
    canonical,
    edit_at,
    holder_of,
    path_to,
    recalled,
    tapped,
    taps_before,
)
from explorer.core.block import Block, BlockError, Composite
from explorer.core.compose import Add, Chain, Container, Output, Path, Repeat, Slot, Tap
from explorer.core.edits import Edits
from explorer.core.freezing import packed_in
from explorer.core.names import free_name
from explorer.core.outline import names_brought
from explorer.errors import EditError


class StructureEdits(Edits):
    """What can be done to neighbours, composites, repeats and chains, beside the edits of single slots."""

    __slots__ = ()

    def wrap_residual(self, paths: Iterable[Path]) -> Self:
        """Puts neighbouring blocks into a branch and adds their input to what they give; no key changes.

        Raises:
            EditError: If they are not neighbours in one chain.
        """

        def wrapped(slots: Slots) -> Slot:
            # around blocks that are all switched off a sum would double what arrives
            return Slot("", Add(Chain(*slots), Chain()), enabled=any(slot.enabled for slot in slots))

        return self._gather(paths, wrapped)

    def fold(self, paths: Iterable[Path]) -> Self:
        """Folds equal neighbours into one repeat that carries their names; no key changes.

        Raises:
            EditError: If they are not equal, enabled neighbours in one chain.
        """

        def folded(slots: Slots) -> Slot:
            first = slots[0].block
            if len(slots) < 2 or any(slot.block != first or not slot.enabled or not slot.name for slot in slots):
                raise EditError("Only two or more equal neighbours can be folded into a repeat.")
            if isinstance(first, Tap):
                raise EditError("Taps cannot be folded: inside a repeat, what follows would not see them.")
            notes = dict.fromkeys(slot.note for slot in slots if slot.note)
            return Slot("", Repeat(tuple(slot.name for slot in slots), first), note="\n".join(notes))

        return self._gather(paths, folded)

    def in_chain(self, path: Path) -> tuple[Self, Path]:
        """Puts a block that is a branch all by itself into a chain, so that others can stand before and behind it.

        Args:
            path: The block; a chain stays as it is.

        Returns:
            The new network, in which no key has changed, and the path of the chain.

        Raises:
            EditError: If there is no such block.
        """
        if isinstance(self.slot(path).block, Chain | Output):
            return self, path
        network = self._gather([path], lambda slots: Slot("", Chain(*slots), enabled=slots[0].enabled))
        return network, path_to(network.body, self._place(path))

    def pack(self, paths: Iterable[Path], block: Block, name: str | None = None) -> tuple[Self, Path]:
        """Puts a block in the place of the neighbours it stands for; their keys get its name in front.

        Args:
            paths: The neighbours.
            block: A block whose body they are.
            name: Its name; by default its kind with the first free number.

        Returns:
            The new network and the path of the block.

        Raises:
            EditError: If they are not neighbours in one chain, a tap among them is recalled behind them, or the name is
                bad or taken.
        """
        paths = list(paths)
        gathered = self._gather(paths, lambda slots: Slot("", Chain(*slots)))
        first = min(map(self._place, paths))
        self._check_pack(holder_of(self.body, first), first[-1], first[-1] + len(paths))
        scope = canonical(paths[0])[:-1]
        leaving = frozenset[str]().union(*(names_brought(self.slot(path)) for path in paths))
        slot = Slot(free_name(block.slot_name, self._names(scope)) if name is None else name, block)
        self._check_name(slot.name, self._names(scope) - leaving)
        body = edit_at(gathered.body, first, lambda slots, i: (*slots[:i], slot, *slots[i + 1 :]))
        packed = [canonical(path) for path in paths]
        network = self.with_body(body)._with_marks(lambda marks: packed_in(marks, self.body, packed, slot.name))
        return network, (*scope, slot.name)

    def unpack(self, path: Path) -> Self:
        """Replaces a composite, a repeat or an unnamed chain by what it stands for; no key changes.

        Raises:
            EditError: If there is nothing inside, or no shape reaches a composite.
        """
        slot = self.slot(path)
        block = slot.block
        if isinstance(block, Composite):
            return self.replace(path, self._expanded(block, path))
        if isinstance(block, Repeat):
            inside = tuple(Slot(name, block.block) for name in block.names)
            in_sequence = isinstance(holder_of(self.body, self._place(path)), Chain | Output)
            return self.replace(path, Chain(*inside)) if slot.name or not in_sequence else self._splice(path, inside)
        if isinstance(block, Chain) and not slot.name:
            self._check_splice(path, block)
            return self._splice(path, block.slots)
        raise EditError(f"There is nothing to unpack in {block.type_name()}.")

    # Pieces of the edits

    def _splice(self, path: Path, inside: Slots) -> Self:
        def change(slots: Slots, i: int) -> Slots:
            outer = slots[i]
            parts = [slot if outer.enabled else dataclasses.replace(slot, enabled=False) for slot in inside]
            if outer.note and parts and not parts[0].note:
                parts[0] = dataclasses.replace(parts[0], note=outer.note)
            return (*slots[:i], *parts, *slots[i + 1 :])

        return self._edit(path, change)

    def _gather(self, paths: Iterable[Path], into: Callable[[Slots], Slot]) -> Self:
        """Replaces neighbouring slots of one chain by one slot that holds them."""
        by_place = {self._place(path): path for path in paths}
        places = sorted(by_place)
        if not places:
            raise EditError("Select one or more neighbouring blocks first.")
        first = places[0]
        in_sequence = len(places) == 1 or isinstance(holder_of(self.body, first), Chain | Output)
        if not in_sequence or any(place != (*first[:-1], first[-1] + n) for n, place in enumerate(places)):
            raise EditError("The selected blocks are not neighbours in one chain.")

        def change(slots: Slots, i: int) -> Slots:
            return (*slots[:i], into(slots[i : i + len(places)]), *slots[i + len(places) :])

        return self._edit(by_place[first], change)

    def _expanded(self, block: Composite, path: Path) -> Chain:
        """The chain a composite stands for in its place."""
        shapes = arriving_shapes(self.count(), self._place(path)) or {None}
        bodies: list[Chain] = []
        for shape in shapes:
            if shape is None or block.field_problems():
                raise EditError("Mend the problem before this block first: what is inside depends on the shape.")
            try:
                bodies.append(block.expanded(shape))
            except BlockError as error:
                raise EditError(f"{error.message} {error.remedy}") from error
        if any(body != bodies[0] for body in bodies):
            raise EditError("The copies of the repeat stand for different blocks; unpack the repeat first.")
        return bodies[0]

    def _check_splice(self, path: Path, chain: Chain) -> None:
        place = self._place(path)
        holder = holder_of(self.body, place)
        is_one_block = len(chain.slots) == 1 and chain.slots[0].enabled
        if not isinstance(holder, Chain | Output) and not is_one_block:
            raise EditError("This chain is a branch; unpacked, its blocks would be branches of their own.")
        visible = taps_before(self.body, place) | {entry.name for entry in self.inputs[1:]}
        hidden = tapped(chain.slots) & visible & recalled(holder.slots[place[-1] + 1 :])
        if hidden:
            raise EditError(f"The tap {min(hidden)!r} inside would hide one outside; rename one of them first.")

    @staticmethod
    def _check_pack(holder: Container, start: int, end: int) -> None:
        if isinstance(holder, Repeat):
            raise EditError("The copies of a repeat are all alike; unpack the repeat first.")
        if isinstance(holder, Chain | Output):
            # a recall behind could find another tap of that name, and the network would mean something else
            cut_off = tapped(holder.slots[start:end]) & recalled(holder.slots[end:])
            if cut_off:
                raise EditError(f"The tap {min(cut_off)!r} would be hidden from its Recall; put both into the block.")
