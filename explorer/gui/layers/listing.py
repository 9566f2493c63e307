"""How the layer table lists the network in front: sorted, filtered, as a tree or as one list.

Part of the session, so that menus, the palette and the table mean the same list without knowing each other.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal

from explorer.gui.layers.arrangement import PLAIN, Arrangement
from explorer.gui.search.query import Query


class Listing(QObject):
    """How the layer table lists a network.

    Args:
        parent: Its owner.
    """

    changed = Signal()
    filter_asked = Signal()  # a person wants to type a filter

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrangement = PLAIN

    @property
    def arrangement(self) -> Arrangement:
        """Which rows there are, and in which order."""
        return self._arrangement

    def sort_by(self, column: str) -> None:
        """Sorts by a column, turns its order round, or ends the sorting, in turns; without a column it ends."""
        plain = dataclasses.replace(self._arrangement, column="", descending=False)
        self._take(self._arrangement.sorted_by(column) if column else plain)

    def show_flat(self, flat: bool) -> None:
        """Shows all layers in one list, or the tree of blocks."""
        self._take(dataclasses.replace(self._arrangement, flat=flat))

    def filter(self, query: Query) -> None:
        """Shows only what a query finds; all for one that asks for nothing."""
        self._take(dataclasses.replace(self._arrangement, query=query))

    def _take(self, arrangement: Arrangement) -> None:
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self.changed.emit()
