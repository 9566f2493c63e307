"""The folder that runs are kept in, and the run in it that was cut off."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.settings import Settings
from explorer.runs.run import Run, interrupted_run

_KEY = "training/runs"


class RunsFolder(QObject):
    """Where the folders of new runs lie.

    Args:
        engine: The thread that looks into it: there may be thousands, on a slow disk.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        interrupted: The run that was written last, if its process was killed; None where nobody has looked yet.
    """

    changed = Signal()  # another folder
    looked = Signal()  # what lies in it is known now

    def __init__(self, engine: EngineThread, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self.interrupted: Path | None = None
        engine.ready.connect(self.look)

    @property
    def path(self) -> Path:
        """The folder; it is made with the first run."""
        chosen = self._settings.get(_KEY, "")
        return Path(chosen) if chosen else default_runs_folder()

    def choose(self, folder: Path) -> None:
        """Lets new runs lie in another folder."""
        self._settings.set(_KEY, str(folder))
        self.interrupted = None
        self.changed.emit()
        self.look()

    def look(self) -> None:
        """Looks for a run that was cut off."""
        path = self.path

        def show(run: Run | None) -> None:
            if path == self.path:
                self.interrupted = None if run is None else run.folder
                self.looked.emit()

        # a folder that cannot be read is a sentence as soon as somebody wants something of it
        self._engine.submit(lambda: interrupted_run(path), show, lambda _: None)


def default_runs_folder() -> Path:
    """The folder of runs among the person's documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Architecture Explorer" / "runs"
