"""The end of the Run menu: runs of earlier sittings, and the folder where they lie."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.menus import add
from explorer.gui.training.further_dialog import ask_further
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.dialogs import ask_folder


class RunFolderCommands(QObject):
    """Continues any run, and chooses where new ones lie.

    Args:
        training: What trains.
        menu: Where the commands go.
        window: Where dialogs open.
    """

    def __init__(self, training: TrainingSession, menu: QMenu, window: QWidget) -> None:
        super().__init__(menu)
        self._training, self._window = training, window
        menu.addSeparator()
        help_line = "Goes on with any run that was stopped or killed, from its folder"
        self._resume = add(menu, "train_resume_run", "Continue a &Run…", "Ctrl+Shift+F5", help_line, self._ask_for_run)
        help_line = "Shows live a run that another process or machine trains, from its folder"
        self._follow = add(menu, "train_follow_run", "&Watch a Run…", "Ctrl+Shift+F7", help_line, self._ask_whom)
        help_line = "Chooses the folder that new runs are kept in"
        add(menu, "runs_folder", "Runs &Folder…", "", help_line, self._ask_for_folder)
        training.state_changed.connect(self._update)
        training.further_asked.connect(self._ask_further)

    def _update(self) -> None:
        for action in (self._resume, self._follow):
            action.setEnabled(not self._training.active)

    def _ask_further(self, folder: Path) -> None:
        ask_further(self._window, self._training, folder)

    def _ask_for_run(self) -> None:
        start, take_up = _existing(self._training.runs.path), self._training.take_up
        ask_folder(self._window, "dialog_resume_run", "Folder of the run to continue", take_up, folder=start)

    def _ask_whom(self) -> None:
        start = _existing(self._training.runs.path)
        ask_folder(self._window, "dialog_follow_run", "Folder of the run to watch", self._watch, folder=start)

    def _watch(self, folder: Path) -> None:
        self._training.browser.workspace_asked.emit("train")
        self._training.follow(folder)

    def _ask_for_folder(self) -> None:
        start = _existing(self._training.runs.path)
        ask_folder(self._window, "dialog_runs_folder", "Folder for new runs", self._choose, folder=start)

    def _choose(self, folder: Path) -> None:
        self._training.set_runs_folder(folder)
        self._training.message.emit(f"New runs are kept in {folder}.")


def _existing(folder: Path) -> Path:
    """The folder, or as long as there is none the nearest one around it."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), Path.home())
