"""What the View menu does with the tabs of the open documents."""

from __future__ import annotations

import functools

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from explorer.gui.menus import add
from explorer.gui.session import Session


def add_tab_commands(session: Session, menu: QMenu) -> None:
    """Adds switching and reordering; they are off where there is one document."""
    table = (
        ("next_tab", "Ne&xt Tab", "Ctrl+Tab", "Show the next network", _switch, 1),
        ("previous_tab", "Pre&vious Tab", "Ctrl+Shift+Tab", "Show the network before", _switch, -1),
        ("tab_right", "Move Tab Ri&ght", "Ctrl+Shift+PgDown", "Put the network behind the next one", _move, 1),
        ("tab_left", "Move Ta&b Left", "Ctrl+Shift+PgUp", "Put the network before the one in front of it", _move, -1),
    )
    actions = [
        add(menu, key, text, keys, line, functools.partial(run, session, step))
        for key, text, keys, line, run, step in table
    ]
    session.documents_changed.connect(lambda: _update(session, actions))
    _update(session, actions)


def _update(session: Session, actions: list[QAction]) -> None:
    for action in actions:
        action.setEnabled(len(session.documents) > 1)


def _switch(session: Session, step: int) -> None:
    documents = session.documents
    session.activate(documents[(documents.index(session.document) + step) % len(documents)])


def _move(session: Session, step: int) -> None:
    session.move(session.document, session.documents.index(session.document) + step)
