"""How a person changes blocks of the document in front where they stand; every function is one step of its history."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from explorer.core.block import Composite
from explorer.core.compose import Path
from explorer.core.network import Network
from explorer.gui.editing.chosen import chosen_paths
from explorer.gui.editing.placing import repeat_around, siblings, topmost
from explorer.gui.editing.speaking import speaking
from explorer.gui.session import Session


@speaking
def rename(session: Session, path: Path, name: str) -> None:
    """Gives a block another name."""
    network = session.network.rename(path, name)
    selection = tuple((*path[:-1], name, *p[len(path) :]) if p[: len(path)] == path else p for p in session.selection)
    session.edit(f"rename to {name}", network, select=selection)


@speaking
def set_field(session: Session, paths: Sequence[Path], field: str, value: object) -> None:
    """Gives a field of one or several blocks a value; what is typed in one go is one step."""
    network = session.network
    for path in paths:
        block = dataclasses.replace(network.block(path), **{field: value})  # type: ignore[type-var]
        network = network if block == network.block(path) else network.replace(path, block)
    session.edit(f"change {field}", network, merge=f"{field}@{paths}")


@speaking
def switch(session: Session) -> None:
    """Switches the selected blocks off, or on where all are off."""
    paths = chosen_paths(session)
    on = not any(session.network.slot(path).enabled for path in paths)
    network = session.network
    for path in paths:
        network = network.enable(path, on)
    # of a repeat that is off there are no copies to be selected any more, but itself
    session.edit("enable" if on else "disable", network, select=paths)


@speaking
def annotate(session: Session, path: Path, note: str) -> None:
    """Puts a remark on a block."""
    session.edit("change note", session.network.annotate(path, note), merge=f"note@{path}")


@speaking
def wrap_residual(session: Session) -> None:
    """Puts the selected neighbours into a residual connection."""
    session.edit("wrap in a residual connection", session.network.wrap_residual(chosen_paths(session)))


@speaking
def fold(session: Session) -> None:
    """Folds the selected equal neighbours into a repeat."""
    session.edit("fold into a repeat", session.network.fold(chosen_paths(session)))


@speaking
def unpack(session: Session) -> None:
    """Unpacks the selected composites and repeats.

    A copy of a repeat becomes a block beside the others, and is unpacked itself: the repeat alone would look the same.
    """
    network, chosen = session.network, chosen_paths(session)
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
