"""The training in the window: its settings, its state, and the record of the run that goes on or went on last.

The run has a frozen copy of its network, so the design can be edited meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.errors import ExplorerError, TrainingError
from explorer.gui.data.selection import DataSelection
from explorer.gui.data.shelf import DataChoice
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.problems.remedy import Misfit, misfit
from explorer.gui.record.run_record import RunRecord
from explorer.gui.run_settings.config_draft import ConfigDraft
from explorer.gui.run_settings.settings_changes import SettingsChanges
from explorer.gui.runs.browser import RunBrowser
from explorer.gui.runs.folder import RunsFolder
from explorer.gui.settings import Settings
from explorer.gui.training.following import Following
from explorer.gui.training.queue_driver import QueueDriver
from explorer.gui.training.run_drive import RunDrive
from explorer.gui.training.run_export import RunExport, Which
from explorer.gui.training.run_further import Further
from explorer.gui.training.run_queue import RunQueue
from explorer.gui.training.run_start import begin, go_on, take_up
from explorer.gui.training.run_state import State
from explorer.gui.training.shown_run import OwnRun, ShownRun
from explorer.gui.training.starting_point import StartingPoint
from explorer.gui.training.weights_download import WeightsDownload
from explorer.gui.trials.image_trial import ImageTrial
from explorer.gui.trials.sample_draws import SampleDraws
from explorer.gui.trials.trials import Trials
from explorer.runs.run import Run
from explorer.training.checks import require_consent
from explorer.training.config import TrainConfig
from explorer.training.control import Control

# Ends after which the same settings may lead on; after a divergence they would lead to the same step again
_GOES_ON = frozenset({"stopped", "failed", "lost_device", "out_of_memory"})


class TrainingSession(QObject):
    """One training at a time, its settings and its record.

    Args:
        engine: The thread that trains.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        data: The data set of the next run.
        start_from: The weights that it starts from.
        weights: Brings published ones to this computer.
        runs: The folder of runs.
        browser: The runs in it.
        queue: The runs that wait for their turn.
        queued: Starts them.
        trial: An image that the run is asked about.
        draft: The settings of the next run, with what is wrong with them.
        changes: Changes of several of them at once.
        trials: What can be found out before the next run.
        draws: What draws training images as a run sees them.
        exports: Writes weights to files.
    """

    state_changed = Signal()
    metrics_changed = Signal()  # at most five times a second
    settings_changed = Signal()  # data set, folder of runs or a setting
    further_asked = Signal(object)  # the folder of a run that a person wants to go on, for longer or from elsewhere
    run_ended = Signal(str, str)  # why, and a sentence if it ended before it had begun
    exported = Signal(str)  # the path of the file
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, engine: EngineThread, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._shown = ShownRun(self)
        self._shown.state_changed.connect(self.state_changed)
        self._shown.metrics_changed.connect(self.metrics_changed)
        engine.ready.connect(self.settings_changed)  # what needs torch to be shown can be shown now
        self.data = DataSelection(engine, settings, self)
        self.data.changed.connect(self._note_change)
        self.start_from = StartingPoint(engine, self)
        self.start_from.changed.connect(self._note_change)
        self.weights = WeightsDownload(self)
        self.runs = RunsFolder(engine, settings, self)
        self.runs.changed.connect(self._note_change)
        self.runs.looked.connect(self.settings_changed)
        self.browser = RunBrowser(self.runs, self)
        self._following = Following(self._shown, self)
        self.queue = RunQueue(settings, self)
        self.queued = QueueDriver(self.queue, self)
        self.trial = ImageTrial(engine, self)
        self.draft = ConfigDraft(_remembered_config(settings))
        self.changes = SettingsChanges(self)
        self.trials = Trials(self, engine)
        self.draws = SampleDraws(self, engine)
        self._drive = RunDrive(self._shown, engine, self.trials, self)
        self._drive.ended.connect(self.run_ended)
        self.exports = RunExport(engine, self)
        self.exports.exported.connect(self.exported)
        for teller in (self._shown, self.browser, self.changes, self.trials, self.exports):
            teller.message.connect(self.message)

    # State

    @property
    def state(self) -> State:
        """Where the training stands."""
        return self._shown.state

    @property
    def active(self) -> bool:
        """Whether a run goes on, is about to, or is paused."""
        return self._shown.active

    @property
    def goes_on(self) -> bool:
        """Whether the run in sight is trained, here or by the process that writes it."""
        return self.active or self.state is State.FOLLOWING

    @property
    def error(self) -> str:
        """A sentence: why the last start failed; empty otherwise."""
        return self._shown.error

    @property
    def torch_ready(self) -> bool:
        """Whether torch is loaded, so that what needs it can be asked for without a wait."""
        return self._engine.is_ready

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

        Layout and threads stay: what was fastest for that run, when and where it began, is measured anew.

        Raises:
            ExplorerError: If the run cannot be read, or has a setting of a later version.
        """
        config, facts = TrainConfig.from_json(run.config), run.environment.data
        self.set_config(replace(config, memory_format=self.config.memory_format, threads=self.config.threads))
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
        self._shown.error = ""  # it was about how things stood before
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
        if self.data.problem:
            return Misfit(self.data.problem)
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
            self._shown.fail(problem.sentence)
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
        control = Control()
        runs, shelf = self.runs_folder, self.data.shelf
        events = begin(network, data, config, runs, control, shelf, self._drive.report, start)
        self._drive.begin(OwnRun(RunRecord(), network, data), events, control)

    @property
    def record(self) -> RunRecord:
        """The curves and figures of the run that goes on or went on last."""
        return self._shown.own.record

    @property
    def network(self) -> Network | None:
        """What that run trains, frozen; None before the first run."""
        return self._shown.own.network

    @property
    def own_data(self) -> DataChoice:
        """Which images that run sees."""
        return self._shown.own.data

    @property
    def can_continue(self) -> bool:
        """Whether the last run ended early, and has a checkpoint from which the same settings may lead on."""
        record = self.record
        if self.active or record.finished is None or record.checkpoint is None:
            return False
        return record.finished.reason in _GOES_ON

    def continue_run(self) -> None:
        """Goes on with the run that ended early, from its last checkpoint; one that was stopped where it stood."""
        folder = self.record.folder
        if self.can_continue and folder is not None:
            control, own = Control(), self._shown.own
            events = go_on(folder, control, own.data, self.data.shelf, self._drive.report)
            self._drive.begin(own, events, control)

    @property
    def interrupted(self) -> Path | None:
        """The run that was cut off when its process was killed, until one has begun here; the one in sight first."""
        if self.active:
            return None
        return self.runs.interrupted if self.record.started is None else self._following.cut_off

    def take_up(self, folder: Path) -> None:
        """Goes on with any run from where its last checkpoint left it, one that was killed among them."""
        self.go_further(Further(folder))

    def go_further(self, further: Further) -> None:
        """Goes on with any run: for more epochs, from an earlier checkpoint or at a lower rate, as is asked for."""
        own = None if self.active else self._shown.found(further.folder)
        if own is not None:
            control = Control()
            shelf, runs = self.data.shelf, self.runs_folder
            self._drive.begin(own, take_up(further, runs, control, own.data, shelf, self._drive.report), control)

    def follow(self, folder: Path) -> None:
        """Shows a run live that another process writes, here or elsewhere; one that has ended is shown as it is.

        It is only read. To start or continue a run here ends it.
        """
        if not self.active:
            self._following.follow(folder)

    def stop_following(self) -> None:
        """Leaves the run to those who train it."""
        self._following.stop()

    def close(self) -> None:
        """Ends what looks at folders, or downloads, on threads of its own."""
        self.weights.close()
        self._following.close()
        self.browser.close()

    def pause(self) -> None:
        """Halts the run behind its current step."""
        self._drive.pause()

    def resume(self) -> None:
        """Ends a halt."""
        self._drive.resume()

    def stop(self) -> None:
        """Ends the run behind its current step, with a checkpoint to go on from."""
        self._drive.stop()

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the end of the run any more."""
        return self._engine.abandoned

    def abandon(self) -> None:
        """Waits no longer for a step that does not end: the process leaves it behind, with its last checkpoint."""
        self._engine.abandon()

    def stop_after_epoch(self) -> None:
        """Ends the run with its current epoch."""
        self._drive.stop_after_epoch()

    @property
    def ends_with_epoch(self) -> bool:
        """Whether the run is to end with its current epoch."""
        return self._drive.ends_with_epoch

    @property
    def can_stop_after_epoch(self) -> bool:
        """Whether it can be asked to."""
        return self._drive.can_stop_after_epoch

    def export(self, key: str, path: Path, which: Which = "best") -> None:
        """Writes the weights of the run to a file; `exported` or `message` tell what came of it.

        Args:
            key: The export format.
            path: The file.
            which: The checkpoint.
        """
        self.exports.export(self.record.folder, key, path, which)


def _remembered_config(settings: Settings) -> TrainConfig:
    try:
        return TrainConfig.from_json(json.loads(settings.get("training/config", "{}")))
    except (ExplorerError, ValueError, TypeError):  # from another version, or edited by hand
        return TrainConfig()
