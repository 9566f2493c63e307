"""Every refusal of the application: one base class, few children, each a sentence with its remedy.

The constructor takes the sentence a person reads: what is wrong, where, and what to do about it. No traceback is
meant to reach anybody; the log has it.
"""

from __future__ import annotations

import reprlib

_BRIEFLY = reprlib.Repr()
_BRIEFLY.maxstring = 60  # characters of a name in a sentence


class ExplorerError(Exception):
    """The base of every error this package raises on purpose; ``str(error)`` is a sentence for the person."""


class UnknownKeyError(ExplorerError, KeyError):
    """A name that no registry entry carries."""

    def __init__(self, what: str, key: str, close: tuple[str, ...] = ()) -> None:
        hint = f" Did you mean {' or '.join(repr(name) for name in close)}?" if close else ""
        self.key = key
        super().__init__(f"There is no {what} named {_BRIEFLY.repr(key)}.{hint}")

    def __str__(self) -> str:  # KeyError would print the repr of its argument
        return str(self.args[0])


class DuplicateKeyError(ExplorerError):
    """Two registrations under one key: a mistake in the program, never in a document."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"The {what} {key!r} is registered twice; give one of them another key.")


class EditError(ExplorerError, ValueError):
    """An edit that cannot be applied to the network; the network is unchanged."""


class NetworkError(ExplorerError, ValueError):
    """A network that has problems where a sound one is needed (assembling, training, exporting)."""


class FileError(ExplorerError, ValueError):
    """A file that cannot be read or written."""


class DataError(ExplorerError, ValueError):
    """Images, labels or published weights that are missing, damaged or do not fit the network."""


class TrainingError(ExplorerError, RuntimeError):
    """A run that cannot start or go on."""


class Cancelled(ExplorerError):
    """Long work that was stopped because the person asked for it."""

    def __init__(self, work: str = "The work") -> None:
        super().__init__(f"{work} was cancelled.")
