"""Opening, saving and closing documents, with the questions that this takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

import explorer
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.core.storage import SUFFIX
from explorer.errors import ExplorerError
from explorer.examples import Example
from explorer.gui.dialogs import ask_about_changes, ask_file
from explorer.gui.document import Document
from explorer.gui.session import Session

FILTERS = f"Networks (*{SUFFIX});;JSON (*.json);;All files (*)"
_FOLDER = "files/folder"
FIRST_INPUT, FIRST_CLASSES = (1, 28, 28), 10  # the bundled images


def first_network() -> Network:
    """What is open at the first start: it fits the bundled images, so that Start works at once."""
    return explorer.network("resnet18", input_shape=FIRST_INPUT, classes=FIRST_CLASSES)


def empty_network() -> Network:
    """What "New" opens."""
    return Network.of("Untitled", FIRST_INPUT, Chain())


class DocumentFiles:
    """Opens, saves and closes the documents of a session.

    Args:
        session: Whose documents.
        window: Where dialogs open.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        self._session = session
        self._window = window

    def new(self) -> None:
        """Opens an empty network."""
        self._session.open_network(empty_network())

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

    def open_example(self, example: Example) -> None:
        """Opens an example as a document without a file, so that saving it asks where and leaves the example alone."""
        try:
            self._session.open_network(example.read())
        except ExplorerError as error:
            self._session.message.emit(str(error))

    def save(self) -> None:
        """Saves the document in front."""
        self._save(self._session.document, lambda: None)

    def ask_save(self) -> None:
        """Saves the document in front under another name."""
        self._ask_save(self._session.document, lambda: None)

    def ask_close(self, document: Document) -> None:
        """Closes a document, and asks first where changes would be lost."""
        self._settle(document, lambda: self._session.close(document, empty_network()))

    def ask_close_all(self, then: Callable[[], None]) -> None:
        """Asks about every document with changes, one after the other; ``then`` happens unless the person cancels."""
        self._close_next([document for document in self._session.documents if document.modified], then)

    def _close_next(self, documents: list[Document], then: Callable[[], None]) -> None:
        if not documents:
            then()
            return
        self._settle(documents[0], lambda: self._close_next(documents[1:], then))

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
        proposed = document.file.name if document.file else f"{_file_stem(document.title)}{SUFFIX}"
        ask_file(
            self._window,
            "dialog_save",
            "Save the network",
            FILTERS,
            lambda file: self._write(document, file if file.suffix else file.with_name(file.name + SUFFIX), then),
            folder=self._folder,
            saves=proposed,
        )

    def _write(self, document: Document, file: Path, then: Callable[[], None]) -> None:
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


def _file_stem(title: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_ ()" else "-" for letter in title).strip(" -")
    return kept or "network"
