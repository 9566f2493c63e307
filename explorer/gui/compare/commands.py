"""The commands that open a comparison: with something chosen, or a pair of the zoo in one click."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

import explorer
from explorer.core.storage import SUFFIX
from explorer.errors import ExplorerError
from explorer.gui.compare.chooser import Choice, CompareChooser
from explorer.gui.compare.comparison import Comparison, Fixed, Live
from explorer.gui.compare.window import CompareWindow
from explorer.gui.menus import add, add_menu
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask_file
from explorer.zoo.pairs import PAIRS, NetworkPair

_FILTERS = f"Networks (*{SUFFIX});;JSON (*.json);;All files (*)"


class CompareCommands(QObject):
    """Opens comparisons.

    Args:
        session: Whose documents are compared.
        menu: Where the commands go.
        window: Where windows and dialogs open.
    """

    def __init__(self, session: Session, menu: QMenu, window: QWidget) -> None:
        super().__init__(menu)
        self._session = session
        self._window = window
        add(menu, "compare", "&Compare with…", "Ctrl+Shift+K", "Shows this network beside another one", self.ask)
        pairs = add_menu(menu, "compare_pairs", "Compare a &Pair")
        for pair in PAIRS:
            show = functools.partial(self.show_pair, pair)
            add(pairs, f"compare_pair_{pair.key}", pair.title, "", pair.summary, show)

    def ask(self) -> None:
        """Asks with what to compare the document in front."""
        CompareChooser(self._session, self._take, self._window).open()

    def show_pair(self, pair: NetworkPair) -> None:
        """Shows two networks of the zoo side by side."""
        left, right = pair.make()
        self.show(Fixed(left), Fixed(right))

    def show(self, left: Fixed, right: Fixed) -> None:
        """Shows two networks side by side."""
        opened = CompareWindow(self._session, Comparison(self._session, left, right), self._window)
        opened.show()
        opened.activateWindow()

    def _take(self, choice: Choice) -> None:
        if choice.make is None:
            ask_file(self._window, "dialog_compare_file", "Compare with a file", _FILTERS, self._with_file)
            return
        try:
            self.show(Live(self._session.document), choice.make())
        except ExplorerError as error:
            self._session.message.emit(str(error))

    def _with_file(self, file: Path) -> None:
        try:
            network = explorer.read(file)
        except ExplorerError as error:
            self._session.message.emit(str(error))
        else:
            self.show(Live(self._session.document), Fixed(network, file.name.removesuffix(SUFFIX)))
