"""How a person moves blocks of the document in front, or takes them out; every function is one step of its history."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.compose import Container, Path
from explorer.errors import EditError
from explorer.gui.editing.chosen import chosen_paths
from explorer.gui.editing.placing import (
    around,
    branch_around,
    in_chain,
    siblings,
    slot_before,
    with_branch,
    with_whole_repeats,
)
from explorer.gui.editing.speaking import speaking
from explorer.gui.session import Session


@speaking
def remove(session: Session, text: str = "delete") -> None:
    """Takes the selected blocks out and selects what stands in their place."""
    paths = chosen_paths(session)
    beside = siblings(session.network, paths[-1])
    left = [path for path in beside if path not in paths]
    place = sum(1 for path in beside[: beside.index(paths[-1])] if path not in paths)
    network = session.network.remove(paths)
    session.edit(text, network, select=(left[min(place, len(left) - 1)],) if left else ())


@speaking
def move(session: Session, offset: int) -> None:
    """Moves the selected neighbours one place up (-1) or down (1)."""
    paths = chosen_paths(session)
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


@speaking
def move_across(session: Session, offset: int) -> None:
    """Moves the selected blocks of a branch to the end of the branch before it (-1) or behind it (1)."""
    paths = chosen_paths(session)
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


@speaking
def move_behind(session: Session, paths: Sequence[Path], after: Path | None) -> None:
    """Moves blocks behind another one, or in front of all."""
    network, selected = session.network.move_all(paths, after)
    session.edit("move", network, select=selected)


@speaking
def move_in_front(session: Session, paths: Sequence[Path], before: Path) -> None:
    """Moves blocks in front of another one."""
    beside = siblings(session.network, before)
    earlier = [path for path in beside[: beside.index(before)] if path not in paths]
    after, into = (earlier[-1] if earlier else None), around(session.network, before)
    network, selected = session.network.move_all(paths, after, into=into)
    session.edit("move", network, select=selected)


@speaking
def move_into(session: Session, paths: Sequence[Path], into: Path, index: int, *, branch: bool = False) -> None:
    """Moves blocks to a place of a structure."""
    paths = with_whole_repeats(session.network, tuple(paths))
    network, within = (session.network, into) if branch else in_chain(session.network, into)
    after = None if branch else slot_before(network, within, index)
    behind = None if branch else slot_before(network, within, index + 1)
    if after in paths or behind in paths or (into in paths and not branch):
        if len(paths) == 1:
            return  # it lands where it stands
        raise EditError("The blocks would land among themselves.")
    network, into = with_branch(network, within) if branch else (network, within)
    network, selected = network.move_all(paths, after, into=into)
    session.edit("move", network, select=selected)
