"""A person's own blocks, as the window sees them: which there are, and what can be done to their files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from explorer.core import definition_file
from explorer.core.block import BLOCKS
from explorer.core.user_block import UserBlock, block_class
from explorer.errors import FileError
from explorer.gui.library.folder import Broken, LibraryFolder

VARIABLE = "ARCHITECTURE_EXPLORER_BLOCKS"


def blocks_folder() -> Path:
    """The folder of a person's own blocks; the environment variable ``ARCHITECTURE_EXPLORER_BLOCKS`` names another."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(folder or Path.home()) / "architecture-explorer" / "blocks"


class UserLibrary(QObject):
    """The blocks in the library's folder.

    Args:
        folder: The folder.
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, folder: LibraryFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._kinds: dict[Path, type[UserBlock]] | None = None  # read when first asked for
        self._broken: tuple[Broken, ...] = ()
        self._stamp: tuple[object, ...] = ()  # of the files as they were read

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder.path

    @property
    def kinds(self) -> dict[Path, type[UserBlock]]:
        """The blocks by their files, sorted by name."""
        if self._kinds is None:
            self._stamp = self._folder.stamp()
            self._kinds, self._broken = self._folder.read()
        return self._kinds

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Files that hold no block."""
        return self._broken if self.kinds is not None else ()

    def named(self, name: str) -> type[UserBlock] | None:
        """The block of that name, if there is one."""
        return next((kind for kind in self.kinds.values() if kind.type_name() == name), None)

    def file_of(self, kind: type[UserBlock]) -> Path | None:
        """The file that holds a block, exactly as it is."""
        return next((file for file, found in self.kinds.items() if found is kind), None)

    def name_problem(self, name: str) -> str | None:
        """Why a new block cannot have a name, as a sentence; None if it can."""
        if name.lower() in _built_in():
            return f"{name} is the name of a block that comes with the application; choose another one."
        if name.lower() in self._names():
            return f"The library has a block called {name!r} already; choose another name."
        return None

    def reload(self) -> None:
        """Looks into the folder again."""
        self._kinds = None
        self.changed.emit()

    def look(self) -> None:
        """Looks into the folder again if somebody else has changed it since."""
        if self._kinds is not None and self._folder.stamp() != self._stamp:
            self.reload()

    def save(self, kind: type[UserBlock]) -> Path:
        """Puts a block into the library; an older one of its name goes to the bin.

        Raises:
            FileError: If the file cannot be written.
        """
        self.look()
        older = self.named(kind.type_name())
        file = self.file_of(older) if older is not None else None
        if file is None:
            file = self._folder.save(kind)
        else:
            self._folder.replace(file, kind)
        self.reload()
        return file

    def adopt(self, file: Path) -> type[UserBlock]:
        """Puts a shared block into the library, under another name where its own is taken.

        Raises:
            FileError: If the file holds no block, or the library cannot be written.
        """
        self.look()
        kind = definition_file.read(file)
        if self.file_of(kind) is not None:
            return kind
        name = _free_name(kind.type_name(), self._names() | _built_in())
        if name != kind.type_name():
            kind = block_class(dataclasses.replace(kind.definition, name=name))
        self._folder.save(kind)
        self.reload()
        return kind

    def rename(self, file: Path, name: str) -> None:
        """Gives a block another name.

        Raises:
            FileError: If it is taken or none, or the file cannot be written.
        """
        old = self.kinds[file].type_name()
        problem = None if name.lower() == old.lower() else self.name_problem(name)
        if problem is not None:
            raise FileError(problem)
        if name != old:
            self._folder.rename(file, name)
            self.reload()

    def remove(self, file: Path) -> Path:
        """Moves a file to the bin.

        Returns:
            Where it is now.

        Raises:
            FileError: If it cannot be moved.
        """
        target = self._folder.remove(file)
        self.reload()
        return target

    def _names(self) -> set[str]:
        return {kind.type_name().lower() for kind in self.kinds.values()}


def _built_in() -> set[str]:
    return {key.lower() for key in BLOCKS}


def _free_name(name: str, taken: Collection[str]) -> str:
    number, found = 1, name
    while found.lower() in taken:
        number += 1
        found = f"{name} {number}"
    return found
