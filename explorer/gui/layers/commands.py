"""What the menus do to the layer table: filter and sort it, list all layers, and write it to a file."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from explorer.core.wording import amount
from explorer.errors import ExplorerError
from explorer.gui.layers.columns import COLUMNS
from explorer.gui.layers.rows import FILTERS, write_table
from explorer.gui.menus import add, add_menu
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask_file


def add_table_commands(session: Session, view: QMenu) -> None:
    """Adds the submenu of the layer table."""
    menu, listing = add_menu(view, "table", "Layer &Table"), session.listing
    words = "Shows only the rows that a query finds"
    add(menu, "filter_table", "&Filter…", "Ctrl+Shift+L", words, listing.filter_asked.emit)
    flat = add(menu, "flat_table", "&All Layers", "", "Lists the layers of all depths side by side", lambda: None)
    flat.setCheckable(True)
    flat.toggled.connect(listing.show_flat)
    listing.changed.connect(lambda: flat.setChecked(listing.arrangement.flat))
    _add_order(session, add_menu(menu, "sort_table", "&Sort by"))


def _add_order(session: Session, menu: QMenu) -> None:
    group = QActionGroup(menu)
    orders = [("", "Order of the &Network"), *((column.key, column.title) for column in COLUMNS)]
    actions = {}
    for key, title in orders:
        words = f"Sorts the layer table by {title.lower()}; again: the other way round" if key else "Ends the sorting"
        run = functools.partial(session.listing.sort_by, key)
        action = add(menu, f"sort_{key or 'network'}", title, "", words, run)
        action.setCheckable(True)
        group.addAction(action)
        actions[key] = action

    def show() -> None:
        actions[session.listing.arrangement.column].setChecked(True)

    session.listing.changed.connect(show)
    show()


def ask_to_export(session: Session, window: QWidget) -> None:
    """Asks for a file and writes the layer table of the document in front to it."""

    def export(file: Path) -> None:
        named = file if file.suffix else file.with_name(f"{file.name}.csv")
        try:
            number = write_table(session, named)
        except ExplorerError as error:
            session.message.emit(str(error))
        else:
            session.message.emit(f"Wrote {amount(number, 'row')} to {named}.")

    title = "Export the layer table"
    ask_file(window, "dialog_export_table", title, FILTERS, export, saves=f"{session.document.title} layers.csv")
