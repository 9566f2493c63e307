"""The training in the window: its settings, its state, and the record of the run that goes on or went on last.

The run has a frozen copy of its network, so the design can be edited meanwhile. Its events wait in a bounded deque that
one timer empties ten times a second: a signal for each step would cost a fifth of the steps.
"""

from __future__ import annotations

import enum
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT, Dataset
from explorer.errors import ExplorerError
from explorer.gui.config_draft import ConfigDraft
from explorer.gui.engine_thread import EngineThread
from explorer.gui.remedy import Misfit, misfit
from explorer.gui.run_record import RunRecord
from explorer.gui.run_start import DataChoice, DataPreview, DataShelf, begin, go_on
from explorer.gui.settings import Settings
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.events import Event, Paused, Resumed, Started

INTERVAL = 100  # milliseconds between two looks at what has come
_WAITING = 4096  # events; minutes of them, should the GUI thread be busy for so long


class State(enum.StrEnum):
    """Where the training in the window stands."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"


ACTIVE = frozenset({State.PREPARING, State.RUNNING, State.PAUSING, State.PAUSED, State.STOPPING})


class TrainingSession(QObject):
    """One training at a time, its settings and its record.

    Args:
        engine: The thread that trains.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        draft: The settings of the next run, with what is wrong with them.
        record: The curves and figures of the run that goes on or went on last.
        network: What it trains; None before the first run.
        error: A sentence: why the last start failed; empty otherwise.
        preview: A look at the chosen data set, once it is there.
        data_problem: A sentence: why there is no look at it.
    """

    state_changed = Signal()
    metrics_changed = Signal()  # at most ten times a second
    settings_changed = Signal()  # data set, folder of runs or a setting
    data_changed = Signal()  # the look at the data set
    exported = Signal(str)  # the path of the file
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, engine: EngineThread, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._state = State.IDLE
        self._control = Control()
        self._inbox: deque[Event] = deque(maxlen=_WAITING)
        self._shelf = DataShelf()
        self._looking_at: DataChoice | None = None
        self._trained_on = DataChoice(DEFAULT, None)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._drain)
        engine.ready.connect(self.settings_changed)  # what needs torch to be shown can be shown now
        self.draft = ConfigDraft(_remembered_config(settings))
        self.record = RunRecord()
        self.network: Network | None = None
        self.error = ""
        self.preview: DataPreview | None = None
        self.data_problem = ""

    # State

    @property
    def state(self) -> State:
        """Where the training stands."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether a run goes on, is about to, or is paused."""
        return self._state in ACTIVE

    @property
    def torch_ready(self) -> bool:
        """Whether torch is loaded, so that what needs it can be asked for without a wait."""
        return self._engine.is_ready

    def _become(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit()

    # Settings

    @property
    def dataset(self) -> Dataset:
        """The facts of the chosen data set, as far as they are known."""
        looked_at = self.preview.dataset if self.preview is not None else None
        return looked_at if looked_at is not None and looked_at.key == self.data_key else DATASETS[self.data_key]

    @property
    def data_key(self) -> str:
        """The chosen data set."""
        key = self._settings.get("training/dataset", DEFAULT)
        return key if key in DATASETS else DEFAULT

    @property
    def data_root(self) -> Path | None:
        """The folder the person pointed at for it, if any."""
        folder = self._settings.get(f"training/root/{self.data_key}", "")
        return Path(folder) if folder else None

    def choose_data(self, key: str, root: Path | None = None) -> None:
        """Chooses a data set and, where it needs one, its folder."""
        if root is not None:
            self._settings.set(f"training/root/{key}", str(root))
        self._settings.set("training/dataset", key)
        self.preview, self.data_problem, self._looking_at = None, "", None
        self.settings_changed.emit()
        self.data_changed.emit()

    @property
    def config(self) -> TrainConfig:
        """The settings of the next run; the last ones that were right."""
        return self.draft.config

    def change(self, name: str, value: object) -> None:
        """Changes one setting; what is wrong with it stands in ``draft.problems`` then."""
        self.draft.set(name, value)
        self._settings.set("training/config", json.dumps(self.draft.config.to_json()))
        self.settings_changed.emit()

    @property
    def runs_folder(self) -> Path:
        """Where the folders of new runs lie."""
        chosen = self._settings.get("training/runs", "")
        return Path(chosen) if chosen else default_runs_folder()

    def set_runs_folder(self, folder: Path) -> None:
        """Lets new runs lie in another folder."""
        self._settings.set("training/runs", str(folder))
        self.settings_changed.emit()

    def choice_for(self, network: Network) -> DataChoice:
        """The images for a network: files are read in its size and channels, fixed sets as they are."""
        if not DATASETS[self.data_key].needs_folder or len(network.input_shape) != 3:
            return DataChoice(self.data_key, self.data_root)
        channels, height, width = network.input_shape
        return DataChoice(self.data_key, self.data_root, (height, width), 1 if channels == 1 else 3)

    def look_at_data(self, network: Network) -> None:
        """Asks for a look at the chosen data set, which comes with `data_changed`; it waits for a run to end."""
        choice = self.choice_for(network)
        if choice == self._looking_at or (choice.root is None and DATASETS[choice.key].needs_folder):
            return
        self._looking_at = choice

        def show(preview: DataPreview | None, problem: str = "") -> None:
            if self._looking_at == choice:
                self.preview, self.data_problem = preview, problem
                self.data_changed.emit()

        self._engine.submit(
            lambda: self._shelf.preview(choice, lambda: self._engine.closing or self._looking_at != choice),
            show,
            lambda sentence: show(None, sentence),
            between_steps=False,
        )

    def problem(self, network: Network) -> Misfit | None:
        """Why a run of this network would not start now, with a remedy if there is one."""
        if self.draft.problems:
            return Misfit(next(iter(self.draft.problems.values())))
        if self.dataset.needs_folder and self.data_root is None:
            return Misfit("Choose the folder of your images: it has one subfolder for each class.")
        return misfit(network, self.dataset, self.config)

    # The run

    def start(self, network: Network) -> None:
        """Starts a run; if it cannot start, `error` and the status bar say why."""
        if self.active:
            return
        problem = self.problem(network)
        if problem is not None:
            self._fail(problem.sentence)
            return
        self.record, self.network, self._trained_on = RunRecord(), network, self.choice_for(network)
        control = Control()
        events = begin(
            network, self._trained_on, self.config, self.runs_folder, control, self._shelf, self._inbox.append
        )
        self._drive(events, control)

    @property
    def can_continue(self) -> bool:
        """Whether the last run was stopped before its end and can go on."""
        finished = self.record.finished
        return not self.active and finished is not None and finished.reason == "stopped"

    def continue_run(self) -> None:
        """Goes on with the run that was stopped, exactly where it stood."""
        folder = self.record.folder
        if self.can_continue and folder is not None:
            control = Control()
            self._drive(go_on(folder, control, self._trained_on, self._shelf), control)

    def pause(self) -> None:
        """Halts the run behind its current step."""
        if self._state is State.RUNNING:
            self._control.pause()
            self._become(State.PAUSING)

    def resume(self) -> None:
        """Ends a halt."""
        if self._state in {State.PAUSING, State.PAUSED}:
            self._control.resume()
            self._become(State.RUNNING)

    def stop(self) -> None:
        """Ends the run behind its current step, with a checkpoint to go on from."""
        if self.active:
            self._control.stop()
            self._become(State.STOPPING)

    def export(self, key: str, path: Path, which: Literal["best", "last"] = "best") -> None:
        """Writes the weights of the run to a file, between two steps; `exported` or `message` tell what came of it.

        Args:
            key: The export format.
            path: The file.
            which: The checkpoint.
        """
        folder = self.record.folder
        if folder is None:
            self.message.emit("There is nothing to export yet; train the network first.")
            return
        self._engine.submit(lambda: _export(folder, key, path, which), self._tell_exported, self.message.emit)

    def _tell_exported(self, files: tuple[Path, ...]) -> None:
        self.exported.emit(str(files[0]))
        self.message.emit(f"Saved {' and '.join(str(file) for file in files)}.")

    # Behind it

    def _drive(self, events: Iterator[Event], control: Control) -> None:
        self.error, self._control = "", control
        self._inbox.clear()
        self._become(State.PREPARING)
        self._engine.drive(events, control, self._inbox.append, self._end)
        self._timer.start()

    def _drain(self) -> None:
        changed = False
        while self._inbox:
            event = self._inbox.popleft()
            self.record.take(event)
            self._follow(event)
            changed = changed or not isinstance(event, Paused)  # which comes again and again
        if changed:
            self.metrics_changed.emit()

    def _follow(self, event: Event) -> None:
        if self._state is State.STOPPING:
            return
        if isinstance(event, Paused) and self._control.paused:
            self._become(State.PAUSED)
        elif isinstance(event, Started) or (isinstance(event, Resumed) and not self._control.paused):
            self._become(State.PAUSING if self._control.paused else State.RUNNING)

    def _end(self, sentence: str | None) -> None:
        self._timer.stop()
        self._drain()
        if sentence is not None and self._state is State.STOPPING and self.record.started is None:
            self._become(State.IDLE)
            self.message.emit(sentence)
        elif sentence is not None:
            self._fail(sentence)
        elif self.record.finished is not None:
            self._become(State.FINISHED)
            self.message.emit(self.record.finished.message)

    def _fail(self, sentence: str) -> None:
        self.error, self._state = sentence, State.FAILED
        self.state_changed.emit()
        self.message.emit(sentence)


def default_runs_folder() -> Path:
    """The folder of runs among the person's documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Architecture Explorer" / "runs"


def _remembered_config(settings: Settings) -> TrainConfig:
    try:
        return TrainConfig.from_json(json.loads(settings.get("training/config", "{}")))
    except (ExplorerError, ValueError, TypeError):  # from another version, or edited by hand
        return TrainConfig()


def _export(folder: Path, key: str, path: Path, which: Literal["best", "last"]) -> tuple[Path, ...]:
    from explorer.export.base import EXPORTERS
    from explorer.export.from_run import trained_model
    from explorer.runs.run import Run

    return EXPORTERS[key].write(trained_model(Run.open(folder), which), path)
