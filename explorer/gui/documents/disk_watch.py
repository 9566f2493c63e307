"""Notices when another program has changed the file of an open document, each time the window gets the focus."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from explorer.gui.documents.digest import digest_on_disk
from explorer.gui.documents.document import Document
from explorer.gui.session import Session
from explorer.gui.widgets.notice_bar import Choice, Notices

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from explorer.gui.documents.files import DocumentFiles

_KEY = "disk"


class DiskWatch(QObject):
    """Offers to reload documents whose files were changed.

    Args:
        session: Whose documents.
        files: Reloads them.
        notices: Where the offer is shown.
        window: Whose focus counts, and its owner.
    """

    def __init__(self, session: Session, files: DocumentFiles, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._files, self._notices = session, files, notices
        self._missing: set[Document] = set()
        self._offered: tuple[Document, str | None] | None = None  # and what its file was known to hold
        session.documents_changed.connect(self._look_again)
        window.installEventFilter(self)

    def look(self) -> None:
        """Compares every document with its file, and offers to reload the first one that differs."""
        self._offered = None
        for document in self._in_order():
            if document.file is None or document.digest is None:
                continue
            digest = digest_on_disk(document.file)
            if digest is None:
                self._note_missing(document)
                continue
            self._missing.discard(document)
            if digest != document.digest:
                self._offer(document, digest)
                return
        self._notices.withdraw(_KEY)

    def _look_again(self) -> None:
        """Takes the offer away once the document is closed, or saved over what was offered."""
        if self._offered is not None:
            document, known = self._offered
            if document not in self._session.documents or document.digest != known:
                self.look()

    def _in_order(self) -> list[Document]:
        front = self._session.document
        return [front, *(document for document in self._session.documents if document is not front)]

    def _note_missing(self, document: Document) -> None:
        """A file that is gone has nothing of the document any more, so there is something to save."""
        if document not in self._missing:
            self._missing.add(document)
            document.mark_unsaved()
            self._session.message.emit(f"{document.file} is no longer there; Save writes it again.")

    def _offer(self, document: Document, digest: str) -> None:
        name = document.file.name if document.file else document.title
        unsaved = " Your unsaved changes can be brought back by Undo." if document.modified else ""
        reload = functools.partial(self._reload, document)
        keep = functools.partial(self._keep, document, digest)
        self._offered = (document, document.digest)
        self._notices.show_notice(
            _KEY,
            f"{name} has been changed by another program.{unsaved}",
            (
                Choice("reload", "Reload", "Show what the file has now; Undo brings this network back", reload),
                Choice("keep", "Keep", "Keep this network; saving replaces the file", keep),
            ),
        )

    def _reload(self, document: Document) -> None:
        if document not in self._session.documents or self._files.read_again(document, "reload the file"):
            self.look()

    def _keep(self, document: Document, digest: str) -> None:
        document.digest = digest
        document.mark_unsaved()
        self.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.look()
        return super().eventFilter(watched, event)
