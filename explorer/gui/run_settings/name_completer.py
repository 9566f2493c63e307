"""Completes the name of a block, also behind a plus sign."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter

from explorer.gui.widgets.painting import Index


class NameCompleter(QCompleter):
    """Offers the names that hold what was typed last; what stands before a ``+`` stays.

    Args:
        parent: Its owner.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._names = QStringListModel(self)
        self.setModel(self._names)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)

    def offer(self, names: Sequence[str]) -> None:
        """Sets the names that there are."""
        popup = self.popup()
        if popup is not None:
            popup.setObjectName("names_offered")
            popup.setAccessibleName("Names of blocks")
        if self._names.stringList() != list(names):
            self._names.setStringList(list(names))

    # Qt's overrides

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition("+")[2].strip()]

    def pathFromIndex(self, index: Index) -> str:
        before, plus, _ = self.completionPrefix().rpartition("+")
        return f"{before}{plus}{index.data()}"
