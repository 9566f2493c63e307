"""The edits that remedies are made of, by place: where names are bad or taken, not every block has a path."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from explorer.core.address import edit_at, holder_of, path_to, slot_at
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Container, Multiply, Output, Path, Repeat, Slot
from explorer.core.counted import Counted
from explorer.core.names import free_name
from explorer.core.network import Network
from explorer.core.outline import names_brought, scope_names
from explorer.errors import EditError

Place: TypeAlias = tuple[int, ...]  # the way down by index from the chain of the network


def with_values(block: Block, **values: object) -> Block:
    """The block with other values in some of its fields."""
    return dataclasses.replace(block, **values)  # type: ignore[type-var]


def replaced(network: Network, place: Place, block: Block) -> Network:
    """The network with another block at a place; the empty place is the whole chain."""
    if not place:
        return network.with_body(block) if isinstance(block, Chain) else network
    return with_slot(network, place, slot_at(network.body, place).holding(block))


def with_slot(network: Network, place: Place, slot: Slot) -> Network:
    """The network with another slot at a place."""
    return network.with_body(edit_at(network.body, place, lambda slots, i: (*slots[:i], slot, *slots[i + 1 :])))


def preceded(network: Network, place: Place, blocks: Sequence[Block]) -> tuple[Network, Place]:
    """The network with new blocks in front of the one at a place, and where that one is then.

    Raises:
        EditError: If the block is a copy of a repeat.
    """
    new = new_slots(names_around(network, place), blocks)
    if in_sequence(network, place):
        body = edit_at(network.body, place, lambda slots, i: (*slots[:i], *new, *slots[i:]))
        return network.with_body(body), (*place[:-1], place[-1] + len(new))
    if isinstance(holder_of(network.body, place), Repeat):
        raise EditError("The copies of a repeat are all alike; unpack the repeat first.")
    old = slot_at(network.body, place)  # a branch: a chain without a name around it changes no key
    return with_slot(network, place, Slot("", Chain(*new, old))), (*place, len(new))


def followed(network: Network, place: Place, blocks: Sequence[Block], stem: str = "") -> Network:
    """The network with new blocks at the end of the branch at a place."""
    branch = slot_at(network.body, place)
    if not isinstance(branch.block, Chain):
        new = new_slots(names_around(network, place), blocks, stem)
        return with_slot(network, place, Slot("", Chain(branch, *new)))
    taken = scope_names(branch.block) if branch.name else names_around(network, place)
    return replaced(network, place, Chain(*branch.block.slots, *new_slots(taken, blocks, stem)))


def removed(network: Network, place: Place) -> tuple[Network, Place]:
    """The network without the block at a place, or without the repeat whose copy it is, and what stands there then."""
    while place and isinstance(holder_of(network.body, place), Repeat):
        place = place[:-1]
    if not place:
        raise EditError("The network itself cannot be removed.")
    edited = network.remove([path_to(network.body, place)])
    holder = holder_of(edited.body, place)
    left = min(place[-1], len(holder.slots) - 1)
    return edited, (*place[:-1], left) if left >= 0 else place[:-1]


def moved(network: Network, place: Place, to: int) -> tuple[Network, Place]:
    """The network with the slot at a place moved within its structure, and where it is then."""

    def change(slots: tuple[Slot, ...], i: int) -> tuple[Slot, ...]:
        others = (*slots[:i], *slots[i + 1 :])
        return (*others[:to], slots[i], *others[to:])

    return network.with_body(edit_at(network.body, place, change)), (*place[:-1], to)


def new_slots(taken: set[str], blocks: Sequence[Block], stem: str = "") -> list[Slot]:
    """Slots for new blocks; ``stem`` itself is the name where it is given and free, as torchvision names its parts."""
    slots, taken = [], set(taken)
    for block in blocks:
        name = stem if stem and stem not in taken else free_name(stem or block.slot_name, taken)
        taken.add(name)
        slots.append(Slot(name, block))
    return slots


def names_around(network: Network, place: Place) -> set[str]:
    """The names taken in the scope in which the slot at a place is named."""
    scope: Container = network.body
    container: Container = network.body
    for index in place[:-1]:
        slot = container.slots[index]
        if not isinstance(slot.block, Container):
            break
        container = slot.block
        scope = container if slot.name else scope
    return scope_names(scope)


def renamed(network: Network, place: Place, stem: str) -> tuple[Network, str]:
    """The network with another name for the slot at a place: ``stem``, or with a number where that is taken."""
    slot = slot_at(network.body, place)
    taken = names_around(network, place) - names_brought(slot)
    name = stem if stem not in taken else free_name(stem.rstrip("0123456789") or stem, taken | {slot.name})
    return with_slot(network, place, dataclasses.replace(slot, name=name)), name


def in_sequence(network: Network, place: Place) -> bool:
    """Whether what stands at a place runs behind what stands before it there."""
    return isinstance(holder_of(network.body, place), Chain | Output)


def counted_at(counted: Counted, place: Place) -> Counted | None:
    """What was counted for the block at a place; None where counting did not get there."""
    for index in place:
        if index >= len(counted.children):
            return None
        counted = counted.children[index][1]
    return counted


def places(container: Container, above: Place = ()) -> Iterator[tuple[Place, Slot]]:
    """Every slot that can be edited, in the order in which they run, those inside a structure behind it."""
    slots = container.slots[:1] if isinstance(container, Repeat) else container.slots
    for index, slot in enumerate(slots):
        yield (*above, index), slot
        if isinstance(slot.block, Container) and slot.enabled:
            yield from places(slot.block, (*above, index))


def shown_at(network: Network, place: Place) -> tuple[Path, ...]:
    """What to look at for a place: a structure without a name is seen in what it holds; empty for the network."""
    while place:
        slot = slot_at(network.body, place)
        if slot.name or not isinstance(slot.block, Container) or isinstance(slot.block, Add | Concat | Multiply):
            return (path_to(network.body, place),)
        if not slot.block.slots:
            break
        place = (*place, 0)
    return ()


def is_copy(network: Network, place: Place) -> bool:
    """Whether a copy of a repeat stands at a place."""
    return isinstance(holder_of(network.body, place), Repeat)


def title(network: Network, place: Place) -> str:
    """What the slot at a place is called in a label; a number alone would say nothing."""
    slot = slot_at(network.body, place)
    kind = slot.block.type_name()
    return f"{kind} {slot.name}" if slot.name.isdecimal() else slot.name or kind


def holder(network: Network, place: Place) -> Container:
    """The structure in whose slots a place is."""
    return holder_of(network.body, place)


def block_at(network: Network, place: Place) -> Block:
    """The block at a place."""
    return slot_at(network.body, place).block
