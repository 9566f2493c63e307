"""Where things stand and where they go: neighbours, the structure around a block, and the place for a new one."""

from __future__ import annotations

from explorer.core.address import route_to
from explorer.core.analysis import Analysis, Row
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Container, Multiply, Path, Repeat, Slot
from explorer.core.counted import join
from explorer.core.names import free_name, place_name
from explorer.core.network import Network
from explorer.core.outline import scope_names
from explorer.errors import EditError

_TAIL_KINDS = ("Linear", "Softmax", "Dropout", "Flatten")


def scope_of(network: Network, path: Path) -> Container:
    """The structure in whose scope the block at ``path`` is named.

    Raises:
        EditError: If it lies inside a composite.
    """
    block = network.block(path[:-1])
    if isinstance(block, Container):
        return block
    where = ".".join(path[:-1])
    raise EditError(f"What is inside {where} follows from the fields of {where}; unpack it to edit it.")


def route_of(network: Network, path: Path) -> tuple[int, ...]:
    """The way by index to a block within its scope.

    Raises:
        EditError: If there is no such block, or it lies inside a composite.
    """
    return route_to(scope_of(network, path), path[-1], path)


def is_editable(network: Network, path: Path) -> bool:
    """Whether the block stands in a structure a person can edit, rather than inside a composite."""
    try:
        route_of(network, path)
    except EditError:
        return False
    return True


def editable_part(network: Network, path: Path) -> Path:
    """The block itself, or the composite it lies in."""
    while len(path) > 1 and not is_editable(network, path):
        path = path[:-1]
    return path


def around(network: Network, path: Path) -> Path:
    """The structure in which a block stands; empty for the network itself."""
    route = route_of(network, path)
    return (*path[:-1], place_name(route[:-1])) if len(route) > 1 else path[:-1]


def siblings(network: Network, path: Path) -> tuple[Path, ...]:
    """The blocks in the same structure, this one included, in their order."""
    route = route_of(network, path)
    structure = scope_of(network, path)
    for index in route[:-1]:
        inner = structure.slots[index].block
        if isinstance(inner, Container):
            structure = inner
    return tuple(
        (*path[:-1], slot.name or place_name((*route[:-1], index))) for index, slot in enumerate(structure.slots)
    )


def all_beside(network: Network, analysis: Analysis, selection: tuple[Path, ...]) -> tuple[Path, ...]:
    """All blocks of the chain in which the selection ends; of the network without a selection.

    Where all of them are selected already, those of the chain around it. Inside a composite, all that it is made of.
    """
    chosen, path = set(selection), selection[-1] if selection else ()
    while path:
        editable = is_editable(network, path)
        beside = siblings(network, path) if editable else _made_of(analysis, path[:-1])
        is_chain = not editable or not isinstance(network.block(around(network, path)), Add | Concat | Multiply)
        if is_chain and not set(beside) <= chosen:
            return beside
        path = around(network, path) if editable else path[:-1]
    return tuple((slot.name or place_name((index,)),) for index, slot in enumerate(network.body.slots))


def _made_of(analysis: Analysis, path: Path) -> tuple[Path, ...]:
    row = analysis.row(path)
    return tuple(child.path for child in row.children) if row is not None else ()


def repeat_around(network: Network, path: Path) -> Path | None:
    """The repeat of which the block is a copy, or None."""
    if not path or not is_editable(network, path):
        return None
    outer = around(network, path)
    return outer if outer and isinstance(network.block(outer), Repeat) else None


def with_whole_repeats(network: Network, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths, with the repeat itself in the place of its copies where all of them are there."""
    chosen, found = set(paths), []
    for path in paths:
        repeat = repeat_around(network, path)
        found.append(repeat if repeat and set(siblings(network, path)) <= chosen else path)
    return tuple(dict.fromkeys(found))


def topmost(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths without those that lie in another one of them."""
    chosen = set(paths)
    return tuple(path for path in paths if not any(path[:n] in chosen for n in range(1, len(path))))


def insertion_point(network: Network, analysis: Analysis, selection: tuple[Path, ...], block: Block) -> Path | None:
    """The block behind which a new one goes: the last of the selection, else where blocks of its kind usually stand."""
    if selection:
        return outside_repeats(network, editable_part(network, selection[-1]))
    rows = analysis.root.children if analysis.root else ()
    if block.type_name() in _TAIL_KINDS or not rows:
        return rows[-1].path[:1] if rows else None
    extractors = [row for row in rows if _extracts(row)]
    return outside_repeats(network, extractors[-1].path) if extractors else None


def outside_repeats(network: Network, path: Path) -> Path:
    """The block itself, or the outermost repeat of which it is a copy: a repeat takes no strangers."""
    found = path
    while path:
        outer = repeat_around(network, path)
        found = outer or found
        path = outer or path[:-1]
    return found


def _extracts(row: Row) -> bool:
    """Whether a block works on images and has something to learn, so that further blocks belong behind it."""
    shape = row.output_shape
    return shape is not None and len(shape) == 3 and row.block.category in ("convolution", "merge") and row.enabled


def merge_around(network: Network, path: Path) -> Path | None:
    """The merge at ``path``, or the innermost one around it that can be edited; None without one."""
    while path and is_editable(network, path):
        if isinstance(network.block(path), Add | Concat | Multiply):
            return path
        path = around(network, path)
    return None


def branch_around(network: Network, path: Path) -> Path | None:
    """The branch of the innermost merge in which a block is; None without one. It can be all of its branch itself."""
    while path and is_editable(network, path):
        outer = around(network, path)
        if outer and isinstance(network.block(outer), Add | Concat | Multiply):
            return path
        path = outer
    return None


def slot_before(network: Network, into: Path, index: int) -> Path | None:
    """The slot of a structure in front of a place; None where there is none.

    Raises:
        EditError: If there is no such structure.
    """
    structure = network.block(into)
    if not isinstance(structure, Container):
        raise EditError("Blocks can only be put into chains and branches.")
    if not 0 < index <= len(structure.slots):
        return None
    route = place_name((index - 1,))
    return join(into, (structure.slots[index - 1].name or route,))


def place_slot(network: Network, slot: Slot, after: Path | None, *, into: Path = ()) -> tuple[Network, Path]:
    """Inserts a slot with all that belongs to it; its name stays where it is free.

    Args:
        network: The network.
        slot: What is inserted.
        after: The slot behind which it goes; None puts it first.
        into: Where None puts it first: the structure there, or the network itself.

    Raises:
        EditError: If it cannot stand there.
    """
    scope = scope_of(network, after) if after is not None else _scope_within(network, into)
    edited, path = network.insert(slot.block, after, into=into, name=_name_for(slot, scope_names(scope)))
    if not slot.enabled:
        edited = edited.enable(path, False)
    return (edited.annotate(path, slot.note) if slot.note else edited), path


def _name_for(slot: Slot, taken: set[str]) -> str:
    inside = scope_names(slot.block) if isinstance(slot.block, Container) else set()
    if not slot.name and isinstance(slot.block, Container) and not inside & taken:
        return ""
    return slot.name if slot.name and slot.name not in taken else free_name(slot.block.slot_name, taken)


def _scope_within(network: Network, into: Path) -> Container:
    """The structure in whose scope the slots of the structure at ``into`` are named."""
    if into and into[-1].startswith("#"):
        return scope_of(network, into)
    block = network.block(into)
    return block if isinstance(block, Container) else network.body


def place_before(network: Network, slot: Slot, before: Path) -> tuple[Network, Path]:
    """Inserts a slot in front of a block.

    Raises:
        EditError: If it cannot stand there.
    """
    beside = siblings(network, before)
    index = beside.index(before)
    if index > 0:
        return place_slot(network, slot, beside[index - 1])
    if len(before) == 1 and len(route_of(network, before)) == 1:
        return place_slot(network, slot, None)
    edited, path = place_slot(network, slot, before)
    if path[-1].startswith("#"):
        raise EditError("A structure without a name cannot be put first here; give it a name, then move it.")
    edited, _ = edited.move(before, path)
    return edited, path


def in_chain(network: Network, into: Path) -> tuple[Network, Path]:
    """A network in which something can be put one behind the other into ``into``, and the chain in its place."""
    return network.in_chain(into) if into else (network, into)


def with_branch(network: Network, merge: Path) -> tuple[Network, Path]:
    """The network with an empty branch behind those of a merge, and the path of that."""
    return network.append(Chain(), merge, name="")
