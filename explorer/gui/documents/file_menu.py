"""The part of the File menu that is about documents: making, opening, saving, recovering and closing them."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from explorer.gui.documents.files import DocumentFiles
from explorer.gui.documents.template_dialogs import TemplateCommands
from explorer.gui.menus import add, add_examples, add_menu
from explorer.gui.recovery.offer import RecoveryOffer
from explorer.gui.session import Session


class FileMenu(QObject):
    """Fills the File menu and keeps its actions up to date.

    Args:
        session: Whose documents.
        files: Does the work.
        templates: Networks to begin with.
        menu: The File menu.
    """

    def __init__(self, session: Session, files: DocumentFiles, templates: TemplateCommands, menu: QMenu) -> None:
        super().__init__(menu)
        self._session, self._files, self._menu = session, files, menu
        self._add_opening(templates)
        menu.addSeparator()
        self._add_saving(templates)
        session.documents_changed.connect(self._update)

    def _add_opening(self, templates: TemplateCommands) -> None:
        menu, files = self._menu, self._files
        add(menu, "new", "&New", "Ctrl+N", "Open an empty network", files.new)
        line = "Open a new network that is begun already"
        add(menu, "new_from_template", "New &from Template…", "Ctrl+Shift+N", line, templates.ask_new)
        add(menu, "open", "&Open…", "Ctrl+O", "Open a network from a file", files.ask_open)
        add_examples(menu, files.open_example)
        self._recent = add_menu(menu, "recent", "Open &Recent")
        self._recent.aboutToShow.connect(self._list_recent)
        line = "Open the network that was closed last, with its history"
        self._reopen = add(menu, "reopen", "Reopen Close&d Tab", "Ctrl+Shift+T", line, self._session.reopen)
        line = "Restore what was left behind when the application ended unexpectedly"
        self.recover = add(menu, "recover", "Recover Doc&uments…", "", line, lambda: None)
        self.recover.setEnabled(False)
        self._list_recent()

    def _add_saving(self, templates: TemplateCommands) -> None:
        menu, files = self._menu, self._files
        add(menu, "save", "&Save", "Ctrl+S", "Save the network", files.save)
        add(menu, "save_as", "Save &As…", "Ctrl+Shift+S", "Save the network under another name", files.ask_save)
        line = "Save every network that has changes"
        self._save_all = add(menu, "save_all", "Save A&ll", "Ctrl+Alt+S", line, files.save_all)
        line = "Keep the network among the templates for new ones"
        add(menu, "save_as_template", "Save as &Template…", "", line, templates.ask_save)
        line = "Go back to what the file has; Undo brings the changes back"
        self._revert = add(menu, "revert", "Re&vert to Saved", "", line, files.revert)

    def add_closing(self) -> None:
        """Adds what closes documents, at the end of the menu."""
        files = self._files
        line = "Close the network in front"
        add(self._menu, "close", "&Close", "Ctrl+W", line, lambda: files.ask_close(self._session.document))
        line = "Close every network but the one in front"
        keys = "Ctrl+Alt+W"
        self._close_others = add(self._menu, "close_others", "Close Ot&hers", keys, line, files.ask_close_others)
        self._update()

    def attach(self, offer: RecoveryOffer) -> None:
        """Lets "Recover Documents" show what was left behind."""
        self.recover.triggered.connect(lambda: offer.ask())  # noqa: PLW0108 - it would get `checked`
        offer.changed.connect(lambda: self.recover.setEnabled(bool(offer.found)))

    def _update(self) -> None:
        documents, front = self._session.documents, self._session.document
        self._reopen.setEnabled(self._session.can_reopen)
        self._save_all.setEnabled(any(document.modified for document in documents))
        self._revert.setEnabled(front.file is not None and front.modified)
        self._close_others.setEnabled(len(documents) > 1)

    def _list_recent(self) -> None:
        menu, recent = self._recent, self._files.recent
        menu.clear()
        for number, file in enumerate(recent.files, start=1):
            self._add_recent(number, file)
        if not recent.files:
            menu.addAction("No files yet").setEnabled(False)
        menu.addSeparator()
        clear = add(menu, "recent_clear", "&Clear", "", "Forget these files; they stay where they are", recent.clear)
        clear.setEnabled(bool(recent.files))

    def _add_recent(self, number: int, file: Path) -> None:
        place = f"in {file.parent}" if file.is_file() else f"is no longer in {file.parent}"
        mark = f"&{number % 10}" if number < 11 else str(number)
        name = file.name.replace("&", "&&")
        text = f"{mark}  {name}  –  {place}".replace(str(file.parent), str(file.parent).replace("&", "&&"))
        open_it = functools.partial(self._files.open, file)
        action = add(self._recent, f"recent_{number}", text, "", f"Open {file}", open_it)
        action.setEnabled(file.is_file())
