"""A comparison that stays true: two sources of networks, and what differs, again after each edit of either."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.core.analysis import analyse
from explorer.core.difference import Difference, compare
from explorer.core.network import Network
from explorer.core.storage import read
from explorer.gui.documents.document import Document
from explorer.gui.session import Session

DELAY = 150  # milliseconds without an edit, so that typing and its paint come first


class Fixed:
    """A network that stays as it is, such as one of the zoo.

    Args:
        network: The network.
        title: What a person calls it; by default its name.

    Attributes:
        document: Where its blocks can be selected; None: it is in no tab.
        followed: What changes it; None: nothing does.
    """

    document: Document | None = None
    followed: Document | None = None

    def __init__(self, network: Network, title: str = "") -> None:
        self.title = title or network.name
        self.analysis = analyse(network)

    def follow(self) -> None:
        """Takes over what the followed document has become."""


class Live(Fixed):
    """An open document as it stands."""

    def __init__(self, document: Document) -> None:
        self.document = self.followed = document
        self.follow()

    def follow(self) -> None:
        if self.document is not None:
            self.title, self.analysis = self.document.title, self.document.analysis


class Saved(Fixed):
    """What the file of an open document has.

    Raises:
        explorer.errors.FileError: If the file cannot be read.
    """

    def __init__(self, document: Document) -> None:
        network = read(document.file) if document.file and document.modified else document.network
        super().__init__(network, f"{document.title} (saved)")
        self.followed = document

    def follow(self) -> None:
        document = self.followed
        if document is not None and not document.modified:
            self.title, self.analysis = f"{document.title} (saved)", document.analysis


class Comparison(QObject):
    """Two sources and their difference.

    Args:
        session: Whose documents may be among them.
        left: What stands on the left.
        right: What stands on the right.
        parent: Its owner.

    Attributes:
        difference: What differs.
    """

    changed = Signal()

    def __init__(self, session: Session, left: Fixed, right: Fixed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._timer.timeout.connect(self.update)
        self._left, self._right = left, right
        self.difference = self._compare()
        for document in self._followed:
            document.changed.connect(self._timer.start)
        session.documents_changed.connect(self._let_go)
        session.changed.connect(self._timer.start)  # MACs may be shown as FLOPs now

    @property
    def left(self) -> Fixed:
        """What stands on the left."""
        return self._left

    @property
    def right(self) -> Fixed:
        """What stands on the right."""
        return self._right

    def show(self, left: Fixed, right: Fixed) -> None:
        """Compares others."""
        for document in self._followed:
            document.changed.disconnect(self._timer.start)
        self._left, self._right = left, right
        for document in self._followed:
            document.changed.connect(self._timer.start)
        self.update()

    def swap(self) -> None:
        """Puts each side in the place of the other."""
        self._left, self._right = self._right, self._left
        self.update()

    def update(self) -> None:
        """Compares again, now."""
        self._timer.stop()
        self.difference = self._compare()
        self.changed.emit()

    def _compare(self) -> Difference:
        for side in (self._left, self._right):
            side.follow()
        return compare(self._left.analysis, self._right.analysis)

    @property
    def _followed(self) -> set[Document]:
        return {side.followed for side in (self._left, self._right) if side.followed is not None}

    def _let_go(self) -> None:
        """Keeps the network of a document that was closed, as it was."""
        if not self._followed <= set(self._session.documents):
            self.show(*map(self._without_closed, (self._left, self._right)))

    def _without_closed(self, side: Fixed) -> Fixed:
        if side.followed is None or side.followed in self._session.documents:
            return side
        return Fixed(side.analysis.network, f"{side.title} (closed)")
