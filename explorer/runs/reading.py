"""Takes the values out of a file of a run one by one, and names the one that is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, TypeVar

from explorer.core.fields import shortened
from explorer.errors import FileError

T = TypeVar("T")


class Reading:
    """The values of an object in a file, by key; each way of taking one refuses all that is of another kind.

    Args:
        values: What was read where the object should be.
        source: The file, as a sentence calls it.
        within: What stands before a key in a sentence, for an object inside another.
    """

    def __init__(self, values: Mapping[str, Any], source: str, within: str = "") -> None:
        self._values = values
        self._source = source
        self._within = within

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str:
        """A text."""
        return self._take(key, _is_text, "a text")

    def whole(self, key: str, minimum: int = 0, maximum: int | None = None) -> int:
        """A whole number within limits."""

        def fits(value: object) -> TypeGuard[int]:
            return _is_whole(value) and minimum <= value and (maximum is None or value <= maximum)

        return self._take(key, fits, f"a whole number from {minimum:,}" + (f" to {maximum:,}" if maximum else ""))

    def number(self, key: str) -> float:
        """A number."""
        return self._take(key, _is_number, "a number")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return self._each(key, _is_text, "a list of texts")

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers."""
        return self._each(key, _is_number, "a list of numbers")

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers from 1."""
        return self._each(key, _is_count, "a list of whole numbers from 1")

    def perhaps(self, key: str, take: Callable[[str], T]) -> T | None:
        """What ``take`` gives, or None where the file says that there is nothing.

        Args:
            key: The key, which must be there.
            take: One of the other methods.
        """
        return None if self._values.get(key, ...) is None else take(key)

    def later(self, key: str, take: Callable[[str], T], earlier: T) -> T:
        """What ``take`` gives, or for a file of a version that did not write it yet what held then.

        Args:
            key: The key.
            take: One of the other methods.
            earlier: What held for earlier versions.
        """
        return take(key) if key in self._values else earlier

    def inside(self, key: str) -> Reading:
        """An object inside this one."""
        return Reading(self._take(key, _is_object, "named values"), self._source, f"{self._within}{key}.")

    def named(self, key: str) -> dict[str, Any]:
        """An object as it stands, for facts that are only shown."""
        return dict(self._take(key, _is_object, "named values"))

    def require(self, key: str, right: bool, expected: str) -> None:
        """Refuses a value that does not go together with the others."""
        if not right:
            raise self._refusal(key, expected)

    def _take(self, key: str, right: Callable[[object], TypeGuard[T]], expected: str) -> T:
        value = self._values.get(key)
        if not right(value):
            raise self._refusal(key, expected)
        return value

    def _each(self, key: str, right: Callable[[object], TypeGuard[T]], expected: str) -> tuple[T, ...]:
        values = self._values.get(key)
        if not isinstance(values, list | tuple):
            raise self._refusal(key, expected)
        found = tuple(value for value in values if right(value))
        if len(found) < len(values):
            raise self._refusal(key, expected)
        return found

    def _refusal(self, key: str, expected: str) -> FileError:
        found = f"is {_brief(self._values[key])}" if key in self._values else "is missing"
        return FileError(
            f"{self._source} is damaged: {self._within}{key} {found}, but must be {expected}. Restore it from a backup."
        )


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: object) -> TypeGuard[int]:
    return _is_whole(value) and value >= 1


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _brief(value: object) -> str:
    return shortened(repr(value))
