"""The session: the open documents and what their views share. Views read it, connect to its signals, and re-read.

``session.network``, ``session.analysis`` and ``session.selection`` are those of the document in front; its signals say
that they are others now, whether by an edit, by undo or because another document came to the front.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoGroup, QUndoStack

from explorer.core import storage
from explorer.core.analysis import Analysis
from explorer.core.compose import Path as BlockPath
from explorer.core.network import Network
from explorer.gui.canvas.drawing import Drawing
from explorer.gui.documents.digest import digest_of
from explorer.gui.documents.document import Document, Selection
from explorer.gui.inspector.input_limit import InputLimit
from explorer.gui.layers.listing import Listing
from explorer.gui.library.folder import LibraryFolder
from explorer.gui.library.shelf import Shelf
from explorer.gui.library.user_library import UserLibrary, blocks_folder
from explorer.gui.settings import Settings

if TYPE_CHECKING:
    from explorer.gui.engine.engine_thread import EngineThread
    from explorer.gui.recovery.autosave import Autosave
    from explorer.gui.training.training_session import TrainingSession

KEPT_CLOSED = 10  # documents that can be opened again, with their histories
MEMORY_DELAY = 30  # milliseconds from an edit to the figures of memory, a walk over the network: the paint comes first


class Session(QObject):
    """The open documents and what their views share.

    Args:
        network: The network of the first document.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        settings: What is remembered between two starts.
        engine: The thread that owns torch; None where nothing is trained.
        training: The run in progress; None where nothing is trained.
        library: The person's own blocks.
        shelf: What is at hand in the library: favourites, and what was used last.
        autosave: What keeps copies of unsaved documents; None where nothing is kept.
        undo_group: The histories of all documents, with the one in front active.
        drawing: How the documents are drawn.
        listing: How the layer table lists them.
        input_limit: The smallest input of the network in front.
    """

    changed = Signal()  # the document in front: its network, its file, or another document
    selection_changed = Signal()
    settled = Signal()  # something has been typed to its end in the document in front
    documents_changed = Signal()  # opened, closed, renamed, saved, modified, or another one in front
    message = Signal(str)  # a sentence for the status bar
    saving_block_asked = Signal()  # a person wants to save the selection as a block
    fields_asked = Signal()  # a person wants to type into the fields of the selection, or of the network
    renaming_asked = Signal(object)  # the path of a block whose name a person wants to type
    revealed = Signal(object, str)  # the path of a block to look at, and one of its fields or nothing

    def __init__(self, network: Network, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.engine: EngineThread | None = None
        self.training: TrainingSession | None = None
        self.library = UserLibrary(LibraryFolder(blocks_folder()), self)
        # whether the library has a block, and the same one, is part of what there is to see of a selection
        self.library.changed.connect(self.selection_changed)
        self.shelf = Shelf(settings, self)
        self.autosave: Autosave | None = None
        self.undo_group = QUndoGroup(self)
        self.drawing = Drawing(settings, self)
        self.listing = Listing(self)
        self.input_limit = InputLimit(self)
        self._flops = settings.get("view/flops", False)
        self._documents: list[Document] = []
        self._closed: list[Document] = []
        self._document = self._add(Document(network, parent=self))
        self.undo_group.setActiveStack(self._document.undo_stack)
        self.changed.connect(lambda: self.input_limit.follow(self.network))
        self.input_limit.follow(network)

    # The document in front

    @property
    def documents(self) -> tuple[Document, ...]:
        """All open documents, in the order of their tabs; never empty."""
        return tuple(self._documents)

    @property
    def document(self) -> Document:
        """The document in front."""
        return self._document

    @property
    def network(self) -> Network:
        """The network of the document in front."""
        return self._document.network

    @property
    def analysis(self) -> Analysis:
        """Its analysis."""
        return self._document.analysis

    @property
    def selection(self) -> Selection:
        """Paths of the selected blocks; empty: the network itself."""
        return self._document.selection

    @property
    def file(self) -> Path | None:
        """The file of the document in front."""
        return self._document.file

    @property
    def undo_stack(self) -> QUndoStack:
        """The history of the document in front."""
        return self._document.undo_stack

    def edit(self, text: str, network: Network, *, merge: str | None = None, select: Selection | None = None) -> None:
        """Puts an edited network in the place of the old one; see :meth:`Document.edit`."""
        self._document.edit(text, network, merge=merge, select=select)

    def settle(self) -> None:
        """Ends the merging of edits: the next one is a step of its own."""
        self._document.settle()

    def select(self, paths: Selection) -> None:
        """Selects blocks of the document in front."""
        self._document.select(paths)

    def reveal(self, path: BlockPath, field: str = "") -> None:
        """Selects a block and lets every view bring it, or one of its fields, into sight."""
        self.select((path,) if path else ())
        self.revealed.emit(path, field)

    @property
    def flops(self) -> bool:
        """Whether operations are shown as FLOPs, two for each multiply-accumulate."""
        return self._flops

    def show_flops(self, flops: bool) -> None:
        """Shows operations as FLOPs, or as MACs."""
        self._flops = flops
        self.settings.set("view/flops", flops)
        self.changed.emit()

    # Documents

    def open_network(self, network: Network, file: Path | None = None, digest: str | None = None) -> Document:
        """Opens a network in a document of its own and brings it to the front."""
        document = self._add(Document(network, file, digest, self))
        self.activate(document)
        return document

    def open_file(self, file: Path) -> Document:
        """Opens a file, or brings the document that has it to the front.

        Raises:
            explorer.errors.FileError: If the file cannot be read; the open documents are untouched.
        """
        file = file.absolute()
        document = self.document_of(file)
        if document is None:
            content = storage.read_bytes(file)
            return self.open_network(storage.loads(content, str(file)), file, digest_of(content))
        self.activate(document)
        return document

    def document_of(self, file: Path) -> Document | None:
        """The open document that has a file, if there is one."""
        return next((document for document in self._documents if document.file == file), None)

    def save(self, document: Document, file: Path) -> None:
        """Writes a document to a file.

        Raises:
            explorer.errors.FileError: If the file cannot be written; an older one is untouched.
        """
        content = storage.to_bytes(document.network)
        storage.write_bytes(content, file)
        document.mark_saved(file.absolute(), digest_of(content))

    def read_again(self, document: Document, text: str) -> None:
        """Puts what the file of a document holds now in the place of its network, as one step of its history.

        Args:
            document: It has a file.
            text: What is done, as the menu says it after "Undo".

        Raises:
            explorer.errors.FileError: If the file cannot be read; the document is untouched.
        """
        if document.file is not None:
            content = storage.read_bytes(document.file)
            document.edit(text, storage.loads(content, str(document.file)))
            document.mark_saved(document.file, digest_of(content))

    def activate(self, document: Document) -> None:
        """Brings a document to the front."""
        if document is self._document:
            return
        self._document.settle()
        self._document = document
        self.undo_group.setActiveStack(document.undo_stack)
        self.documents_changed.emit()
        self.changed.emit()
        self.selection_changed.emit()

    def move(self, document: Document, place: int) -> None:
        """Gives a document another place among the tabs; beyond the ends, the first or the last."""
        place = min(max(place, 0), len(self._documents) - 1)
        if self._documents.index(document) != place:
            self._documents.remove(document)
            self._documents.insert(place, document)
            self.documents_changed.emit()

    def close(self, document: Document, instead: Network) -> None:
        """Closes a document without asking; ``instead`` opens where it was the last one."""
        place = self._documents.index(document)
        if len(self._documents) == 1:
            self._add(Document(instead, parent=self))
        self._documents.remove(document)
        self.activate(self._documents[min(place, len(self._documents) - 1)])
        self.undo_group.removeStack(document.undo_stack)
        self._closed.append(document)
        if len(self._closed) > KEPT_CLOSED:
            self._closed.pop(0).deleteLater()
        self.documents_changed.emit()

    @property
    def can_reopen(self) -> bool:
        """Whether a document was closed that can be opened again."""
        return bool(self._closed)

    def reopen(self) -> None:
        """Opens the document that was closed last again, with its changes and its history."""
        if self._closed:
            document = self._closed.pop()
            self._documents.append(document)
            self.undo_group.addStack(document.undo_stack)
            self.activate(document)

    def _add(self, document: Document) -> Document:
        self._documents.append(document)
        self.undo_group.addStack(document.undo_stack)
        document.changed.connect(lambda: self._forward(document))
        document.selection_changed.connect(lambda: self._forward_selection(document))
        document.settled.connect(self.settled)
        document.undo_stack.cleanChanged.connect(self.documents_changed)
        return document

    def _forward(self, document: Document) -> None:
        if document is self._document:
            self.changed.emit()
            self.documents_changed.emit()

    def _forward_selection(self, document: Document) -> None:
        if document is self._document:
            self.selection_changed.emit()
