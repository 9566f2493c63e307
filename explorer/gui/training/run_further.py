"""How a run goes on: from which of its checkpoints, for how long, and at which rate. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.gui.training.run_folder_name import new_folder
from explorer.runs.rotation import LAST
from explorer.runs.run import Run
from explorer.training.config import TrainConfig

if TYPE_CHECKING:
    from explorer.training.data import TrainingData


@dataclass(frozen=True, slots=True)
class Further:
    """A run that is to go on.

    Attributes:
        folder: The run.
        more: Epochs to come behind those that are complete; None for those it was meant to have.
        checkpoint: From which one; None for the last. From another one a copy of the run goes on.
        gentler: Whether a copy goes on at a tenth of the learning rate.
    """

    folder: Path
    more: int | None = None
    checkpoint: str | None = None
    gentler: bool = False

    @property
    def copies(self) -> bool:
        """Whether a run of its own begins, so that nothing of this one is lost."""
        return self.gentler or self.checkpoint is not None

    def prepare(self, data: TrainingData, runs: Path) -> Path:
        """The folder of the run that goes on, copied if it is to be a run of its own.

        Raises:
            ExplorerError: If it cannot go on; nothing has been copied then.
        """
        if not self.copies:
            return self.folder
        from explorer.runs.starting_points import starting_point
        from explorer.training.branch import branch, gentler
        from explorer.training.data import require_same

        run = Run.open(self.folder)
        require_same(data, run.environment.data)
        config = TrainConfig.from_json(run.config)
        name = starting_point(run, self.checkpoint or LAST)
        return branch(run, name, new_folder(runs, run.network.name), gentler(config) if self.gentler else config).folder
