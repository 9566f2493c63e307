"""Which blocks of the document in front learn, and how fast; every function is one step of its history."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.compose import Path
from explorer.core.freezing import frozen_above
from explorer.gui.editing.placing import topmost
from explorer.gui.editing.speaking import speaking
from explorer.gui.session import Session


@speaking
def freeze(session: Session, paths: Sequence[Path], frozen: bool) -> None:
    """Keeps the parameters of blocks as they are, or trains them again."""
    network = session.network
    for path in paths:
        network = network.freeze(path, frozen)
    session.edit("freeze" if frozen else "unfreeze", network)


@speaking
def freeze_selection(session: Session) -> None:
    """Freezes the selected blocks, or trains them again where all are frozen."""
    rows = [session.analysis.row(path) for path in topmost(session.selection)]
    trains = any(row is not None and row.trainable_parameters for row in rows)
    freeze(session, [row.path for row in rows if row is not None], trains)


@speaking
def freeze_before(session: Session, index: int) -> None:
    """Freezes all above a place in the chain of the network, and trains the rest; a drag is one step."""
    name = "freeze everything above" if index else "unfreeze everything"
    session.edit(name, session.network.freeze_before(index), merge="freeze_before")


def move_freeze_line(session: Session, step: int) -> None:
    """Freezes more or fewer blocks from the top of the network on."""
    network = session.network
    freeze_before(session, max(frozen_above(network.frozen, network.body) + step, 0))
    session.settle()


@speaking
def scale_rate(session: Session, paths: Sequence[Path], factor: float) -> None:
    """Has blocks learn at a multiple of the learning rate; what is typed in one go is one step."""
    network = session.network
    for path in paths:
        network = network.scale_rate(path, factor)
    session.edit("change rate factor", network, merge=f"lr_factor@{paths}")
