"""The context menu of blocks, the same in the canvas and in the layer table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.editing.design_commands import make_actions
from explorer.gui.session import Session


def open_menu(
    session: Session, parent: QWidget, place: QPoint, extra: Sequence[tuple[str, Callable[[], object]]] = ()
) -> QMenu:
    """Opens the menu of what can be done to the selection.

    Args:
        session: Whose selection.
        parent: Where it opens.
        place: Its corner on the screen.
        extra: Further lines, with what they do.
    """
    menu = QMenu(parent)
    menu.setObjectName("context_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    actions = make_actions(session, menu, shortcuts=False)
    for (before, _), (command, action) in itertools.pairwise([actions[0], *actions]):
        if command.section != before.section:
            menu.addSeparator()
        menu.addAction(action)
    menu.addSeparator()
    for text, run in extra:
        menu.addAction(text, run)
    menu.popup(place)
    return menu
