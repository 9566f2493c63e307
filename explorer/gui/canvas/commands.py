"""What the View menu does to the diagram: zoom, folds, direction, and what lies over it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu

from explorer.gui.menus import add
from explorer.gui.session import Session


@dataclass(frozen=True, slots=True)
class CanvasCommand:
    """One thing that can be done to the diagram.

    Attributes:
        key: For objectNames: ``action_<key>``.
        text: What the menu says.
        shortcut: Its keys; empty for none.
        help: One line that explains it.
        run: Does it.
    """

    key: str
    text: str
    shortcut: str
    help: str
    run: Callable[[Session], None]


def _zoom(how: str) -> Callable[[Session], None]:
    return lambda session: session.drawing.zoom_asked.emit(how)


def _fold_all(opened: bool | None) -> Callable[[Session], None]:
    return lambda session: session.drawing.fold_all(session.document, opened)


COMMANDS: tuple[CanvasCommand | None, ...] = (
    CanvasCommand("zoom_fit", "&Fit the Network", "Ctrl+0", "Shows the whole network", _zoom("fit")),
    CanvasCommand("zoom_selection", "Zoom to &Selection", "Ctrl+9", "Shows the selected blocks", _zoom("selection")),
    CanvasCommand("zoom_actual", "&Actual Size", "Ctrl+8", "Shows the diagram at its own size", _zoom("actual")),
    CanvasCommand("zoom_in", "Zoom &In", "Ctrl++", "Shows the diagram larger", _zoom("in")),
    CanvasCommand("zoom_out", "Zoom &Out", "Ctrl+-", "Shows the diagram smaller", _zoom("out")),
    None,
    CanvasCommand(
        "fold_selection", "Fold or &Unfold", "Ctrl+Space", "Shows what is inside the selected block, or hides it",
        lambda session: session.drawing.fold_asked.emit(),
    ),
    CanvasCommand("unfold_all", "U&nfold All", "Ctrl+Shift+Down", "Shows what is inside every block", _fold_all(True)),
    CanvasCommand("fold_all", "Fo&ld All", "Ctrl+Shift+Up", "Folds every block into a card", _fold_all(False)),
    CanvasCommand(
        "fold_usual", "Usual Fo&lds", "", "Folds what a block stands for, and shows what a person grouped",
        _fold_all(None),
    ),
)  # fmt: skip


def add_canvas_commands(session: Session, menu: QMenu) -> None:
    """Fills the View menu with what can be done to the diagram."""
    drawing = session.drawing
    for command in COMMANDS:
        if command is None:
            menu.addSeparator()
        else:
            run = functools.partial(command.run, session)
            add(menu, command.key, command.text, command.shortcut, command.help, run)
    menu.addSeparator()
    for key, text, help_line, shown, show in (
        ("flow_across", "From Left to &Right", "Draws the network from left to right", not drawing.flow.vertical,
         lambda on: drawing.turn(not on)),
        ("minimap", "&Minimap", "Shows the whole network small in a corner", drawing.shows_minimap,
         drawing.show_minimap),
        ("legend", "L&egend", "Explains the colours and lines", drawing.shows_legend, drawing.show_legend),
        ("freeze_line", "Free&ze Line", "Shows the line above which everything is frozen, to be dragged along",
         drawing.shows_freeze_line, drawing.show_freeze_line),
    ):  # fmt: skip
        action = add(menu, key, text, "", help_line, lambda: None)
        action.setCheckable(True)
        action.setChecked(shown)
        action.toggled.connect(show)
