"""The selected blocks as an edit takes them."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.compose import Path
from explorer.errors import EditError
from explorer.gui.editing.placing import editable_part, outside_repeats, topmost, with_whole_repeats
from explorer.gui.session import Session


def chosen_paths(session: Session) -> tuple[Path, ...]:
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


def behind_all(session: Session, paths: Sequence[Path]) -> Path:
    """The block behind which something comes that is to stand behind the last of ``paths``."""
    return outside_repeats(session.network, editable_part(session.network, paths[-1]))
