"""The folder of a person's own blocks: one file a block, and a folder in it for what was taken out."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from pathlib import Path

from explorer.core import definition_file
from explorer.core.atomic import cannot_write
from explorer.core.definition_file import SUFFIX
from explorer.core.user_block import UserBlock, block_class
from explorer.errors import EditError, FileError

BIN = "removed"
MOST_FILES = 500  # that are looked into; each can be as large as a document


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that holds no block.

    Attributes:
        file: The file.
        reason: Why, as a sentence.
    """

    file: Path
    reason: str


class LibraryFolder:
    """The files of one folder. Nothing is ever overwritten or deleted: what goes is moved to the bin.

    Args:
        path: The folder; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[dict[Path, type[UserBlock]], tuple[Broken, ...]]:
        """The blocks by their files, sorted by name, and the files that hold none."""
        found: dict[Path, type[UserBlock]] = {}
        broken = []
        for file in self._files()[:MOST_FILES]:
            try:
                found[file] = definition_file.read(file)
            except FileError as error:
                broken.append(Broken(file, str(error)))
        return dict(sorted(found.items(), key=lambda item: item[1].type_name().lower())), tuple(broken)

    def stamp(self) -> tuple[object, ...]:
        """Changes with the files: their names, sizes and times."""
        found: list[object] = []
        for file in self._files()[:MOST_FILES]:
            with contextlib.suppress(OSError):  # it went meanwhile
                status = file.stat()
                found.append((file.name, status.st_size, status.st_mtime_ns, status.st_ino))
        return tuple(found)

    def _files(self) -> list[Path]:
        try:
            return sorted(file for file in self.path.iterdir() if file.name.endswith(SUFFIX) and file.is_file())
        except OSError:  # nothing has been saved yet, or the system keeps the folder to itself
            return []

    def save(self, kind: type[UserBlock]) -> Path:
        """Writes a block into a file of its own.

        Raises:
            FileError: If the file cannot be written.
        """
        self._make(self.path)
        file = _free(self.path, kind.type_name())
        definition_file.write(kind, file)
        return file

    def replace(self, file: Path, kind: type[UserBlock]) -> None:
        """Writes a block into the file of another one, which goes to the bin.

        Raises:
            FileError: If the file cannot be written or moved; then it holds what it held.
        """
        kept = definition_file.read(file)
        self._make(self.path / BIN)
        definition_file.write(kept, _free(self.path / BIN, kept.type_name()))
        definition_file.write(kind, file)

    def rename(self, file: Path, name: str) -> Path:
        """Gives a block another name, and its file too.

        Raises:
            FileError: If the name is none, or the file cannot be written.
        """
        try:
            renamed = block_class(dataclasses.replace(definition_file.read(file).definition, name=name))
        except EditError as error:
            raise FileError(str(error)) from error
        new = self.save(renamed)
        self._unlink(file)
        return new

    def remove(self, file: Path) -> Path:
        """Moves a file to the bin.

        Returns:
            Where it is now.

        Raises:
            FileError: If it cannot be moved.
        """
        self._make(self.path / BIN)
        target = _free(self.path / BIN, file.name.removesuffix(SUFFIX))
        try:
            return file.rename(target)
        except OSError as error:
            raise cannot_write(target, error) from error

    @staticmethod
    def _make(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error) from error

    @staticmethod
    def _unlink(file: Path) -> None:
        try:
            file.unlink()
        except OSError as error:
            raise cannot_write(file, error) from error


def file_stem(name: str) -> str:
    """The name of a block as that of a file on every system."""
    kept = "".join(letter if letter.isalnum() or letter in "-_ ()" else "-" for letter in name).strip(" -")
    return kept or "block"


def _free(folder: Path, name: str) -> Path:
    stem, number = file_stem(name), 1
    file = folder / f"{stem}{SUFFIX}"
    while file.exists():
        number += 1
        file = folder / f"{stem} {number}{SUFFIX}"
    return file
