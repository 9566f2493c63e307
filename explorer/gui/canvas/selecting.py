"""Which blocks a click or a key on the canvas selects: one, some beside it, or all up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from explorer.core.compose import Path
from explorer.gui.canvas import steps, walk
from explorer.gui.editing.placing import is_editable, siblings

if TYPE_CHECKING:
    from explorer.gui.canvas.canvas import NetworkCanvas
    from explorer.gui.session import Session

_KEYS: dict[bool, dict[int, steps.Direction]] = {
    True: {Qt.Key.Key_Up: "back", Qt.Key.Key_Down: "on", Qt.Key.Key_Left: "before", Qt.Key.Key_Right: "behind"},
    False: {Qt.Key.Key_Left: "back", Qt.Key.Key_Right: "on", Qt.Key.Key_Up: "before", Qt.Key.Key_Down: "behind"},
}


class Selecting:
    """Selects blocks of a canvas.

    Args:
        canvas: Where.
        session: Whose selection.
    """

    def __init__(self, canvas: NetworkCanvas, session: Session) -> None:
        self._canvas = canvas
        self._session = session
        self._anchor: Path = ()  # where a selection began that Shift extends
        self._current: Path = ()  # where it ends, and keys go on

    def choose(self, found: walk.Seen, modifiers: Qt.KeyboardModifier) -> None:
        """Selects a block: instead of the selection, beside it (Ctrl), or with all up to it (Shift)."""
        session, paths = self._session, found.paths
        self._current = paths[-1]
        if not modifiers & Qt.KeyboardModifier.ShiftModifier or self._anchor not in session.selection:
            self._anchor = session.selection[0] if modifiers and session.selection else paths[0]
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = tuple(path for path in session.selection if path not in paths)
            session.select(kept if set(paths) <= set(session.selection) else (*kept, *paths))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and session.selection:
            session.select(self._up_to(paths))
        else:
            session.select(paths)

    def _up_to(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        """All blocks from where the selection began to others in the same structure; the other ones alone elsewhere."""
        network = self._session.network
        beside = siblings(network, paths[0]) if is_editable(network, paths[0]) else ()
        if self._anchor not in beside:
            return paths
        places = [beside.index(path) for path in (self._anchor, *paths) if path in beside]
        return tuple(beside[min(places) : max(places) + 1])

    def press(self, event: QKeyEvent) -> bool:
        """Selects what a key leads to; whether the key does that."""
        direction = _KEYS[self._canvas.item.flow.vertical].get(event.key())
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        if direction is not None:
            self._step(direction, event.modifiers())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            found = list(walk.blocks(self._canvas.item.figure))
            if found:
                self.choose(found[0 if event.key() == Qt.Key.Key_Home else -1], event.modifiers())
        elif event.key() == Qt.Key.Key_Escape:
            self._session.select(())
        else:
            return False
        return True

    def _step(self, direction: steps.Direction, modifiers: Qt.KeyboardModifier) -> None:
        figure, selection = self._canvas.item.figure, self._session.selection
        here = self._current if self._current in selection else selection[-1] if selection else ()
        start = walk.find(figure, here) if here else None
        found = next(walk.blocks(figure), None) if start is None else steps.next_to(figure, start, direction)
        if found is not None:
            self.choose(found, modifiers)
