"""The run that the window shows, whoever trains it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.core.network import Network
from explorer.datasets.base import DEFAULT
from explorer.errors import ExplorerError
from explorer.gui.data.shelf import DataChoice, choice_of
from explorer.gui.record.run_record import RunRecord
from explorer.gui.training.run_state import ACTIVE, State
from explorer.runs.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class OwnRun:
    """A run with what belongs to it alone, whatever the person edits meanwhile.

    Attributes:
        record: Its curves and figures.
        network: What it trains; None before the first run.
        data: On which images.
    """

    record: RunRecord
    network: Network | None
    data: DataChoice

    @classmethod
    def of(cls, folder: Path) -> OwnRun:
        """The run in a folder, with nothing in its record yet.

        Raises:
            ExplorerError: If it cannot be read.
        """
        run = Run.open(folder)
        return cls(RunRecord(), run.network, choice_of(run))

    def anew(self) -> OwnRun:
        """The same run with nothing in its record."""
        return replace(self, record=RunRecord())


class ShownRun(QObject):
    """The run that the window shows.

    Args:
        parent: Its owner.

    Attributes:
        own: The run.
        state: Where it stands.
        error: A sentence: why the last start failed; empty otherwise.
    """

    state_changed = Signal()
    metrics_changed = Signal()
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.own = OwnRun(RunRecord(), None, DataChoice(DEFAULT, None))
        self.state = State.IDLE
        self.error = ""

    @property
    def active(self) -> bool:
        """Whether a run goes on here, is about to, or is paused."""
        return self.state in ACTIVE

    def become(self, state: State) -> None:
        """Stands elsewhere."""
        if state is not self.state:
            self.state = state
            self.state_changed.emit()

    def fail(self, sentence: str) -> None:
        """Says why a run could not start, or could not go on."""
        self.error, self.state = sentence, State.FAILED
        self.state_changed.emit()
        self.message.emit(sentence)

    def found(self, folder: Path) -> OwnRun | None:
        """The run in a folder; what cannot be read is a sentence, and None."""
        try:
            return OwnRun.of(folder)
        except ExplorerError as error:
            self.fail(str(error))
            return None
