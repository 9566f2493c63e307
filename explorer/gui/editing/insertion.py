"""What a person puts into the document in front; every function is one step of its history."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.block import Block
from explorer.core.compose import Path, Slot
from explorer.core.network import find_counted
from explorer.core.shape import Shape
from explorer.errors import EditError
from explorer.gui.documents import clipboard
from explorer.gui.editing.chosen import behind_all, chosen_paths
from explorer.gui.editing.placing import (
    in_chain,
    insertion_point,
    is_editable,
    merge_around,
    place_before,
    place_slot,
    slot_before,
    topmost,
    with_branch,
)
from explorer.gui.editing.speaking import speaking
from explorer.gui.editing.starters import fitted
from explorer.gui.session import Session


@speaking
def insert(session: Session, block: Block) -> None:
    """Inserts a block behind the selection and selects it, so that the next one goes behind it."""
    after = insertion_point(session.network, session.analysis, session.selection, block)
    slot = adapted(session, Slot("", block), after)
    network, path = session.network.insert(slot.block, after)
    session.edit(f"insert {block.type_name()}", network, select=(path,))
    session.shelf.use(type(block))


def adapted(session: Session, slot: Slot, after: Path | None) -> Slot:
    """A new block in the form that suits what arrives behind ``after``; in front of all it keeps its defaults."""
    counted = session.analysis.counted
    beside = find_counted(counted, after) if counted and after else None
    return slot.holding(fitted(slot.block, beside.output_shape if beside else None))


@speaking
def insert_slots(session: Session, slots: Sequence[Slot], text: str, *, after: Path | None) -> None:
    """Inserts slots behind a block, or in front of all, and selects them."""
    network, paths = session.network, []
    for slot in slots:
        network, after = place_slot(network, slot, after)
        paths.append(after)
    session.edit(text, network, select=tuple(paths))


@speaking
def insert_slots_before(session: Session, slots: Sequence[Slot], text: str, before: Path) -> None:
    """Inserts slots in front of a block and selects them."""
    network, path = place_before(session.network, slots[0], before)
    paths = [path]
    for slot in slots[1:]:
        network, path = place_slot(network, slot, path)
        paths.append(path)
    session.edit(text, network, select=tuple(paths))


@speaking
def insert_into(
    session: Session, slots: Sequence[Slot], into: Path, index: int, *, branch: bool = False, fresh: bool = False
) -> None:
    """Inserts slots at a place of a structure and selects them.

    Args:
        session: The session.
        slots: What is inserted.
        into: The structure; empty for the network.
        index: The place among its slots.
        branch: Whether they become a branch of their own.
        fresh: Whether they are new, and adapt to what arrives.
    """
    network, into = (session.network, into) if branch else in_chain(session.network, into)
    after = None if branch else slot_before(network, into, index)
    if fresh:
        slots = [slot.holding(fitted(slot.block, _arriving(session, into, after))) for slot in slots]
    network, into = with_branch(network, into) if branch else (network, into)
    paths: list[Path] = []
    for slot in slots:
        network, after = place_slot(network, slot, after, into=into)
        paths.append(after)
    what = slots[0].block.type_name() if len(slots) == 1 else "blocks"
    session.edit(f"insert {what}", network, select=tuple(paths))


def _arriving(session: Session, into: Path, after: Path | None) -> Shape | None:
    """The shape that arrives behind a block, or at the front of a structure."""
    counted = session.analysis.counted
    found = find_counted(counted, after if after is not None else into) if counted else None
    if found is None:
        return None
    return found.output_shape if after is not None else found.input_shape


@speaking
def add_branch(session: Session) -> None:
    """Adds an empty branch, the identity, to the selected merge, or to the one around the selected block."""
    merge = merge_around(session.network, session.selection[-1]) if session.selection else None
    if merge is None:
        raise EditError("Select an Add, Concat or Multiply, or a block in one of its branches, to add a branch.")
    network, _ = with_branch(session.network, merge)
    session.edit("add a branch", network)


@speaking
def duplicate(session: Session) -> None:
    """Inserts copies of the selected blocks behind them."""
    paths = chosen_paths(session)
    insert_slots(session, [session.network.slot(path) for path in paths], "duplicate", after=behind_all(session, paths))


@speaking
def paste(session: Session, text: str) -> None:
    """Inserts the blocks of a JSON text behind the selection, or behind all."""
    slots = clipboard.loads(text, session.network)
    if session.selection:
        after: Path | None = behind_all(session, session.selection)
    else:
        after = insertion_point(session.network, session.analysis, (), slots[0].block)
    insert_slots(session, slots, "paste", after=after)


def copied(session: Session) -> str | None:
    """The selected blocks as JSON text; None where none is selected or one lies inside a composite."""
    network = session.network
    paths = topmost(session.selection)
    if not paths or not all(is_editable(network, path) for path in paths):
        return None
    return clipboard.dumps(network.slot(path) for path in paths)
