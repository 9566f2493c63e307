"""The training in the window: its settings, its state, and the record of the run that goes on or went on last.

The run has a frozen copy of its network, so the design can be edited meanwhile. Its events wait in a bounded deque that
one timer empties ten times a second: a signal for each step would cost a fifth of the steps.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.errors import ExplorerError, TrainingError
from explorer.gui.data.selection import DataSelection
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.problems.remedy import Misfit, misfit
from explorer.gui.run_settings.config_draft import ConfigDraft
from explorer.gui.run_settings.settings_changes import SettingsChanges
from explorer.gui.runs.browser import RunBrowser
from explorer.gui.runs.folder import RunsFolder
from explorer.gui.runs.run_follower import FollowedLook, RunFollower
from explorer.gui.settings import Settings
from explorer.gui.training.queue_driver import STOPPED, QueueDriver
from explorer.gui.training.run_further import Further
from explorer.gui.training.run_queue import RunQueue
from explorer.gui.training.run_record import RunRecord
from explorer.gui.training.run_start import DataChoice, begin, choice_of, go_on, take_up
from explorer.gui.training.starting_point import StartingPoint
from explorer.gui.trials.image_trial import ImageTrial
from explorer.gui.trials.sample_draws import SampleDraws
from explorer.gui.trials.trials import Trials
from explorer.gui.weights.download import WeightsDownload
from explorer.runs.run import Run
from explorer.training.checks import require_consent
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.events import Event, Paused, Resumed, Started

INTERVAL = 100  # milliseconds between two looks at what has come
_WAITING = 4096  # events; minutes of them, should the GUI thread be busy for so long


class State(enum.StrEnum):
    """Where the training in the window stands."""

    IDLE = "idle"
    FOLLOWING = "following"  # another process trains
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"


ACTIVE = frozenset({State.PREPARING, State.RUNNING, State.PAUSING, State.PAUSED, State.STOPPING})


@dataclass(frozen=True, slots=True, eq=False)
class _OwnRun:
    """A run with what belongs to it alone, whatever the person edits meanwhile."""

    record: RunRecord
    network: Network | None
    data: DataChoice


class TrainingSession(QObject):
    """One training at a time, its settings and its record.

    Args:
        engine: The thread that trains.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        data: The data set of the next run.
        start_from: The weights that it starts from.
        runs: The folder of runs.
        browser: The runs in it.
        queue: The runs that wait for their turn.
        queued: Starts them.
        trial: An image that the run is asked about.
        draft: The settings of the next run, with what is wrong with them.
        changes: Changes of several of them at once.
        trials: What can be found out before the next run.
        draws: What draws training images as a run sees them.
        error: A sentence: why the last start failed; empty otherwise.
    """

    state_changed = Signal()
    metrics_changed = Signal()  # at most ten times a second
    settings_changed = Signal()  # data set, folder of runs or a setting
    further_asked = Signal(object)  # the folder of a run that a person wants to go on, for longer or from elsewhere
    run_ended = Signal(str, str)  # why, and a sentence if it ended before it had begun
    exported = Signal(str)  # the path of the file
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, engine: EngineThread, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._state = State.IDLE
        self._control = Control()
        self._inbox: deque[Event] = deque(maxlen=_WAITING)
        self._run = self._before = _OwnRun(RunRecord(), None, DataChoice(DEFAULT, None))
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._drain)
        engine.ready.connect(self.settings_changed)  # what needs torch to be shown can be shown now
        self._begun = False
        self.data = DataSelection(engine, settings, self)
        self.data.changed.connect(self._note_change)
        self.start_from = StartingPoint(engine, self)
        self.start_from.changed.connect(self._note_change)
        self.weights = WeightsDownload(self)
        self.runs = RunsFolder(engine, settings, self)
        self.runs.changed.connect(self._note_change)
        self.runs.looked.connect(self.settings_changed)
        self.browser = RunBrowser(self.runs, self)
        self.browser.message.connect(self.message)
        self._follower = RunFollower(self)
        self._follower.looked.connect(self._take_followed)
        self.queue = RunQueue(settings, self)
        self.queued = QueueDriver(self.queue, self)
        self.trial = ImageTrial(engine, self)
        self.draft = ConfigDraft(_remembered_config(settings))
        self.changes = SettingsChanges(self)
        self.trials = Trials(self, engine)
        self.draws = SampleDraws(self, engine)
        for teller in (self.changes, self.trials):
            teller.message.connect(self.message)
        self.error = ""

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
    def config(self) -> TrainConfig:
        """The settings of the next run; the last ones that were right."""
        return self.draft.config

    def change(self, name: str, value: object) -> None:
        """Changes one setting; what is wrong with it stands in ``draft.problems`` then."""
        self.draft.set(name, value)
        self._settings.set("training/config", json.dumps(self.draft.config.to_json()))
        self._note_change()

    def take_over(self, run: Run) -> None:
        """Takes the settings of a run, and its data set if there is one of that name, for the next run.

        Raises:
            ExplorerError: If the run cannot be read, or has a setting of a later version.
        """
        config, facts = TrainConfig.from_json(run.config), run.environment.data
        self.set_config(config)
        if facts.key in DATASETS:
            self.data.choose(facts.key, None if facts.root is None else Path(facts.root))
        self._note_change()

    def set_config(self, config: TrainConfig) -> None:
        """Puts other settings in the place of all there are."""
        self.draft = ConfigDraft(config)
        self._settings.set("training/config", json.dumps(config.to_json()))
        self._note_change()

    def settle(self) -> None:
        """Ends the typing of a setting: what stands is what a wrong value falls back to."""
        self.draft.settle()

    def _note_change(self) -> None:
        self.error = ""  # it was about how things stood before
        self.settings_changed.emit()

    @property
    def runs_folder(self) -> Path:
        """Where the folders of new runs lie."""
        return self.runs.path

    def set_runs_folder(self, folder: Path) -> None:
        """Lets new runs lie in another folder."""
        self.runs.choose(folder)

    def problem(self, network: Network) -> Misfit | None:
        """Why a run of this network would not start now, with a remedy if there is one."""
        if self.draft.problems:
            return Misfit(next(iter(self.draft.problems.values())))
        if self.data.dataset.needs_folder and self.data.root is None:
            return Misfit("Choose the folder of your images: it has one subfolder for each class.")
        try:
            require_consent(self.data.dataset, leave_out=self.data.leave_out)
        except TrainingError as error:
            return Misfit(str(error))
        found = misfit(network, self.data.dataset, self.config)
        return found or (Misfit(self.start_from.problem) if self.start_from.problem else None)

    # The run

    def start(self, network: Network) -> None:
        """Starts a run; if it cannot start, `error` and the status bar say why."""
        if self.active:
            return
        problem = self.problem(network)
        if problem is not None:
            self._fail(problem.sentence)
            return
        self.begin_run(network, self.data.choice_for(network), self.config, self.start_from.path)

    def begin_run(self, network: Network, data: DataChoice, config: TrainConfig, start: Path | None) -> None:
        """Starts a run whatever the next one's images and settings are; nothing happens while one goes on.

        Args:
            network: What to train.
            data: On which images.
            config: How.
            start: The folder of a run or a file, whose weights it starts from; None for new weights.
        """
        if self.active:
            return
        self._before = self._run
        self._run = _OwnRun(RunRecord(), network, data)
        control = Control()
        runs, shelf = self.runs_folder, self.data.shelf
        self._drive(begin(network, data, config, runs, control, shelf, self._inbox.append, start), control)

    @property
    def record(self) -> RunRecord:
        """The curves and figures of the run that goes on or went on last."""
        return self._run.record

    @property
    def network(self) -> Network | None:
        """What that run trains, frozen; None before the first run."""
        return self._run.network

    @property
    def own_data(self) -> DataChoice:
        """Which images that run sees."""
        return self._run.data

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
            self._before = self._run
            self._drive(go_on(folder, control, self._run.data, self.data.shelf, self._inbox.append), control)

    @property
    def interrupted(self) -> Path | None:
        """The run that was cut off when its process was killed, until one has begun here."""
        return None if self.active or self.record.started is not None else self.runs.interrupted

    def take_up(self, folder: Path) -> None:
        """Goes on with any run from where its last checkpoint left it, one that was killed among them."""
        self.go_further(Further(folder))

    def go_further(self, further: Further) -> None:
        """Goes on with any run: for more epochs, from an earlier checkpoint or at a lower rate, as is asked for."""
        if self.active:
            return
        try:
            run = Run.open(further.folder)
            own = _OwnRun(RunRecord(), run.network, choice_of(run))
        except ExplorerError as error:
            self._fail(str(error))
            return
        self._before, self._run = self._run, own
        control = Control()
        shelf, runs = self.data.shelf, self.runs_folder
        self._drive(take_up(further, runs, control, own.data, shelf, self._inbox.append), control)

    def follow(self, folder: Path) -> None:
        """Shows a run live that another process writes, here or elsewhere; one that has ended is shown as it is.

        It is only read. To start or continue a run here ends it.
        """
        if self.active:
            return
        try:
            run = Run.open(folder)
            self._run = _OwnRun(RunRecord(), run.network, choice_of(run))
        except ExplorerError as error:
            self._fail(str(error))
            return
        self.error = ""
        self._become(State.FOLLOWING)
        self._follower.follow(folder)

    def stop_following(self) -> None:
        """Leaves the run to those who train it."""
        if self._state is State.FOLLOWING:
            self._follower.stop()
            self._become(State.FINISHED if self.record.finished is not None else State.IDLE)

    def _take_followed(self, look: FollowedLook) -> None:
        if self._state is not State.FOLLOWING:
            return
        if look.anew:
            self._run = dataclasses.replace(self._run, record=RunRecord())
        for event in look.events:
            self.record.take(event)
        if look.anew:
            self.state_changed.emit()  # it is another record
        elif look.events:
            self.metrics_changed.emit()
        if look.problem:
            self._follower.stop()
            self._fail(look.problem)
        elif not look.running:
            self.stop_following()
            if self.record.finished is not None:
                self.message.emit(self.record.finished.message)

    def close(self) -> None:
        """Ends what looks at folders, or downloads, on threads of its own."""
        self.weights.close()
        self._follower.close()
        self.browser.close()

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

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the end of the run any more."""
        return self._engine.abandoned

    def abandon(self) -> None:
        """Waits no longer for a step that does not end: the process leaves it behind, with its last checkpoint."""
        self._engine.abandon()

    def stop_after_epoch(self) -> None:
        """Ends the run with its current epoch."""
        if self.can_stop_after_epoch:
            self._control.stop_after_epoch()
            self.state_changed.emit()

    @property
    def ends_with_epoch(self) -> bool:
        """Whether the run is to end with its current epoch."""
        return self.active and self._control.stopping_after_epoch

    @property
    def can_stop_after_epoch(self) -> bool:
        """Whether it can be asked to."""
        return self.active and self._state is not State.STOPPING and not self._control.stopping_after_epoch

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
        self.export_run(folder, key, path, which)

    def export_run(self, folder: Path, key: str | None, path: Path, which: Literal["best", "last"] = "best") -> None:
        """Writes the weights of any run to a file; see `export`.

        Args:
            folder: The run.
            key: The export format; None: what the name of the file says.
            path: The file.
            which: The checkpoint.
        """
        self._engine.submit(lambda: _export(folder, key, path, which), self._tell_exported, self.message.emit)

    def _tell_exported(self, files: tuple[Path, ...]) -> None:
        self.exported.emit(str(files[0]))
        self.message.emit(f"Saved {' and '.join(str(file) for file in files)}.")

    # Behind it

    def _drive(self, events: Iterator[Event], control: Control) -> None:
        self._follower.stop()
        self.error, self._control, self._begun = "", control, False
        self._inbox.clear()
        self._become(State.PREPARING)
        self.trials.end_first(lambda: self._engine.drive(events, control, self._inbox.append, self._end))
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
        self._begun = self._begun or isinstance(event, Started)
        if self._state is State.STOPPING:
            return
        if isinstance(event, Paused) and self._control.paused:
            self._become(State.PAUSED)
        elif isinstance(event, Started) or (isinstance(event, Resumed) and not self._control.paused):
            self._become(State.PAUSING if self._control.paused else State.RUNNING)

    def _end(self, sentence: str | None) -> None:
        self._timer.stop()
        self._drain()
        if not self._begun:
            self._run = self._before  # which stays in sight
        if sentence is not None and self._state is State.STOPPING and not self._begun:
            self._become(State.IDLE)
            self.message.emit(sentence)
            self.run_ended.emit(STOPPED, sentence)
        elif sentence is not None:
            self._fail(sentence)
            self.run_ended.emit("failed", "" if self._begun else sentence)
        elif self.record.finished is not None:
            self._become(State.FINISHED)
            self.message.emit(self.record.finished.message)
            self.run_ended.emit(self.record.finished.reason, "")

    def _fail(self, sentence: str) -> None:
        self.error, self._state = sentence, State.FAILED
        self.state_changed.emit()
        self.message.emit(sentence)


def _remembered_config(settings: Settings) -> TrainConfig:
    try:
        return TrainConfig.from_json(json.loads(settings.get("training/config", "{}")))
    except (ExplorerError, ValueError, TypeError):  # from another version, or edited by hand
        return TrainConfig()


def _export(folder: Path, key: str | None, path: Path, which: Literal["best", "last"]) -> tuple[Path, ...]:
    from explorer.export.base import exporter_for
    from explorer.export.from_run import trained_model
    from explorer.training.isolation import aside

    with aside():
        return exporter_for(path, key).write(trained_model(Run.open(folder), which), path)
