"""Keeps a copy of every document with unsaved changes, soon after each change, and removes it on save or discard.

A copy is on the disk 2 s after the first change it holds, at the latest. Writing takes its time (80 ms for the largest
network of the zoo, and a disk may sleep), so it happens on a thread; the networks are values, so nothing is copied.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.errors import ExplorerError
from explorer.gui.documents.document import Document
from explorer.gui.engine.worker import Worker
from explorer.gui.recovery.snapshot import Snapshot
from explorer.gui.recovery.store import Found, RecoveryStore
from explorer.gui.session import Session

T = TypeVar("T")

QUIET = 1000  # milliseconds behind the last change
LATEST = 1500  # behind the first one; the rest of the 2 s is for the writing, on a disk that may be busy
RETRY = 10_000  # behind a failure, such as a full disk


@dataclass(slots=True)
class _Copy:
    """The copy of one open document.

    Attributes:
        key: Its name in the recovery folder.
        seen: When the document came to the front, compared with others.
        wanted: What was given to be written last.
        kept: What is on the disk.
        replaces: The copy of an ended process it was restored from, until there is one of ours.
    """

    key: str
    seen: int = 0
    wanted: Snapshot | None = None
    kept: Snapshot | None = None
    replaces: Path | None = None


class Autosave(QObject):
    """Copies of the unsaved documents of a session.

    Args:
        session: Whose documents.
        store: Where the copies go.
        parent: Its owner.
    """

    kept_changed = Signal()  # what is on the disk
    found = Signal(object)  # a tuple of copies that ended processes have left
    _posted = Signal(object)

    def __init__(self, session: Session, store: RecoveryStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._store = session, store
        self._copies: dict[Document, _Copy] = {}
        self._seen, self._front = 0, session.document
        self._is_failing, self._is_watching = False, True
        self._worker = Worker("autosave")
        self._quiet, self._latest = (QTimer(self, singleShot=True) for _ in range(2))
        self._quiet.setInterval(QUIET)
        self._latest.setInterval(LATEST)
        self._latest.setTimerType(Qt.TimerType.PreciseTimer)
        self._quiet.timeout.connect(self._flush)
        self._latest.timeout.connect(self._flush)
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)
        session.documents_changed.connect(self._look)
        self._look()

    # Looking back

    def find(self) -> None:
        """Looks for copies that ended processes have left; ``found`` tells."""
        self._work("find", self._store.find, self.found.emit)

    def restore(self, copy: Found) -> None:
        """Opens a copy as a document with unsaved changes, or as an edit of the document that has its file."""
        snapshot = copy.snapshot
        if snapshot is None:
            return
        document = self._session.document_of(snapshot.file) if snapshot.file else None
        if document is None:
            document = self._session.open_network(snapshot.network, snapshot.file, snapshot.digest)
            document.mark_unsaved()
            document.select(snapshot.selection)
        else:
            self._session.activate(document)
            document.edit("restore unsaved changes", snapshot.network, select=snapshot.selection)
            document.settle()
        self._copies[document].replaces = copy.path
        self._flush()

    def discard(self, copy: Found) -> None:
        """Removes a copy that was found."""
        self._work(str(copy.path), functools.partial(self._store.discard, copy.path))

    def has_copy(self, document: Document) -> bool:
        """Whether the disk has a copy of a document as it stands."""
        copy = self._copies.get(document)
        return copy is not None and copy.kept is not None and copy.kept.network is document.network

    # Ending

    def finish(self) -> None:
        """Removes all copies of open documents: the person has saved or discarded every one of them."""
        for copy in self._stop():
            self._remove(copy)

    def close(self) -> None:
        """Writes what is not yet written, waits for it, and leaves it for the next start."""
        self._flush()
        self._stop()
        self._worker.join()
        self._store.close()

    def _stop(self) -> list[_Copy]:
        """Ends the watching; the copies of the documents that were open."""
        if self._is_watching:
            self._session.documents_changed.disconnect(self._look)
        self._is_watching = False
        self._quiet.stop()
        self._latest.stop()
        return [self._unwatch(document) for document in list(self._copies)]

    # Watching

    def _look(self) -> None:
        documents = self._session.documents
        for document in [known for known in self._copies if known not in documents]:
            self._remove(self._unwatch(document))
        for document in documents:
            if document not in self._copies:
                self._watch(document)
        if self._session.document is not self._front:
            self._front = self._session.document
            self._seen += 1
            self._copies[self._front].seen = self._seen
        for document in documents:
            self._look_at(document)

    def _watch(self, document: Document) -> None:
        self._seen += 1
        self._copies[document] = _Copy(secrets.token_hex(8), self._seen)
        document.changed.connect(self._look)
        document.selection_changed.connect(self._look)
        document.undo_stack.cleanChanged.connect(self._look)

    def _unwatch(self, document: Document) -> _Copy:
        document.changed.disconnect(self._look)
        document.selection_changed.disconnect(self._look)
        document.undo_stack.cleanChanged.disconnect(self._look)
        return self._copies.pop(document)

    def _look_at(self, document: Document) -> None:
        copy = self._copies[document]
        if not document.modified:
            self._remove(copy)
        elif self._is_stale(document, copy):
            self._quiet.start(QUIET)
            if not self._latest.isActive():
                self._latest.start()

    @staticmethod
    def _is_stale(document: Document, copy: _Copy) -> bool:
        wanted = copy.wanted
        return (
            wanted is None
            or wanted.network is not document.network
            or (wanted.file, wanted.digest) != (document.file, document.digest)
            or (wanted.selection, wanted.seen) != (document.selection, copy.seen)
        )

    # Writing

    def _flush(self) -> None:
        self._quiet.stop()
        self._latest.stop()
        for document, copy in self._copies.items():
            if document.modified and self._is_stale(document, copy):
                self._write(document, copy)

    def _write(self, document: Document, copy: _Copy) -> None:
        now = dt.datetime.now().astimezone()
        snapshot = Snapshot(
            document.network, document.title, now, document.file, document.digest, document.selection, copy.seen
        )
        copy.wanted = snapshot
        job = functools.partial(self._store.write, copy.key, snapshot, copy.replaces)
        self._work(copy.key, job, lambda _: self._note_kept(copy, snapshot), functools.partial(self._retry, copy))

    def _remove(self, copy: _Copy) -> None:
        if copy.wanted is None and copy.replaces is None:
            return
        self._work(copy.key, functools.partial(self._remove_all, copy.key, copy.replaces))
        copy.wanted = copy.kept = copy.replaces = None
        self.kept_changed.emit()

    def _remove_all(self, key: str, replaces: Path | None) -> None:
        self._store.remove(key)
        if replaces is not None:
            self._store.discard(replaces)

    def _note_kept(self, copy: _Copy, snapshot: Snapshot) -> None:
        self._is_failing = False
        if copy.wanted is not None:  # it may have been saved meanwhile
            copy.kept, copy.replaces = snapshot, None
            self.kept_changed.emit()

    def _retry(self, copy: _Copy, sentence: str) -> None:
        copy.wanted = None
        self._quiet.start(RETRY)
        if not self._is_failing:  # once is enough; the line at the bottom goes on to say that there is no copy
            self._is_failing = True
            self._session.message.emit(sentence)

    def _work(
        self,
        key: str,
        job: Callable[[], T],
        done: Callable[[T], object] = lambda _: None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Does a job on the thread; what follows happens in the window's."""

        def run() -> None:
            try:
                result = job()
            except ExplorerError as error:
                self._posted.emit(functools.partial(failed or self._session.message.emit, str(error)))
            else:
                self._posted.emit(functools.partial(done, result))

        self._worker.submit(key, run)

    def _call(self, call: Callable[[], object]) -> None:
        call()
