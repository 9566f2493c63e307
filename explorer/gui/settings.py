"""What the window remembers between two starts, in one INI file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtCore import QByteArray, QSettings

T = TypeVar("T", str, int, float, bool, list[str])


class Settings:
    """A thin, typed wrapper of QSettings.

    Args:
        file: The INI file; by default the one of the person who is logged in.
    """

    def __init__(self, file: Path | None = None) -> None:
        if file is None:
            scope = QSettings.Scope.UserScope
            self._store = QSettings(QSettings.Format.IniFormat, scope, "architecture-explorer", "window")
        else:
            self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def get(self, key: str, default: T) -> T:
        """A remembered value; the default where there is none or it is of another type."""
        text = self._store.value(key)
        if not isinstance(text, str):
            return default
        try:
            value = json.loads(text)
        except ValueError:  # somebody has edited the file by hand
            return default
        if isinstance(default, list):
            strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
            return cast(T, value) if strings else default
        return value if type(value) is type(default) else default

    def set(self, key: str, value: str | int | float | bool | list[str]) -> None:
        """Remembers a value."""
        self._store.setValue(key, json.dumps(value))

    def layout(self, key: str) -> QByteArray:
        """A remembered geometry or state of a window; empty where there is none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, key: str, value: QByteArray) -> None:
        """Remembers a geometry or state of a window."""
        self._store.setValue(key, value)

    def forget(self, key: str) -> None:
        """Drops a value, and all below it."""
        self._store.remove(key)

    def save(self) -> None:
        """Writes what was set to the file now."""
        self._store.sync()
