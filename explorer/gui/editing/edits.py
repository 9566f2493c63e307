"""What a person does to the blocks of the document in front; every function is one step of its history.

A refusal of the core becomes a sentence in the status bar, and the document stays as it was.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

from explorer.core.block import Block, Composite
from explorer.core.compose import Chain, Container, Path, Slot
from explorer.core.freezing import frozen_above
from explorer.core.network import Network, find_counted
from explorer.core.shape import Shape
from explorer.errors import EditError, ExplorerError
from explorer.gui.documents import clipboard
from explorer.gui.editing.placing import (
    around,
    branch_around,
    editable_part,
    insertion_point,
    is_editable,
    merge_around,
    outside_repeats,
    place_before,
    place_slot,
    repeat_around,
    siblings,
    slot_before,
    topmost,
    with_whole_repeats,
)
from explorer.gui.editing.starters import fitted
from explorer.gui.session import Session

P = ParamSpec("P")
_Edit = Callable[Concatenate[Session, P], None]


def _speaking(edit: _Edit[P]) -> _Edit[P]:
    """Lets an edit say in the status bar why it was refused."""

    @functools.wraps(edit)
    def speaking(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            edit(session, *args, **kwargs)
        except ExplorerError as error:
            session.message.emit(str(error))

    return speaking


# Putting in


@_speaking
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


@_speaking
def insert_slots(session: Session, slots: Sequence[Slot], text: str, *, after: Path | None) -> None:
    """Inserts slots behind a block, or in front of all, and selects them."""
    network, paths = session.network, []
    for slot in slots:
        network, after = place_slot(network, slot, after)
        paths.append(after)
    session.edit(text, network, select=tuple(paths))


@_speaking
def insert_slots_before(session: Session, slots: Sequence[Slot], text: str, before: Path) -> None:
    """Inserts slots in front of a block and selects them."""
    network, path = place_before(session.network, slots[0], before)
    paths = [path]
    for slot in slots[1:]:
        network, path = place_slot(network, slot, path)
        paths.append(path)
    session.edit(text, network, select=tuple(paths))


@_speaking
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
    network, into = (session.network, into) if branch else _in_chain(session.network, into)
    after = None if branch else slot_before(network, into, index)
    if fresh:
        slots = [slot.holding(fitted(slot.block, _arriving(session, into, after))) for slot in slots]
    network, into = _with_branch(network, into) if branch else (network, into)
    paths: list[Path] = []
    for slot in slots:
        network, after = place_slot(network, slot, after, into=into)
        paths.append(after)
    what = slots[0].block.type_name() if len(slots) == 1 else "blocks"
    session.edit(f"insert {what}", network, select=tuple(paths))


@_speaking
def move_into(session: Session, paths: Sequence[Path], into: Path, index: int, *, branch: bool = False) -> None:
    """Moves blocks to a place of a structure."""
    paths = with_whole_repeats(session.network, tuple(paths))
    network, within = (session.network, into) if branch else _in_chain(session.network, into)
    after = None if branch else slot_before(network, within, index)
    behind = None if branch else slot_before(network, within, index + 1)
    if after in paths or behind in paths or (into in paths and not branch):
        if len(paths) == 1:
            return  # it lands where it stands
        raise EditError("The blocks would land among themselves.")
    network, into = _with_branch(network, within) if branch else (network, within)
    network, selected = network.move_all(paths, after, into=into)
    session.edit("move", network, select=selected)


@_speaking
def add_branch(session: Session) -> None:
    """Adds an empty branch, the identity, to the selected merge, or to the one around the selected block."""
    merge = merge_around(session.network, session.selection[-1]) if session.selection else None
    if merge is None:
        raise EditError("Select an Add, Concat or Multiply, or a block in one of its branches, to add a branch.")
    network, _ = _with_branch(session.network, merge)
    session.edit("add a branch", network)


def _in_chain(network: Network, into: Path) -> tuple[Network, Path]:
    return network.in_chain(into) if into else (network, into)


def _with_branch(network: Network, merge: Path) -> tuple[Network, Path]:
    return network.append(Chain(), merge, name="")


def _arriving(session: Session, into: Path, after: Path | None) -> Shape | None:
    """The shape that arrives behind a block, or at the front of a structure."""
    counted = session.analysis.counted
    found = find_counted(counted, after if after is not None else into) if counted else None
    if found is None:
        return None
    return found.output_shape if after is not None else found.input_shape


@_speaking
def duplicate(session: Session) -> None:
    """Inserts copies of the selected blocks behind them."""
    paths = _chosen(session)
    insert_slots(session, [session.network.slot(path) for path in paths], "duplicate", after=_behind(session, paths))


@_speaking
def paste(session: Session, text: str) -> None:
    """Inserts the blocks of a JSON text behind the selection, or behind all."""
    slots = clipboard.loads(text, session.network)
    if session.selection:
        after: Path | None = _behind(session, session.selection)
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


# Taking out and moving


@_speaking
def remove(session: Session, text: str = "delete") -> None:
    """Takes the selected blocks out and selects what stands in their place."""
    paths = _chosen(session)
    beside = siblings(session.network, paths[-1])
    left = [path for path in beside if path not in paths]
    place = sum(1 for path in beside[: beside.index(paths[-1])] if path not in paths)
    network = session.network.remove(paths)
    session.edit(text, network, select=(left[min(place, len(left) - 1)],) if left else ())


@_speaking
def move(session: Session, offset: int) -> None:
    """Moves the selected neighbours one place up (-1) or down (1)."""
    paths = _chosen(session)
    beside = siblings(session.network, paths[0])
    places = [beside.index(path) if path in beside else -2 for path in paths]
    if places != list(range(places[0], places[0] + len(paths))):
        raise EditError("Only neighbours in one chain move together.")
    passed = places[0] - 1 if offset < 0 else places[-1] + 1
    if not 0 <= passed < len(beside):
        raise EditError(f"The block is already {'first' if offset < 0 else 'last'} in its chain.")
    before = passed if offset > 0 else passed - 1
    after, into = (beside[before] if before >= 0 else None), around(session.network, paths[0])
    network, selected = session.network.move_all(paths, after, into=into)
    session.edit(f"move {'up' if offset < 0 else 'down'}", network, select=selected)


@_speaking
def move_across(session: Session, offset: int) -> None:
    """Moves the selected blocks of a branch to the end of the branch before it (-1) or behind it (1)."""
    paths = _chosen(session)
    found = {branch_around(session.network, path) for path in paths}
    branch = found.pop()
    if branch is None or found:
        raise EditError("Select blocks of one branch, to move them to the one beside it.")
    branches = siblings(session.network, branch)
    place = branches.index(branch) + offset
    if not 0 <= place < len(branches):
        raise EditError(f"There is no branch {'before' if offset < 0 else 'behind'} this one; add one first.")
    network, into = session.network.in_chain(branches[place])
    end = network.block(into)
    after = slot_before(network, into, len(end.slots)) if isinstance(end, Container) else None
    network, selected = network.move_all(paths, after, into=into)
    session.edit("move to another branch", network, select=selected)


@_speaking
def move_behind(session: Session, paths: Sequence[Path], after: Path | None) -> None:
    """Moves blocks behind another one, or in front of all."""
    network, selected = session.network.move_all(paths, after)
    session.edit("move", network, select=selected)


@_speaking
def move_in_front(session: Session, paths: Sequence[Path], before: Path) -> None:
    """Moves blocks in front of another one."""
    beside = siblings(session.network, before)
    earlier = [path for path in beside[: beside.index(before)] if path not in paths]
    after, into = (earlier[-1] if earlier else None), around(session.network, before)
    network, selected = session.network.move_all(paths, after, into=into)
    session.edit("move", network, select=selected)


# Changing in place


@_speaking
def rename(session: Session, path: Path, name: str) -> None:
    """Gives a block another name."""
    network = session.network.rename(path, name)
    selection = tuple((*path[:-1], name, *p[len(path) :]) if p[: len(path)] == path else p for p in session.selection)
    session.edit(f"rename to {name}", network, select=selection)


@_speaking
def set_field(session: Session, paths: Sequence[Path], field: str, value: object) -> None:
    """Gives a field of one or several blocks a value; what is typed in one go is one step."""
    network = session.network
    for path in paths:
        block = dataclasses.replace(network.block(path), **{field: value})  # type: ignore[type-var]
        network = network if block == network.block(path) else network.replace(path, block)
    session.edit(f"change {field}", network, merge=f"{field}@{paths}")


@_speaking
def switch(session: Session) -> None:
    """Switches the selected blocks off, or on where all are off."""
    paths = _chosen(session)
    on = not any(session.network.slot(path).enabled for path in paths)
    network = session.network
    for path in paths:
        network = network.enable(path, on)
    # of a repeat that is off there are no copies to be selected any more, but itself
    session.edit("enable" if on else "disable", network, select=paths)


@_speaking
def freeze(session: Session, path: Path, frozen: bool) -> None:
    """Keeps the parameters of a block as they are, or trains them again."""
    session.edit("freeze" if frozen else "unfreeze", session.network.freeze(path, frozen))


@_speaking
def freeze_all(session: Session, paths: Sequence[Path], frozen: bool) -> None:
    """Keeps the parameters of several blocks as they are, or trains them again."""
    network = session.network
    for path in paths:
        network = network.freeze(path, frozen)
    session.edit("freeze" if frozen else "unfreeze", network)


@_speaking
def freeze_before(session: Session, index: int) -> None:
    """Freezes all above a place in the chain of the network, and trains the rest; a drag is one step."""
    name = "freeze everything above" if index else "unfreeze everything"
    session.edit(name, session.network.freeze_before(index), merge="freeze_before")


def move_freeze_line(session: Session, step: int) -> None:
    """Freezes more or fewer blocks from the top of the network on."""
    network = session.network
    freeze_before(session, max(frozen_above(network.frozen, network.body) + step, 0))
    session.settle()


@_speaking
def freeze_selection(session: Session) -> None:
    """Freezes the selected blocks, or trains them again where all are frozen."""
    rows = [session.analysis.row(path) for path in topmost(session.selection)]
    trains = any(row is not None and row.trainable_parameters for row in rows)
    freeze_all(session, [row.path for row in rows if row is not None], trains)


@_speaking
def scale_rate(session: Session, paths: Sequence[Path], factor: float) -> None:
    """Has blocks learn at a multiple of the learning rate; what is typed in one go is one step."""
    network = session.network
    for path in paths:
        network = network.scale_rate(path, factor)
    session.edit("change rate factor", network, merge=f"lr_factor@{paths}")


@_speaking
def annotate(session: Session, path: Path, note: str) -> None:
    """Puts a remark on a block."""
    session.edit("change note", session.network.annotate(path, note), merge=f"note@{path}")


# Structure


@_speaking
def wrap_residual(session: Session) -> None:
    """Puts the selected neighbours into a residual connection."""
    session.edit("wrap in a residual connection", session.network.wrap_residual(_chosen(session)))


@_speaking
def fold(session: Session) -> None:
    """Folds the selected equal neighbours into a repeat."""
    session.edit("fold into a repeat", session.network.fold(_chosen(session)))


@_speaking
def unpack(session: Session) -> None:
    """Unpacks the selected composites and repeats.

    A copy of a repeat becomes a block beside the others, and is unpacked itself: the repeat alone would look the same.
    """
    network, chosen = session.network, _chosen(session)
    alone = [path for path in topmost(session.selection) if _is_copy_alone(network, path, chosen)]
    paths = dict.fromkeys(repeat_around(network, path) or path for path in chosen)
    for path in reversed(paths):  # from the back, so that places such as #2 stay where they are
        network = network.unpack(path)
    for path in alone:
        if isinstance(network.block(path), Composite):
            network = network.unpack(path)
    session.edit("unpack", network)


def _is_copy_alone(network: Network, path: Path, chosen: tuple[Path, ...]) -> bool:
    """Whether a block is a copy of a repeat, without all others being chosen too."""
    repeat = repeat_around(network, path)
    return repeat is not None and (repeat not in chosen or len(siblings(network, path)) == 1)


def _chosen(session: Session) -> tuple[Path, ...]:
    """The selected blocks without those inside another selected one.

    Raises:
        EditError: If nothing is selected, or a block lies inside a composite.
    """
    paths = topmost(session.selection)
    if not paths:
        raise EditError("Select a block first.")
    for path in paths:
        session.network.slot(path)  # refuses what lies inside a composite, and says what to do
    return with_whole_repeats(session.network, paths)


def _behind(session: Session, paths: Sequence[Path]) -> Path:
    return outside_repeats(session.network, editable_part(session.network, paths[-1]))
