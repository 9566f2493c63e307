"""Structures and blocks as a whole: unknown ones, empty ones, too many, too deep or too large ones."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterator

from explorer.core.address import path_to
from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Add, Chain, Concat, Container, Multiply, Repeat, Slot, Unknown
from explorer.core.fields import shortened
from explorer.core.names import free_name
from explorer.core.network import Network
from explorer.core.shape import pair
from explorer.core.storage import block_from_json
from explorer.core.wording import amount
from explorer.errors import EditError
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place

_WIDTHS = ("out_channels", "out_features", "scale_factor", "output_size", "stride", "kernel_size")


@mends("unknown")
def known_block(case: Case) -> Iterator[Fix | None]:
    """The known block it is like, or none."""
    block = case.failing.block
    known = _read_again(block) if isinstance(block, Unknown) and not block.as_slot else None
    if known is not None and not case.inside_composite:
        yield case.with_block(f"Read it as {known.type_name()}", known)
    yield case.without("Remove the unknown block")


def _read_again(unknown: Unknown) -> Block | None:
    """The block of the most similar name, with the fields that are known."""
    value = json.loads(unknown.json)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return None
    names = {name.lower(): name for name in BLOCKS}
    close = difflib.get_close_matches(value["type"].lower(), names, n=1)
    if not close:
        return None
    cls = BLOCKS[names[close[0]]]
    parts = ("slots", "names", "block", "body") if issubclass(cls, Container) else ()
    fields = {key: item for key, item in value.items() if key in cls.fields() or key in parts}
    block = block_from_json({"type": cls.type_name(), **fields})
    return None if isinstance(block, Unknown) else block


@mends("no_copies")
def one_copy(case: Case) -> Iterator[Fix | None]:
    """A copy, or no repeat."""
    if isinstance(case.block, Repeat):
        name = free_name(case.block.block.slot_name, changes.names_around(case.network, case.place))
        yield case.with_block("Give it one copy", dataclasses.replace(case.block, names=(name,)))
    yield case.without("Remove the repeat")


@mends("no_branches")
def one_branch(case: Case) -> Iterator[Fix | None]:
    """No merge, or an empty branch."""
    yield case.without(f"Remove {case.name}")
    if isinstance(case.block, Add | Concat | Multiply):
        yield case.with_block("Add an empty branch", case.block.with_slots((*case.block.slots, Slot("", Chain()))))


@mends("too_deep")
def fewer_levels(case: Case) -> Iterator[Fix | None]:
    """The chains around it unpacked, as far as they add no name, or the block removed."""
    yield case.fix("Unpack the chains around it", lambda: (_unpacked(case), ()))
    yield case.without("Remove the deepest blocks")


def _unpacked(case: Case) -> Network:
    network = case.network
    for depth in range(len(case.place), 0, -1):
        try:
            network = network.unpack(path_to(network.body, case.place[:depth]))
        except EditError:  # what has a name, or is a branch, stays
            continue
    return network


@mends("too_many")
def fewer_copies(case: Case) -> Iterator[Fix | None]:
    """Half as often, or a quarter, until it is enough: the repeat itself, or the largest one in the chain."""
    yield case.first(_halved(case, *_largest_repeat(case)))


def _largest_repeat(case: Case) -> tuple[Place, Block]:
    counted = case.failing
    inside = [
        ((*case.place, index), slot.block, child.blocks)
        for index, (slot, child, _) in enumerate(counted.children)
        if _copies(slot.block) > 1
    ]
    if _copies(case.block) > 1 or not inside:
        return case.place, case.block
    place, block, _ = max(inside, key=lambda entry: entry[2])
    return place, block


def _copies(block: Block) -> int:
    if isinstance(block, Repeat):
        return len(block.names)
    copies = getattr(block, "blocks", 1)
    return copies if isinstance(copies, int) else 1


def _halved(case: Case, place: Place, block: Block) -> Iterator[Fix | None]:
    copies = _copies(block)
    while copies > 1:
        copies //= 2
        names = {"names": block.names[:copies]} if isinstance(block, Repeat) else {"blocks": copies}
        yield case.with_block(f"Repeat {amount(copies, 'time')}", changes.with_values(block, **names), place)


@mends("parameters", "output_size")
def narrower(case: Case) -> Iterator[Fix | None]:
    """Half of what makes it large, or a quarter, until it is enough."""
    for name in _WIDTHS:
        if name in case.block.fields():
            yield case.first(_narrowed(case, name))


def _narrowed(case: Case, name: str) -> Iterator[Fix | None]:
    number = max(pair(getattr(case.block, name)))
    while number > 1:
        number //= 2
        yield case.with_fields(f"Set {shortened(name)} to {number:,}", **{name: number})
