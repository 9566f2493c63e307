"""Where the command palette's choices come from: the menus, the open documents, the networks and the blocks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

import explorer
from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Chain, Repeat
from explorer.gui import figures
from explorer.gui.editing import insertion
from explorer.gui.search.choices import Choice
from explorer.gui.session import Session
from explorer.zoo.base import ZOO, Entry

_KINDS = {"block": "Block", "layer": "Layer", "structure": "Structure"}


def choices(session: Session, bar: QMenuBar, show_design: Callable[[], object]) -> list[Choice]:
    """All there is to choose from, as it stands now.

    Args:
        session: What the choices work on.
        bar: Whose menus.
        show_design: Shows the workspace into which blocks go.
    """
    return [
        *_actions(bar),
        *_documents(session),
        *_blocks(session, show_design),
        *_networks(session, show_design),
    ]


def _actions(bar: QMenuBar) -> Iterator[Choice]:
    for action in bar.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _in_menu(menu, _plain(action.text()))


def _in_menu(menu: QMenu, where: str) -> Iterator[Choice]:
    menu.aboutToShow.emit()  # some menus are filled only when somebody opens them
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _in_menu(inner, f"{where} / {_plain(action.text())}")
        elif action.objectName() and action.isVisible():
            yield _choice(action, where)


def _choice(action: QAction, where: str) -> Choice:
    state = ("on" if action.isChecked() else "off") if action.isCheckable() else ""
    return Choice(
        key=action.objectName(),
        text=_plain(action.text()),
        run=action.trigger,
        detail=f"{where} · {state}" if state else where,
        keys=action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        reason="" if action.isEnabled() else str(action.property("needs") or "not possible now"),
    )


def _plain(text: str) -> str:
    """What a menu says, without the mark of the letter that chooses it."""
    return text.replace("&", "")


def _documents(session: Session) -> Iterator[Choice]:
    for document in session.documents:
        if document is not session.document:
            title = document.title
            yield Choice(f"document:{title}", title, functools.partial(session.activate, document), "Switch to")


def _blocks(session: Session, show_design: Callable[[], object]) -> Iterator[Choice]:
    def insert(cls: type[Block]) -> None:
        show_design()
        insertion.insert(session, cls())

    listed = [(cls, _KINDS[cls.group]) for cls in BLOCKS.values() if cls.group in _KINDS]
    listed += [(kind, "My block") for kind in session.library.kinds.values()]
    for cls, kind in listed:
        if cls not in (Chain, Repeat):
            name, run = cls.type_name(), functools.partial(insert, cls)
            yield Choice(f"block:{name}", name, run, f"Insert · {kind}", category=cls.category)


def _networks(session: Session, show_design: Callable[[], object]) -> Iterator[Choice]:
    def open_network(entry: Entry) -> None:
        session.open_network(explorer.network(entry.key))
        session.shelf.use(entry)
        show_design()

    for entry in ZOO.values():
        detail = f"Open · {entry.year} · {figures.size_of(entry.parameters.value)}"
        yield Choice(f"network:{entry.key}", entry.title, functools.partial(open_network, entry), detail)
