"""Where the document in front is kept, in words in the line at the bottom."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from explorer.gui.recovery import words
from explorer.gui.session import Session


class DocumentState(QLabel):
    """When the document was saved, and whether its changes have a recovery copy.

    Args:
        session: Whose document it speaks of.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("status_document")
        self._session = session
        session.documents_changed.connect(self._show)
        if session.autosave is not None:
            session.autosave.kept_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        document, autosave = self._session.document, self._session.autosave
        has_copy = autosave is not None and autosave.has_copy(document)
        self.setText(words.state(document.saved_at, modified=document.modified, has_copy=has_copy))
