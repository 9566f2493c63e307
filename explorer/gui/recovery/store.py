"""The recovery folder: one folder a running application, with one copy a document that has unsaved changes.

Everything here may block, so the window calls it from a thread of its own, one call after the other.
"""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass
from pathlib import Path

from explorer.core import storage
from explorer.errors import FileError
from explorer.gui.documents.digest import digest_of, digest_on_disk
from explorer.gui.recovery import snapshot as copies
from explorer.gui.recovery.claim import Claim
from explorer.gui.recovery.snapshot import Snapshot

SUFFIX = ".recovery"


class Base(enum.Enum):
    """What has become of the file that the changes belong to."""

    NONE = "never saved"
    SAME = "as it was"
    CHANGED = "its file has changed since"
    MISSING = "its file is gone"


@dataclass(frozen=True, slots=True)
class Found:
    """A recovery copy of a process that has ended.

    Attributes:
        path: Where it lies.
        snapshot: What is in it; None if it cannot be read.
        base: What has become of the document's file.
        problem: Why it cannot be read; empty if it can.
    """

    path: Path
    snapshot: Snapshot | None
    base: Base = Base.NONE
    problem: str = ""


class RecoveryStore:
    """The recovery folder, as one running application uses it.

    Args:
        root: The folder that all of this person's applications share; it need not exist.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: Claim | None = None
        self._taken: dict[Path, Claim] = {}

    def find(self) -> tuple[Found, ...]:
        """The copies of processes that have ended, the oldest first; from now on they are ours alone.

        Raises:
            FileError: If the system refuses to list them; one copy that cannot be read is no reason.
        """
        try:
            folders = sorted(path for path in self._root.iterdir() if path.is_dir()) if self._root.exists() else []
        except OSError as error:
            raise FileError(f"{self._root} cannot be read ({(error.strerror or str(error)).lower()}).") from error
        for folder in folders:
            if folder not in self._taken and not (self._own and self._own.folder == folder):
                claim = Claim.take_over(folder)
                if claim is not None:
                    self._taken[folder] = claim
        found = [entry for folder in list(self._taken) for entry in self._look_into(folder)]
        return tuple(sorted(found, key=lambda entry: (entry.snapshot.seen if entry.snapshot else 0, entry.path)))

    def write(self, key: str, snapshot: Snapshot, replaces: Path | None = None) -> None:
        """Writes the copy of a document in the place of the one before.

        Args:
            key: The document's name in the folder.
            snapshot: What is written.
            replaces: The copy of an ended process, from which the document was restored; this one takes its place.

        Raises:
            FileError: If it cannot be written; the copy before, and the one to be replaced, stay.
        """
        if self._own is not None and not self._own.holds:  # somebody has cleared the folder
            self._own.release()
            self._own = None
        self._own = self._own or Claim.new(self._root)
        storage.write_bytes(copies.to_bytes(snapshot), self._own.folder / f"{key}{SUFFIX}")
        if replaces is not None:
            self.discard(replaces)

    def remove(self, key: str) -> None:
        """Removes the copy of a document that was saved, or whose changes were discarded.

        Raises:
            FileError: If it cannot be removed.
        """
        if self._own is not None:
            self.discard(self._own.folder / f"{key}{SUFFIX}")

    def discard(self, path: Path) -> None:
        """Removes a copy that was found, and its folder with the last one.

        Raises:
            FileError: If it cannot be removed.
        """
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(f"{path} cannot be removed ({(error.strerror or str(error)).lower()}).") from error
        if path.parent in self._taken and not _copies_in(path.parent):
            self._taken.pop(path.parent).remove()

    def close(self) -> None:
        """Gives up all folders; copies that are left stay for the next start."""
        claims = [*self._taken.values(), *([self._own] if self._own else [])]
        self._taken, self._own = {}, None
        for claim in claims:
            if claim.holds and not _copies_in(claim.folder):
                claim.remove()
            else:
                claim.release()

    def _look_into(self, folder: Path) -> list[Found]:
        found = []
        for path in _copies_in(folder):
            entry = _read(path)
            if entry is None:
                self.discard(path)
            else:
                found.append(entry)
        if not found and folder in self._taken:
            self._taken.pop(folder).remove()
        return found


def _copies_in(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.glob(f"*{SUFFIX}"))
    return []


def _read(path: Path) -> Found | None:
    """A copy; None for one whose document was saved in the moment before its process ended."""
    try:
        with path.open("rb") as file:
            content = file.read(2 * storage.MAX_BYTES)
        snapshot = copies.from_bytes(content, str(path))
    except OSError as error:
        return Found(path, None, problem=f"{path} cannot be read ({(error.strerror or str(error)).lower()}).")
    except FileError as error:
        return Found(path, None, problem=str(error))
    if snapshot.file is None:
        return Found(path, snapshot)
    digest = digest_on_disk(snapshot.file)
    if digest == digest_of(content.partition(b"\n")[2]):
        return None
    if digest is None:
        return Found(path, snapshot, Base.MISSING)
    return Found(path, snapshot, Base.SAME if digest == snapshot.digest else Base.CHANGED)
