"""The menus of the window. Every action has an objectName, ``action_<key>``, and a line that explains it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from explorer.core.analysis import Analysis
from explorer.examples import EXAMPLES, Example
from explorer.gui.documents.document import Selection
from explorer.gui.documents.history_keys import REDO, UNDO
from explorer.gui.editing.design_commands import DesignCommand, make_actions
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask_file

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession


def add(menu: QMenu, key: str, text: str, shortcut: str, help_line: str, run: Callable[[], object]) -> QAction:
    """Adds an action to a menu.

    Args:
        menu: The menu.
        key: For its objectName.
        text: What it says.
        shortcut: Its keys; empty for none.
        help_line: One line that explains it.
        run: Does it.
    """
    action = QAction(text, menu)
    action.setObjectName(f"action_{key}")
    if shortcut:
        action.setShortcut(QKeySequence(shortcut))
    action.setToolTip(help_line)
    action.setStatusTip(help_line)
    action.triggered.connect(lambda: run())  # noqa: PLW0108 - a slot that takes an argument would get `checked`
    menu.addAction(action)
    return action


def add_menu(bar: QMenuBar | QMenu, key: str, title: str) -> QMenu:
    """Adds a menu."""
    menu = bar.addMenu(title)
    menu.setObjectName(f"menu_{key}")
    return menu


def add_examples(menu: QMenu, open_example: Callable[[Example], object]) -> None:
    """Adds the submenu with the networks that come with the application."""
    examples = add_menu(menu, "examples", "Open Exa&mple")
    examples.setToolTipsVisible(True)
    for example in EXAMPLES.values():
        run = functools.partial(open_example, example)
        add(examples, f"example_{example.key}", example.title, "", example.summary, run)


class DesignMenus(QObject):
    """The Edit, Insert and Network menus: undo and redo by name, and the commands on blocks.

    Args:
        session: What they work on.
        bar: Where the menus go.

    Attributes:
        network: The last of them, for what else there is to do with a network.
    """

    def __init__(self, session: Session, bar: QMenuBar) -> None:
        super().__init__(bar)
        self._session = session
        self._commands: list[tuple[DesignCommand, QAction]] = []
        self._seen: tuple[Analysis, Selection] | None = None
        edit, insert = add_menu(bar, "edit", "&Edit"), add_menu(bar, "insert", "&Insert")
        self.network = add_menu(bar, "network", "&Network")
        self._add_history(edit)
        self._fill(edit, make_actions(session, edit))
        edit.addSeparator()
        self._fill(edit, make_actions(session, edit, menu="search"))
        self._fill(insert, make_actions(session, insert, menu="insert"))
        self._fill(self.network, make_actions(session, self.network, menu="network"))
        self.network.addSeparator()
        session.changed.connect(self._update)
        session.library.changed.connect(self._update)
        session.selection_changed.connect(self._follow_selection)

    def _add_history(self, menu: QMenu) -> None:
        group = self._session.undo_group
        undo, redo = group.createUndoAction(menu, "&Undo"), group.createRedoAction(menu, "&Redo")
        undo.setObjectName("action_undo")
        undo.setShortcuts([QKeySequence(keys) for keys in UNDO])
        redo.setObjectName("action_redo")
        undo.setProperty("needs", "there is nothing to undo")
        redo.setProperty("needs", "there is nothing to redo")
        redo.setShortcuts([QKeySequence(keys) for keys in REDO])
        menu.addActions([undo, redo])
        menu.addSeparator()

    def _fill(self, menu: QMenu, commands: list[tuple[DesignCommand, QAction]]) -> None:
        section = 0
        for command, action in commands:
            if command.section != section:
                menu.addSeparator()
            section = command.section
            menu.addAction(action)
        self._commands += commands

    def _follow_selection(self) -> None:
        """Updates, unless the edit that has selected something was told of already."""
        if self._seen != (self._session.analysis, self._session.selection):
            self._update()

    def _update(self) -> None:
        self._seen = (self._session.analysis, self._session.selection)
        for command, action in self._commands:
            action.setEnabled(command.possible(self._session))


class ExportMenu(QObject):
    """The formats for weights, enabled once a run has some. The formats need torch, so they come when it is loaded.

    Args:
        training: What exports.
        menu: Where the formats go.
        window: Where the dialog opens.
    """

    def __init__(self, training: TrainingSession, menu: QMenu, window: QWidget) -> None:
        super().__init__(menu)
        self._training, self._menu, self._window = training, menu, window
        self._waiting = menu.addAction("PyTorch is loading…")
        self._waiting.setEnabled(False)
        training.state_changed.connect(self._update)
        training.metrics_changed.connect(self._update)

    def fill(self) -> None:
        """Lists the formats; to be called once torch is loaded."""
        from explorer.export.base import EXPORTERS

        self._menu.clear()
        for exporter in EXPORTERS.values():
            ask = functools.partial(self._ask, exporter.key, exporter.label, exporter.suffix)
            add(self._menu, f"export_{exporter.key}", f"{exporter.label} ({exporter.suffix})…", "", exporter.help, ask)
        self._update()

    def _update(self) -> None:
        folder = self._training.record.folder
        for action in self._menu.actions():
            action.setEnabled(folder is not None and action is not self._waiting)

    def _ask(self, key: str, label: str, suffix: str) -> None:
        def export(file: Path) -> None:
            self._training.export(key, file)

        title, filters = f"Export weights: {label}", f"{label} (*{suffix})"
        name = self._training.network.name if self._training.network else "network"
        ask_file(self._window, "dialog_export", title, filters, export, saves=f"{name}{suffix}", suffix=suffix)


def add_run_commands(session: Session, training: TrainingSession, menu: QMenu) -> None:
    """Fills the Run menu: start, pause, resume, stop."""
    from explorer.gui.training.transport import COMMANDS, START

    actions = []
    for command in COMMANDS:
        run = functools.partial(command.run, session, training)
        action = add(menu, command.key, command.text, command.shortcut, command.help, run)
        action.setProperty("needs", command.needs)
        actions.append((command, action))

    def update() -> None:
        for command, action in actions:
            possible = command.possible(training)
            action.setEnabled(possible)
            action.setStatusTip(command.help if possible or not command.needs else f"{command.help}; {command.needs}")

    def explain() -> None:
        problem = None if training.active else training.problem(session.network)
        for command, action in actions:
            if command is START:
                action.setStatusTip(command.help if problem is None else problem.sentence)

    training.state_changed.connect(update)
    training.queue.changed.connect(update)
    menu.aboutToShow.connect(explain)  # not with every edit: a remedy takes a while to find in a long network
    update()
