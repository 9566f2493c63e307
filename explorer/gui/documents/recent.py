"""The files that were opened or saved last."""

from __future__ import annotations

from pathlib import Path

from explorer.gui.settings import Settings

KEPT = 10
_KEY = "files/recent"


class RecentFiles:
    """The last files, remembered between two starts.

    Args:
        settings: Where they are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, the last one first."""
        empty: list[str] = []
        return tuple(map(Path, self._settings.get(_KEY, empty)))[:KEPT]

    def add(self, file: Path) -> None:
        """Puts a file in front."""
        file = file.absolute()
        others = [other for other in self.files if other != file]
        self._settings.set(_KEY, [str(path) for path in (file, *others)][:KEPT])

    def clear(self) -> None:
        """Forgets all of them."""
        self._settings.forget(_KEY)
