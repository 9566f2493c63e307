"""How the open documents are drawn: what is folded, in which direction, and what the views are asked to show.

Part of the session, so that menus, the palette and the canvas mean the same drawing without knowing each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from explorer.core.compose import Path
from explorer.gui.canvas.figure import Flow
from explorer.gui.canvas.folds import ALL_CLOSED, ALL_OPEN, AUTOMATIC, Folds
from explorer.gui.documents.document import Document
from explorer.gui.settings import Settings

Zoom: TypeAlias = Literal["in", "out", "fit", "actual", "selection"]


class Drawing(QObject):
    """How documents are drawn.

    Args:
        settings: What is remembered between two starts.
        parent: Its owner.
    """

    folded = Signal()  # something was folded or unfolded
    turned = Signal()  # the direction, the minimap or the legend
    fold_asked = Signal()  # of the selected blocks: the other way round
    zoom_asked = Signal(str)
    focus_asked = Signal()  # the keyboard goes to the diagram
    end_asked = Signal(str)  # the role of an end of the network, whose size a person wants to type
    search_asked = Signal(int)  # 0: open the search; 1 and -1: the next and the previous find
    found_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folds: WeakKeyDictionary[Document, Folds] = WeakKeyDictionary()
        self._found: frozenset[Path] = frozenset()
        self._flow = Flow(settings.get("canvas/vertical", True))
        self._minimap = settings.get("canvas/minimap", True)
        self._legend = settings.get("canvas/legend", True)
        self._freeze_line = settings.get("canvas/freeze_line", False)

    # Folds

    def folds(self, document: Document) -> Folds:
        """What is folded in a document."""
        return self._folds.get(document, AUTOMATIC)

    def fold(self, document: Document, path: Path, opened: bool) -> None:
        """Unfolds a block into what is inside, or folds it into a card."""
        self._take(document, self.folds(document).turned(path, opened))

    def fold_all(self, document: Document, opened: bool | None) -> None:
        """Unfolds or folds everything; None leaves it to what each block is."""
        self._take(document, AUTOMATIC if opened is None else ALL_OPEN if opened else ALL_CLOSED)

    def _take(self, document: Document, folds: Folds) -> None:
        self._folds[document] = folds
        self.folded.emit()

    # Finds

    @property
    def found(self) -> frozenset[Path]:
        """What a search has found in the document in front."""
        return self._found

    def show_found(self, paths: Iterable[Path]) -> None:
        """Marks what a search has found, in the place of what one before has."""
        found = frozenset(paths)
        if found != self._found:
            self._found = found
            self.found_changed.emit()

    # The look

    @property
    def flow(self) -> Flow:
        """The direction of the flow."""
        return self._flow

    @property
    def shows_minimap(self) -> bool:
        """Whether the whole network is shown small in a corner."""
        return self._minimap

    @property
    def shows_legend(self) -> bool:
        """Whether the colours are explained."""
        return self._legend

    @property
    def shows_freeze_line(self) -> bool:
        """Whether the line above which everything is frozen is shown also where nothing is."""
        return self._freeze_line

    def turn(self, vertical: bool) -> None:
        """Draws from top to bottom, or from left to right."""
        self._flow = Flow(vertical)
        self._settings.set("canvas/vertical", vertical)
        self.turned.emit()

    def show_minimap(self, shown: bool) -> None:
        """Shows or hides the minimap."""
        self._minimap = shown
        self._settings.set("canvas/minimap", shown)
        self.turned.emit()

    def show_legend(self, shown: bool) -> None:
        """Shows or hides the legend."""
        self._legend = shown
        self._settings.set("canvas/legend", shown)
        self.turned.emit()

    def show_freeze_line(self, shown: bool) -> None:
        """Shows the line above which everything is frozen, or only where something is."""
        self._freeze_line = shown
        self._settings.set("canvas/freeze_line", shown)
        self.turned.emit()
