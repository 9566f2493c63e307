"""A walk: numbered steps, each with a chance of its own, so that some of them can be left out and the others stay.

What a step does follows from the seed of the walk, its own number and what the window shows then. So a walk can be
done again, and a long one that fails can be made short (:func:`shrunk`).
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from pytestqt.exceptions import capture_exceptions
from pytestqt.logging import Record

# imported for what they add to DEEDS
from tests.gui.random_walk import canvas, dialogs, documents, fields, lists, menus
from tests.gui.random_walk.checks import Checks, check_history
from tests.gui.random_walk.deed import DEEDS
from tests.gui.random_walk.world import World, opened

__all__ = ["Failure", "canvas", "documents", "fields", "lists", "menus", "play", "shrunk"]

FULLY = 20  # steps from one look at everything to the next
HISTORY = 80  # steps from one way back to the start of a document to the next, on average
REMEMBERED = 25  # steps that the report lists
MOST_BLOCKS, MOST_DOCUMENTS = 400, 6  # beyond which a walk would become slow rather than thorough
HARMLESS = ("QtDebugMsg", "QtInfoMsg")
Records = Callable[[], Sequence[Record]]


@dataclass(frozen=True)
class Failure:
    """A walk that went wrong.

    Attributes:
        seed: Of the walk.
        step: The number of the step.
        what: What is wrong.
        said: The last steps, each with what it did.
    """

    seed: int
    step: int
    what: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        lines = "\n".join(self.said)
        return f"seed {self.seed}, step {self.step}: {self.what}\nThe last steps:\n{lines}"


def play(
    seed: int, numbers: Sequence[int], folder: Path, patch: pytest.MonkeyPatch, records: Records
) -> Failure | None:
    """Walks in a new window; what went wrong, or None.

    Args:
        seed: Of the walk.
        numbers: The steps.
        folder: For all files; it must not exist.
        patch: Undone by the caller.
        records: The messages of Qt until now.
    """
    with opened(folder, patch) as world:
        return _Walk(seed, world, records).walk(numbers)


class _Walk:
    """The steps in one window."""

    def __init__(self, seed: int, world: World, records: Records) -> None:
        self._seed, self._world, self._records = seed, world, records
        self._checks = Checks(world)
        self._said: deque[str] = deque(maxlen=REMEMBERED)
        self._heard = len(records())
        dialogs.put_garbage(world.folder)
        menus.leave_out(world)

    def walk(self, numbers: Sequence[int]) -> Failure | None:
        for number in numbers:
            found = self._try(number, self._step)
            if found is not None:
                return found
        return self._try(numbers[-1], self._end) if numbers else None

    def _try(self, number: int, do: Callable[[int], None]) -> Failure | None:
        """Does something, and looks whether anything is wrong afterwards."""
        what = ""
        with capture_exceptions() as caught:
            try:
                do(number)
            except AssertionError as error:
                what = f"{type(error).__name__}: {error}"
            except BaseException as error:
                error.add_note("\n".join(self._said))
                raise
        if caught:
            what = "".join("".join(traceback.format_exception(*one)) for one in caught)
        what = what or self._warned()
        return Failure(self._seed, number, what, tuple(self._said)) if what else None

    def _step(self, number: int) -> None:
        world, rng = self._world, Random(f"{self._seed}:{number}")
        world.activate()
        deed = rng.choices(DEEDS, [deed.weight for deed in DEEDS])[0]
        self._said.append(f"{number} {deed.name}")
        self._said[-1] += f": {deed.do(world, rng)}"
        for answer in dialogs.answer(world, rng):
            self._said.append(f"{number} {answer}")
        world.note_documents()
        self._keep_small()
        self._checks.look(fully=number % FULLY == 0)
        if rng.randrange(HISTORY) == 0:
            self._said.append(f"{number} to the start and back")
            check_history(world)

    def _end(self, _: int) -> None:
        session = self._world.session
        for document in session.documents:
            session.activate(document)
            self._said.append(f"at the end: {document.title} to the start and back")
            check_history(self._world)

    def _keep_small(self) -> None:
        """Goes on with a new document where the one in front has become large, and closes all where they are many."""
        world, session = self._world, self._world.session
        counted = session.analysis.counted
        if counted is not None and counted.blocks > MOST_BLOCKS:
            session.open_network(next(iter(world.starts.values())))
            self._said.append("go on in a new document")
        while len(session.documents) > MOST_DOCUMENTS:
            session.close(session.documents[0], session.network)
        world.note_documents()

    def _warned(self) -> str:
        records = self._records()[self._heard :]
        self._heard += len(records)
        return "\n".join(one.message for one in records if one.type_name not in HARMLESS and not one.ignored)


def shrunk(numbers: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """The steps that a failure needs, by leaving out ever smaller parts of them.

    Args:
        numbers: Steps that fail.
        fails: Whether some of them fail.
    """
    kept, size = list(numbers), max(1, len(numbers) // 2)
    while True:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if fewer and fails(fewer):
                kept = fewer
            else:
                start += size
        if size == 1:
            return kept
        size //= 2
