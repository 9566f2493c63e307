"""Writes the weights of a run to a file, between two steps of whatever is being trained."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from explorer.gui.engine.engine_thread import EngineThread
from explorer.runs.run import Run

Which: TypeAlias = Literal["best", "last"]  # checkpoint


class RunExport(QObject):
    """Writes weights to files; its signals tell what came of it.

    Args:
        engine: The thread that owns every tensor.
        parent: Its owner.
    """

    exported = Signal(str)  # the path of the file
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, engine: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine

    def export(self, folder: Path | None, key: str | None, path: Path, which: Which = "best") -> None:
        """Writes the weights of a run to a file.

        Args:
            folder: The run; None: there is none.
            key: The export format; None: what the name of the file says.
            path: The file.
            which: The checkpoint.
        """
        if folder is None:
            self.message.emit("There is nothing to export yet; train the network first.")
            return
        self._engine.submit(lambda: _export(folder, key, path, which), self._tell, self.message.emit)

    def _tell(self, files: tuple[Path, ...]) -> None:
        self.exported.emit(str(files[0]))
        self.message.emit(f"Saved {' and '.join(str(file) for file in files)}.")


def _export(folder: Path, key: str | None, path: Path, which: Which) -> tuple[Path, ...]:
    from explorer.export.base import exporter_for
    from explorer.export.from_run import trained_model
    from explorer.training.isolation import aside

    with aside():
        return exporter_for(path, key).write(trained_model(Run.open(folder), which), path)
