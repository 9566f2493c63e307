"""Which checkpoints a run has, which of them is the last and which the best, and which are taken away.

A pointer is a small file that is replaced in one step, so a process killed at any moment leaves a run whose pointers
name complete checkpoints. The last two, the best and those that were asked for are kept.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from explorer.errors import FileError
from explorer.runs.json_file import read_json, write_json

FOLDER = "checkpoints"
LAST, BEST = "last", "best"
_ASKED_FOR = "kept.json"
_KEPT = 2
_NAME = re.compile(r"(\d+)(?:-(\d+))?\Z")


class Checkpoints:
    """The checkpoints of one run, by name; this class never opens them.

    Args:
        run: The run folder.
    """

    def __init__(self, run: Path) -> None:
        self._folder = run / FOLDER

    def names(self) -> list[str]:
        """The complete checkpoints, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted((path.name for path in self._folder.iterdir() if _NAME.match(path.name)), key=_order)

    def path(self, name: str) -> Path:
        """Where the checkpoint of that name lies."""
        return self._folder / name

    def new_name(self, step: int) -> str:
        """A name for a checkpoint at that step; a second one at the same step gets a number behind."""
        taken = {_order(name) for name in self.names()}
        number = 1
        while (step, number) in taken:
            number += 1
        return str(step) if number == 1 else f"{step}-{number}"

    def pointed(self, pointer: str) -> str | None:
        """The checkpoint that a pointer names, if it is there."""
        try:
            name = read_json(self._folder / f"{pointer}.json").get("checkpoint")
        except FileError:
            return None
        return name if isinstance(name, str) and _NAME.match(name) and self.path(name).is_dir() else None

    def point(self, pointer: str, name: str) -> None:
        """Lets a pointer name another checkpoint.

        Raises:
            FileError: If the system refuses.
        """
        write_json(self._folder / f"{pointer}.json", {"checkpoint": name})

    def keep(self, name: str) -> None:
        """Has a checkpoint stay for as long as the run.

        Raises:
            FileError: If the system refuses.
        """
        write_json(self._folder / _ASKED_FOR, {"checkpoints": [*self.kept(), name]})

    def kept(self) -> list[str]:
        """The checkpoints that are there and stay."""
        try:
            names = read_json(self._folder / _ASKED_FOR).get("checkpoints")
        except FileError:
            return []
        there = self.names()
        return [name for name in names if name in there] if isinstance(names, list) else []

    def newest_first(self) -> list[str]:
        """All checkpoints in the order in which to try them: the last one, then what was written before it."""
        names = self.names()[::-1]
        last = self.pointed(LAST)
        return sorted(names, key=lambda name: name != last)

    def drop_after(self, name: str) -> None:
        """Takes away what was written after a checkpoint from which the run goes on, which is the last one now.

        Raises:
            FileError: If the system refuses.
        """
        self.point(LAST, name)
        kept = self.kept()
        for other in self.names():
            if _order(other) > _order(name):
                shutil.rmtree(self.path(other), ignore_errors=True)
        if kept != self.kept():
            write_json(self._folder / _ASKED_FOR, {"checkpoints": self.kept()})

    def prune(self) -> None:
        """Takes away all but the last two, the best and those to keep, and what a killed process left half done."""
        keep = {*self.names()[-_KEPT:], self.pointed(LAST), self.pointed(BEST), *self.kept()}
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)  # what cannot be removed now is removed next time


def _order(name: str) -> tuple[int, int]:
    found = _NAME.match(name)
    return (int(found[1]), int(found[2] or 1)) if found else (-1, 0)
