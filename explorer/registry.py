"""Registries: one file, one decorator, found by walking a package.

An entry registers itself when its module is imported; the registry imports every module of its package on the first
read. So a new block, network, data set or export format is one new file and no edit elsewhere.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

from explorer.errors import DuplicateKeyError, UnknownKeyError

T = TypeVar("T")

FEW = 3  # entries that are all named where none of them is near


class Registry(Generic[T]):
    """The entries of one kind, in the order in which their modules register them.

    Args:
        what: What an entry is called in a sentence, such as "network".
        package: The dotted name of the package whose modules hold the entries.
    """

    def __init__(self, what: str, package: str) -> None:
        self._what = what
        self._package = package
        self._entries: dict[str, T] = {}
        self._loaded = False
        self._lock = threading.RLock()  # the window and the engine thread may both read first

    def add(self, key: str, entry: T) -> None:
        """Registers an entry.

        Raises:
            DuplicateKeyError: If the key is taken.
        """
        if key in self._entries:
            raise DuplicateKeyError(self._what, key)
        self._entries[key] = entry

    def __getitem__(self, key: str) -> T:
        """The entry of that key.

        Raises:
            UnknownKeyError: If there is none; the sentence names the nearest keys, or all where they are few.
        """
        self._load()
        if not isinstance(key, str):  # callers of the public functions are not all checked by types
            raise UnknownKeyError(self._what, key)
        if key not in self._entries:
            near = difflib.get_close_matches(key, self._entries, n=2)
            few = self._entries if len(self._entries) <= FEW else ()
            raise UnknownKeyError(self._what, key, tuple(near or few))
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        self._load()
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(self._entries)

    def __len__(self) -> int:
        self._load()
        return len(self._entries)

    def values(self) -> tuple[T, ...]:
        """All entries, module by module in alphabetical order."""
        self._load()
        return tuple(self._entries.values())

    def _load(self) -> None:
        if self._loaded:
            return
        with self._lock:
            package = importlib.import_module(self._package)
            for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
                importlib.import_module(f"{self._package}.{module.name}")
            self._loaded = True
