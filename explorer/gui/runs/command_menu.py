"""The commands on selected runs as menus: one below Run, and one at the pointer in the table."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.runs.commands import COMMANDS, RunActions, RunCommand


class RunCommandMenu(QObject):
    """Fills a menu with the commands, and lets those be chosen that are possible.

    Args:
        actions: What does them.
        menu: Where they go.
    """

    def __init__(self, actions: RunActions, menu: QMenu) -> None:
        super().__init__(menu)
        self._actions = actions
        self._made = list(self._fill(menu))
        self.update()
        browser, training = actions.browser, actions.training
        for signal in (browser.selection_changed, browser.changed, training.state_changed):
            signal.connect(self.update)

    def _fill(self, menu: QMenu) -> list[tuple[RunCommand, QAction]]:
        made, section = [], 0
        for command in COMMANDS:
            if command.section != section:
                menu.addSeparator()
            section = command.section
            action = self._make(command, menu)
            menu.addAction(action)
            made.append((command, action))
        return made

    def _make(self, command: RunCommand, menu: QMenu) -> QAction:
        action = QAction("\t".join(filter(None, (command.text, command.keys))), menu)
        action.setObjectName(f"action_runs_{command.key}")
        action.setToolTip(command.help)
        action.setStatusTip(command.help)
        action.setProperty("needs", command.needs)
        action.triggered.connect(lambda: command.run(self._actions, self._actions.browser.selection))
        return action

    def update(self) -> None:
        """Lets those commands be chosen that are possible now."""
        runs, training = self._actions.browser.selection, self._actions.training
        for command, action in self._made:
            action.setEnabled(command.possible(runs, training))


def make_menu(actions: RunActions, parent: QWidget) -> QMenu:
    """A menu for the pointer, which goes when it closes."""
    menu = QMenu(parent)
    menu.setObjectName("menu_run_line")
    RunCommandMenu(actions, menu)
    return menu


def command_for(keys: str) -> RunCommand | None:
    """The command that answers to some keys."""
    return next((command for command in COMMANDS if command.keys and command.keys == keys), None)
