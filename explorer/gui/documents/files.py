"""Opening, saving and closing documents, with the questions that this takes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

import explorer
from explorer.core.network import Network
from explorer.core.storage import SUFFIX
from explorer.errors import ExplorerError
from explorer.examples import Example
from explorer.gui.documents.digest import digest_on_disk
from explorer.gui.documents.document import Document
from explorer.gui.documents.recent import RecentFiles
from explorer.gui.documents.templates import empty_network
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask, ask_about_changes, ask_file

FILTERS = f"Networks (*{SUFFIX});;JSON (*.json);;All files (*)"
_FOLDER = "files/folder"
FIRST_INPUT, FIRST_CLASSES = (1, 28, 28), 10  # the bundled images


def first_network() -> Network:
    """What is open at the first start: it fits the bundled images, so that Start works at once."""
    return explorer.network("resnet18", input_shape=FIRST_INPUT, classes=FIRST_CLASSES)


class DocumentFiles:
    """Opens, saves and closes the documents of a session.

    Args:
        session: Whose documents.
        window: Where dialogs open.

    Attributes:
        recent: The files that were opened or saved last.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        self._session = session
        self._window = window
        self.recent = RecentFiles(session.settings)

    def new(self) -> None:
        """Opens an empty network."""
        self._session.open_network(empty_network())
        self._session.drawing.focus_asked.emit()

    def ask_open(self) -> None:
        """Asks for a file and opens it."""
        ask_file(self._window, "dialog_open", "Open a network", FILTERS, self.open, folder=self._folder)

    def open(self, file: Path) -> None:
        """Opens a file; a bad one is a sentence in the status bar, and the open documents stay."""
        try:
            self._session.open_file(file)
        except ExplorerError as error:
            self._session.message.emit(str(error))
        else:
            self._remember(file)
            self._session.drawing.focus_asked.emit()

    def open_example(self, example: Example) -> None:
        """Opens an example as a document without a file, so that saving it asks where and leaves the example alone."""
        try:
            self._session.open_network(example.read())
        except ExplorerError as error:
            self._session.message.emit(str(error))
        else:
            self._session.drawing.focus_asked.emit()

    def save(self) -> None:
        """Saves the document in front."""
        self._save(self._session.document, lambda: None)

    def ask_save(self) -> None:
        """Saves the document in front under another name."""
        self._ask_save(self._session.document, lambda: None)

    def save_all(self) -> None:
        """Saves every document with changes; those without a file are asked about, one after the other."""
        self._save_next([document for document in self._session.documents if document.modified])

    def revert(self) -> None:
        """Puts what the file has in the place of the document in front; an edit, so that it can be undone."""
        self.read_again(self._session.document, "revert to saved")

    def read_again(self, document: Document, text: str) -> bool:
        """Reads the file of a document again, as one step of its history; whether that was possible."""
        try:
            self._session.read_again(document, text)
        except ExplorerError as error:
            self._session.message.emit(str(error))
            return False
        return True

    def ask_close(self, document: Document) -> None:
        """Closes a document, and asks first where changes would be lost."""
        self._settle(document, lambda: self._session.close(document, empty_network()))

    def ask_close_others(self) -> None:
        """Closes all documents but the one in front, and asks first where changes would be lost."""
        front = self._session.document
        self._close_next_of([document for document in self._session.documents if document is not front], front)

    def ask_close_all(self, then: Callable[[], None]) -> None:
        """Asks about every document with changes, one after the other; ``then`` happens unless the person cancels."""
        self._settle_next([document for document in self._session.documents if document.modified], then)

    def _save_next(self, documents: list[Document]) -> None:
        if not documents:
            return
        if documents[0].file is None:
            self._session.activate(documents[0])
        self._save(documents[0], lambda: self._save_next(documents[1:]))

    def _close_next_of(self, documents: list[Document], front: Document) -> None:
        def close() -> None:
            self._session.close(documents[0], empty_network())
            self._close_next_of(documents[1:], front)

        if documents:
            self._settle(documents[0], close)
        else:
            self._session.activate(front)

    def _settle_next(self, documents: list[Document], then: Callable[[], None]) -> None:
        if documents:
            self._settle(documents[0], lambda: self._settle_next(documents[1:], then))
        else:
            then()

    def _settle(self, document: Document, then: Callable[[], None]) -> None:
        if not document.modified:
            then()
            return
        self._session.activate(document)
        ask_about_changes(self._window, document.title, save=lambda: self._save(document, then), discard=then)

    def _save(self, document: Document, then: Callable[[], None]) -> None:
        if document.file is None:
            self._ask_save(document, then)
        else:
            self._write(document, document.file, then)

    def _ask_save(self, document: Document, then: Callable[[], None]) -> None:
        proposed = document.file.name if document.file else f"{file_stem(document.title)}{SUFFIX}"
        ask_file(
            self._window,
            "dialog_save",
            "Save the network",
            FILTERS,
            lambda file: self._write_chosen(document, file, then),
            folder=self._folder,
            saves=proposed,
        )

    def _write_chosen(self, document: Document, chosen: Path, then: Callable[[], None]) -> None:
        if chosen.suffix:
            self._write(document, chosen, then)
            return
        file = chosen.with_name(chosen.name + SUFFIX)
        if file.exists():  # the dialog has asked about the name without the suffix
            self._ask_replace(document, file, then, f"{file.name} exists already. Replace it?", "Its content is lost.")
        else:
            self._write(document, file, then)

    def _write(self, document: Document, file: Path, then: Callable[[], None]) -> None:
        known = document.digest if file.absolute() == document.file else None
        if known is not None and digest_on_disk(file) not in (None, known):
            question = f"{file.name} has been changed by another program since it was read. Replace it?"
            self._ask_replace(document, file, then, question, "Those changes are lost if it is replaced.")
        else:
            self._write_now(document, file, then)

    def _ask_replace(
        self, document: Document, file: Path, then: Callable[[], None], question: str, consequence: str
    ) -> None:
        replace = functools.partial(self._write_now, document, file, then)
        elsewhere = functools.partial(self._ask_save, document, then)
        answers = [("replace", "Replace", replace), ("save_as", "Save As…", elsewhere)]
        ask(self._window, "dialog_replace", "Replace the file", question, consequence, answers)

    def _write_now(self, document: Document, file: Path, then: Callable[[], None]) -> None:
        try:
            self._session.save(document, file)
        except ExplorerError as error:
            self._session.message.emit(str(error))
            return
        self._remember(file)
        self._session.message.emit(f"Saved {file}.")
        then()

    @property
    def _folder(self) -> str:
        return self._session.settings.get(_FOLDER, "")

    def _remember(self, file: Path) -> None:
        self._session.settings.set(_FOLDER, str(file.absolute().parent))
        self.recent.add(file)


def file_stem(title: str) -> str:
    """A name of a file for what a person calls a network."""
    kept = "".join(letter if letter.isalnum() or letter in "-_ ()" else "-" for letter in title).strip(" -")
    return kept or "network"
