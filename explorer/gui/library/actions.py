"""What can be done to a line of the library: use it, give it a star, and the files of one's own blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QWidget

import explorer
from explorer.core import definition_file
from explorer.core.definition_file import SUFFIX
from explorer.core.user_block import UserBlock
from explorer.errors import ExplorerError
from explorer.gui.editing import insertion
from explorer.gui.families.page import show_family
from explorer.gui.library.folder import file_stem
from explorer.gui.library.lines import Listed
from explorer.gui.session import Session
from explorer.gui.weights.dialog import show_weights
from explorer.gui.widgets.dialogs import ask_file

FILTERS = f"Blocks (*{SUFFIX});;JSON (*.json);;All files (*)"


@dataclass(frozen=True, slots=True)
class LibraryCommand:
    """One thing that can be done to a line.

    Attributes:
        key: For objectNames: ``action_library_<key>``.
        text: What the menu says.
        keys: What the menu says about its keys; the panel answers to them, since the table has F2 and Delete too.
        help: One line that explains it.
        run: Does it.
        possible: Whether it can be done to a line, or where there is none.
        section: Commands of one section stand between two lines of the menu.
    """

    key: str
    text: str
    keys: str
    help: str
    run: Callable[[LibraryActions, Listed | None], None]
    possible: Callable[[Listed | None], bool]
    section: int = 0


class LibraryActions:
    """Does what can be done to the lines of the library; a refusal is a sentence in the status bar.

    Args:
        session: Whose library.
        window: Where dialogs open.
        rename: Lets the person type another name into a line.
    """

    def __init__(self, session: Session, window: QWidget, rename: Callable[[], None]) -> None:
        self._session, self._window, self._rename = session, window, rename

    def use(self, listed: Listed | None) -> None:
        """Inserts a block behind the selection, or opens a network."""
        if listed is None:
            return
        if listed.block is not None:
            insertion.insert(self._session, listed.block())
        elif listed.entry is not None:
            self._session.open_network(explorer.network(listed.entry.key))
            self._session.shelf.use(listed.entry)
        elif listed.broken is not None:
            self._session.message.emit(listed.broken.reason)

    def star(self, listed: Listed | None) -> None:
        """Gives a line a star, or takes it away."""
        if listed is not None and listed.thing is not None:
            name = listed.entry.title if listed.entry else listed.block.type_name() if listed.block else ""
            starred = self._session.shelf.toggle(listed.thing)
            self._session.message.emit(f"{name} is {'a favourite now' if starred else 'no favourite any more'}.")

    def show_family(self, listed: Listed | None) -> None:
        """Shows a family, or that of a network, among all networks."""
        if listed is not None and _has_family(listed):
            family = listed.entry.family if listed.entry is not None else listed.family
            show_family(family, self._window.window(), lambda entry: self.use(Listed(entry=entry)))

    def show_weights(self, listed: Listed | None) -> None:
        """Shows the weights that are published for a network."""
        if listed is None or listed.entry is None:
            return
        if self._session.training is None:
            self._session.message.emit("Training is not available in this window, so nothing can start from weights.")
            return
        show_weights(self._session, self._session.training, listed.entry, self._window.window())

    def ask_name(self, listed: Listed | None) -> None:
        """Lets the person type another name."""
        if listed is not None and listed.file is not None:
            self._rename()

    def rename(self, file: Path, name: str) -> None:
        """Gives one's own block another name."""
        old = self._session.library.kinds.get(file)
        if old is None:
            return

        def rename() -> None:
            self._session.library.rename(file, name)
            self._session.shelf.rename(old.type_name(), name)

        self._try(rename)

    def delete(self, listed: Listed | None) -> None:
        """Moves one's own block to the bin; documents keep their copies."""
        if listed is None or listed.file is None:
            return
        name, file = listed.block.type_name() if listed.block else listed.file.name, listed.file

        def move() -> None:
            target = self._session.library.remove(file)
            self._session.message.emit(f"Moved {name} to {target}; Import brings it back. Documents keep their copies.")

        self._try(move)

    def show_file(self, listed: Listed | None) -> None:
        """Opens the folder that the file lies in."""
        folder = listed.file.parent if listed is not None and listed.file is not None else self._session.library.folder
        self._session.message.emit(
            f"The file is {listed.file}." if listed and listed.file else f"The folder is {folder}."
        )
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def ask_import(self, _: Listed | None) -> None:
        """Asks for a shared file and puts its block into the library."""

        def adopt(file: Path) -> None:
            kind = self._session.library.adopt(file)
            self._session.message.emit(f"The library has {kind.type_name()} now.")

        ask_file(
            self._window, "dialog_import_block", "Import a block", FILTERS, lambda file: self._try(lambda: adopt(file))
        )

    def ask_export(self, listed: Listed | None) -> None:
        """Asks where to, and writes one's own block to a file that can be shared."""
        if listed is None or listed.block is None or not issubclass(listed.block, UserBlock):
            return
        kind = listed.block

        def export(file: Path) -> None:
            definition_file.write(kind, file)
            self._session.message.emit(f"Wrote {kind.type_name()} to {file}.")

        ask_file(
            self._window,
            "dialog_export_block",
            f"Export {kind.type_name()}",
            FILTERS,
            lambda file: self._try(lambda: export(file)),
            saves=f"{file_stem(kind.type_name())}{SUFFIX}",
            suffix=SUFFIX,
        )

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ExplorerError as error:
            self._session.message.emit(str(error))


def _anything(listed: Listed | None) -> bool:
    return listed is not None and listed.thing is not None


def _has_family(listed: Listed | None) -> bool:
    return listed is not None and (listed.entry is not None or bool(listed.family))


def _twin(listed: Listed | None) -> bool:
    return listed is not None and listed.entry is not None and bool(listed.entry.twin)


def _own(listed: Listed | None) -> bool:
    return listed is not None and listed.file is not None


def _own_block(listed: Listed | None) -> bool:
    return _own(listed) and listed is not None and listed.block is not None


def _always(_: Listed | None) -> bool:
    return True


COMMANDS = (
    LibraryCommand("use", "&Insert or Open", "", "Inserts a block, opens a network", LibraryActions.use, _anything),
    LibraryCommand(
        "star", "&Favourite", "Ctrl+Shift+B", "Lists it on top, or no longer", LibraryActions.star, _anything
    ),
    LibraryCommand(
        "family", "Show &Family", "Ctrl+Shift+Y", "Plots its networks' cost and accuracy",
        LibraryActions.show_family, _has_family, 3,
    ),
    LibraryCommand(
        "weights", "&Published Weights…", "", "Has the next run start from trained weights",
        LibraryActions.show_weights, _twin, 3,
    ),
    LibraryCommand("rename", "&Rename", "F2", "Gives the block another name", LibraryActions.ask_name, _own_block, 1),
    LibraryCommand("delete", "&Delete", "Del", "Moves the file to the library's bin", LibraryActions.delete, _own, 1),
    LibraryCommand("show_file", "&Show File", "", "Opens the folder of the file", LibraryActions.show_file, _own, 1),
    LibraryCommand("export", "&Export…", "", "Writes a file to share", LibraryActions.ask_export, _own_block, 1),
    LibraryCommand("import", "I&mport Block…", "", "Adds a shared file", LibraryActions.ask_import, _always, 2),
)  # fmt: skip


def make_actions(
    commands: LibraryActions, current: Callable[[], Listed | None], parent: QWidget
) -> list[tuple[LibraryCommand, QAction]]:
    """The commands as actions, for the line that is current when they are asked for.

    Args:
        commands: What does them.
        current: The line.
        parent: Their owner.
    """
    return [(command, _make(command, commands, current, parent)) for command in COMMANDS]


def _make(
    command: LibraryCommand, commands: LibraryActions, current: Callable[[], Listed | None], parent: QWidget
) -> QAction:
    action = QAction("\t".join(filter(None, (command.text, command.keys))), parent)
    action.setObjectName(f"action_library_{command.key}")
    action.setToolTip(command.help)
    action.setStatusTip(command.help)
    action.triggered.connect(lambda: command.run(commands, current()))
    return action
