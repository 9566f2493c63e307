"""The offer at the start: Restore, Discard or Later, in a bar that leaves the window free for work."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.gui.recovery import words
from explorer.gui.recovery.autosave import Autosave
from explorer.gui.recovery.dialog import RecoveryDialog
from explorer.gui.recovery.store import Found
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask
from explorer.gui.widgets.notice_bar import Choice, Notices

_KEY = "recovery"


class RecoveryOffer(QObject):
    """What was left behind by applications that ended unexpectedly, and what becomes of it.

    Args:
        session: Where documents are restored.
        autosave: What finds the copies.
        notices: Where the offer is shown.
        window: Where dialogs open, and its owner.
    """

    changed = Signal()  # what there is to recover
    restored = Signal()

    def __init__(self, session: Session, autosave: Autosave, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._autosave = session, autosave
        self._notices, self._window = notices, window
        self._found: tuple[Found, ...] = ()
        autosave.found.connect(self._take)

    @property
    def found(self) -> tuple[Found, ...]:
        """The copies that are neither restored nor discarded."""
        return self._found

    def ask(self) -> None:
        """Shows the copies one by one, for those who said "Later"."""
        self._notices.withdraw(_KEY)
        RecoveryDialog(self._window, self).open()

    def restore(self, found: Sequence[Found]) -> None:
        """Opens copies as documents; the one that was in front last comes to the front."""
        for copy in found:
            self._autosave.restore(copy)
        self._settle([copy for copy in found if copy.snapshot is not None])
        self._session.message.emit(words.restored(found))
        self.restored.emit()

    def ask_discard(self, found: Sequence[Found]) -> None:
        """Removes copies for good, once the person has confirmed it."""
        if not found:
            return
        named = ", ".join(map(words.title, found))
        ask(
            self._window,
            "dialog_discard",
            "Discard unsaved changes",
            f"Discard the unsaved changes to {named}?",
            "They cannot be brought back.",
            [("discard", "Discard", lambda: self._discard(found))],
        )

    def _take(self, found: tuple[Found, ...]) -> None:
        self._found = found
        self.changed.emit()
        if found:
            self._notices.show_notice(_KEY, words.offer(found), self._choices())

    def _choices(self) -> tuple[Choice, ...]:
        return (
            Choice("restore", "Restore", "Open them, with their unsaved changes", lambda: self.restore(self._found)),
            Choice("discard", "Discard…", "Remove them for good", lambda: self.ask_discard(self._found)),
            Choice("later", "Later", "Keep them; File → Recover Documents… shows them", self._wait),
        )

    def _wait(self) -> None:
        self._notices.withdraw(_KEY)
        self._session.message.emit("Kept; File → Recover Documents… shows them.")

    def _discard(self, found: Sequence[Found]) -> None:
        for copy in found:
            self._autosave.discard(copy)
        self._settle(found)

    def _settle(self, done: Sequence[Found]) -> None:
        self._found = tuple(copy for copy in self._found if copy not in done)
        self._notices.withdraw(_KEY)
        self.changed.emit()
