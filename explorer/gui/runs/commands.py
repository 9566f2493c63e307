"""What can be done to the selected runs: open, continue, duplicate, export, compare, note, throw away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QFile, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from explorer.errors import ExplorerError
from explorer.export.base import EXPORTERS
from explorer.gui.compare.comparison import Comparison, Fixed
from explorer.gui.compare.window import CompareWindow
from explorer.gui.runs.browser import RunBrowser
from explorer.gui.session import Session
from explorer.gui.training.export_dialog import ask_where_to_export
from explorer.gui.training.training_session import TrainingSession
from explorer.runs.lock import is_locked
from explorer.runs.run import RUNNING, Run
from explorer.runs.summary import RunSummary

Runs: TypeAlias = tuple[RunSummary, ...]


class RunActions:
    """Does what can be done to runs; a refusal is a sentence in the status bar.

    Args:
        session: Where networks open.
        training: What continues runs and takes over settings.
        window: Where dialogs open.
    """

    def __init__(self, session: Session, training: TrainingSession, window: QWidget) -> None:
        self._session, self._training, self._window = session, training, window

    @property
    def browser(self) -> RunBrowser:
        """The runs."""
        return self._training.browser

    @property
    def training(self) -> TrainingSession:
        """What continues them."""
        return self._training

    def open_networks(self, runs: Runs) -> None:
        """Opens the network of each run in a tab of its own."""

        def open_network(run: RunSummary) -> None:
            self._session.open_network(Run.open(run.folder).network)
            self.browser.workspace_asked.emit("design")

        self._try(open_network, runs)

    def go_on(self, runs: Runs) -> None:
        """Goes on with a run from its last checkpoint."""
        self.browser.workspace_asked.emit("train")
        self._training.take_up(runs[0].folder)

    def follow(self, runs: Runs) -> None:
        """Shows a run live in Train; one that is trained here stands there already."""
        self.browser.workspace_asked.emit("train")
        if not self._training.active:
            self._training.follow(runs[0].folder)

    def ask_further(self, runs: Runs) -> None:
        """Asks for how long, and from which checkpoint, a run is to go on."""
        self._training.further_asked.emit(runs[0].folder)

    def copy_settings(self, runs: Runs) -> None:
        """Takes over the settings and the data set of a run for the next one."""

        def take_over(run: RunSummary) -> None:
            self._training.take_over(Run.open(run.folder))
            self.browser.workspace_asked.emit("train")
            self._session.message.emit(f"The next run has the settings of {run.name}.")

        self._try(take_over, runs)

    def ask_to_export(self, runs: Runs) -> None:
        """Asks for a file and writes the best weights of a run to it."""
        if not self._training.torch_ready:
            self._session.message.emit("PyTorch is loading, which exporting needs; try again in a few seconds.")
            return
        run = runs[0]
        ask_where_to_export(
            self._window,
            "dialog_export_run",
            f"Export the best weights of {run.name}",
            run.network,
            tuple(EXPORTERS.values()),
            self._session.settings,
            lambda file: self._training.exports.export(run.folder, None, file),
        )

    def show_folder(self, runs: Runs) -> None:
        """Opens the folder of a run, or that of all runs."""
        folder = runs[0].folder if runs else self.browser.folder
        self._session.message.emit(f"The folder is {folder}.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def write_note(self, runs: Runs) -> None:
        """Lets the person write a note in the table."""
        self.browser.workspace_asked.emit("runs")
        self.browser.note_asked.emit(runs[0].folder)

    def compare(self, runs: Runs) -> None:
        """Shows the networks of two runs side by side."""
        try:
            left, right = (Fixed(Run.open(run.folder).network, run.name) for run in runs)
        except ExplorerError as error:
            self._session.message.emit(str(error))
            return
        window = CompareWindow(self._session, Comparison(self._session, left, right), self._window)
        window.show()
        window.activateWindow()

    def throw_away(self, runs: Runs) -> None:
        """Moves runs to the system's bin, from where they can be taken back."""
        moved = [run.name for run in runs if self._move_to_bin(run)]
        if moved:
            what = moved[0] if len(moved) == 1 else f"{len(moved)} runs"
            self._session.message.emit(f"Moved {what} to the bin.")
        self.browser.look()

    def _move_to_bin(self, run: RunSummary) -> bool:
        if is_locked(run.folder):
            self._session.message.emit(f"{run.name} is being written; stop it first, then delete it.")
            return False
        if not QFile(str(run.folder)).moveToTrash():
            self._session.message.emit(
                f"{run.name} cannot be moved to a bin: the system has none here. Delete {run.folder} yourself."
            )
            return False
        return True

    def ask_filter(self, _: Runs) -> None:
        """Brings the keyboard to the filter of the table."""
        self.browser.workspace_asked.emit("runs")
        self.browser.filter_asked.emit()

    def refresh(self, _: Runs) -> None:
        """Looks at the folder again, now."""
        self.browser.look()

    def _try(self, work: Callable[[RunSummary], None], runs: Runs) -> None:
        for run in runs:
            try:
                work(run)
            except ExplorerError as error:
                self._session.message.emit(str(error))


@dataclass(frozen=True, slots=True)
class RunCommand:
    """One thing that can be done.

    Attributes:
        key: For objectNames: ``action_runs_<key>``.
        text: What the menu says.
        keys: What the menu says about its keys; the table answers to them, since Design has some of them too.
        help: One line that explains it.
        run: Does it.
        possible: Whether it can be done to the selected runs now.
        needs: Why not, otherwise.
        section: Commands of one section stand between two lines of the menu.
    """

    key: str
    text: str
    keys: str
    help: str
    run: Callable[[RunActions, Runs], None]
    possible: Callable[[Runs, TrainingSession], bool]
    needs: str
    section: int = 0


def _some(runs: Runs, _: TrainingSession) -> bool:
    return bool(runs) and all(run.readable for run in runs)


def _one(runs: Runs, training: TrainingSession) -> bool:
    return len(runs) == 1 and _some(runs, training)


def _two(runs: Runs, training: TrainingSession) -> bool:
    return len(runs) == 2 and _some(runs, training)


def _can_go_on(runs: Runs, training: TrainingSession) -> bool:
    ended = (RUNNING, "finished", "early_stop")
    return _has_weights(runs, training) and runs[0].state not in ended and not training.active


def _can_follow(runs: Runs, training: TrainingSession) -> bool:
    return _one(runs, training) and (not training.active or training.record.folder == runs[0].folder)


def _can_go_further(runs: Runs, training: TrainingSession) -> bool:
    return _has_weights(runs, training) and runs[0].state != RUNNING and not training.active


def _has_weights(runs: Runs, training: TrainingSession) -> bool:
    return _one(runs, training) and runs[0].has_checkpoint


def _can_go(runs: Runs, _: TrainingSession) -> bool:
    return bool(runs) and not any(run.state == RUNNING for run in runs)


def _up_to_one(runs: Runs, _: TrainingSession) -> bool:
    return len(runs) <= 1


def _always(_: Runs, __: TrainingSession) -> bool:
    return True


COMMANDS = (
    RunCommand(
        "open", "&Open Network", "Return", "Opens the network of the run in a tab",
        RunActions.open_networks, _some, "select a run",
    ),
    RunCommand(
        "continue", "&Continue", "Ctrl+Return", "Goes on with the run from its last checkpoint",
        RunActions.go_on, _can_go_on,
        "select one run with a checkpoint that has not come to its end, while no other goes on",
    ),
    RunCommand(
        "further", "More E&pochs…", "Ctrl+Shift+Return", "Goes on with the run for longer, or from a checkpoint of it",
        RunActions.ask_further, _can_go_further,
        "select one run with a checkpoint that nobody trains, while no other goes on",
    ),
    RunCommand(
        "follow", "&Watch in Train", "Shift+Return", "Shows the run live, whoever trains it",
        RunActions.follow, _can_follow, "select one run, while no other goes on",
    ),
    RunCommand(
        "copy_settings", "&Duplicate Settings", "Ctrl+D", "Trains the next run with the settings of this one",
        RunActions.copy_settings, _one, "select one run",
    ),
    RunCommand(
        "export", "&Export Weights…", "Ctrl+E", "Writes the best weights of the run to a file",
        RunActions.ask_to_export, _has_weights, "select one run that has a checkpoint",
    ),
    RunCommand(
        "compare", "Co&mpare Networks", "Ctrl+Shift+K", "Shows the networks of two runs side by side",
        RunActions.compare, _two, "select two runs", 1,
    ),
    RunCommand(
        "note", "Edit &Note", "F2", "Writes what you want to remember about the run",
        RunActions.write_note, _one, "select one run", 1,
    ),
    RunCommand(
        "show_folder", "Show &Folder", "Ctrl+Shift+O", "Opens the folder of the run, or of all runs",
        RunActions.show_folder, _up_to_one, "select one run at most", 1,
    ),
    RunCommand(
        "delete", "Move to &Bin", "Del", "Moves the runs to the system's bin",
        RunActions.throw_away, _can_go, "select runs that do not go on", 2,
    ),
    RunCommand(
        "filter", "Fi&lter…", "Ctrl+F", "Shows only the runs whose line has some words",
        RunActions.ask_filter, _always, "", 2,
    ),
    RunCommand(
        "refresh", "&Refresh", "Ctrl+R", "Looks at the folder of runs again", RunActions.refresh, _always, "", 2,
    ),
)  # fmt: skip
