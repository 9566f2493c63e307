"""An open document: a network, its file, its selection and its history.

The network is a value, so undo is one snapshot command and the history's clean state tells whether there are changes
to save. Every document has a history of its own.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.core.analysis import Analysis, analyse
from explorer.core.compose import Path as BlockPath
from explorer.core.network import Network
from explorer.core.storage import SUFFIX

Selection = tuple[BlockPath, ...]
UNTITLED = "Untitled"  # the name of a new network


class Document(QObject):
    """One open network.

    Args:
        network: The network.
        file: The file it was read from, if there is one.
        digest: Of that file's content, so that a change by another program is noticed.
        parent: Its owner.

    Attributes:
        file: The file it was read from or saved to last.
        digest: Of what that file is known to hold.
        saved_at: When it was saved last; None where it has not been since it was opened.
        undo_stack: Its history.
    """

    changed = Signal()  # the network or the file
    selection_changed = Signal()
    settled = Signal()  # something has been typed to its end

    def __init__(
        self, network: Network, file: Path | None = None, digest: str | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._network = network
        self._analysis: Analysis | None = None
        self._selection: Selection = ()
        self._phase = 0
        self.is_typed = False  # whether the last edit may go on: the next letter becomes one with it
        self.file = file
        self.digest = digest
        self.saved_at: dt.datetime | None = None
        self.undo_stack = QUndoStack(self)

    @property
    def network(self) -> Network:
        """The network as it stands."""
        return self._network

    @property
    def analysis(self) -> Analysis:
        """Its analysis, made when first asked for after a change."""
        if self._analysis is None:
            self._analysis = analyse(self._network)
        return self._analysis

    @property
    def selection(self) -> Selection:
        """Paths of the selected blocks, in the order of the network; empty: the network itself."""
        return self._selection

    @property
    def title(self) -> str:
        """What a person calls it; a network that was saved without a name of its own goes by that of its file."""
        name = self._network.name
        if isinstance(name, str) and name and not (name == UNTITLED and self.file):
            return name
        return self.file.name.removesuffix(SUFFIX) if self.file else UNTITLED

    @property
    def modified(self) -> bool:
        """Whether there are changes that no file has."""
        return not self.undo_stack.isClean()

    def edit(self, text: str, network: Network, *, merge: str | None = None, select: Selection | None = None) -> None:
        """Puts an edited network in the place of the old one, as one step of the history.

        Args:
            text: What was done, as the menu says it after "Undo", such as "insert BasicBlock".
            network: The edited network.
            merge: Steps with the same key that follow one another become one, until :meth:`settle`.
            select: What is selected afterwards; by default what still exists of the selection.
        """
        if network is self._network:
            if select is not None:
                self.select(select)
            return
        key = None if merge is None else f"{self._phase}:{merge}"
        self.is_typed = merge is not None
        self.undo_stack.push(_Edit(self, text, network, key, self._selection if select is None else select))

    def settle(self) -> None:
        """Ends the merging: the next edit is a step of its own."""
        self._phase += 1
        if self.is_typed:
            self.is_typed = False
            self.settled.emit()

    def select(self, paths: Selection) -> None:
        """Selects blocks; paths that do not exist are left out."""
        selection = self._existing(paths)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit()

    def mark_saved(self, file: Path, digest: str) -> None:
        """Notes that ``file`` has the network as it stands."""
        self.settle()
        self.file, self.digest = file, digest
        self.saved_at = dt.datetime.now().astimezone()
        self.undo_stack.setClean()
        self.changed.emit()

    def mark_unsaved(self) -> None:
        """Notes that no file has the network as it stands, whatever is undone."""
        self.settle()
        self.undo_stack.resetClean()

    def show(self, network: Network, selection: Selection) -> None:
        """Takes over a step of the history; for its commands alone."""
        self._network = network
        self._analysis = None
        before, self._selection = self._selection, self._existing(selection)
        self.changed.emit()
        if self._selection != before:
            self.selection_changed.emit()

    def _existing(self, paths: Selection) -> Selection:
        places: dict[BlockPath, dict[str, int]] = {}  # in each block that a path goes through: a selection can be long

        def inside(path: BlockPath) -> dict[str, int]:
            if path not in places:
                row = self.analysis.row(path)
                places[path] = {child.path[-1]: place for place, child in enumerate(row.children if row else ())}
            return places[path]

        found = [path for path in dict.fromkeys(paths) if path and path[-1] in inside(path[:-1])]
        if len(found) > 1:
            found.sort(key=lambda path: [inside(path[:depth])[name] for depth, name in enumerate(path)])
        return tuple(found)


class _Edit(QUndoCommand):
    """The one command: the network and the selection before and after."""

    def __init__(self, document: Document, text: str, network: Network, merge: str | None, select: Selection) -> None:
        super().__init__(text)
        self._document = document
        self._merge = merge
        self._before = (document.network, document.selection)
        self._after = (network, select)

    def redo(self) -> None:
        self._document.show(*self._after)

    def undo(self) -> None:
        self._document.is_typed = False
        self._document.show(*self._before)

    def id(self) -> int:
        return -1 if self._merge is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        self.setObsolete(self._after[0] == self._before[0])
        return True
