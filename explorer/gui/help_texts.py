"""What the Help menu shows."""

from __future__ import annotations

import html

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

import explorer

_OTHER_KEYS = (
    ("Search the library", "Ctrl+L"),
    ("Insert what was found", "Return"),
    ("Make what was found a favourite, or no longer", "Ctrl+Shift+B"),
    ("Enable or disable, in the table", "Space"),
    ("From the diagram to the fields of the selection, and back", "Return"),
    ("From the fields and the library back to the diagram", "Escape"),
    ("Select nothing: the network", "Escape"),
    ("Double or halve a number", "PgUp, PgDown"),
)


def about() -> str:
    """What "About" says, as rich text."""
    return (
        f"<h3>Architecture Explorer {html.escape(explorer.__version__)}</h3>"
        "<p>Explore, assemble, count, train and export convolutional network architectures.</p>"
        "<p>Every number equals what PyTorch computes. Figures of classic networks name the source they were "
        "checked against.</p>"
    )


def shortcuts(window: QWidget) -> str:
    """All keys of a window as a table, as rich text."""
    rows = []
    for action in window.findChildren(QAction):
        keys = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
        if keys and action.objectName().startswith("action_"):
            text = action.statusTip() or action.text().replace("&", "")
            rows.append((text if action.objectName() not in ("action_undo", "action_redo") else _name(action), keys))
    rows += [(text, [key]) for text, key in _OTHER_KEYS]
    cells = (
        f"<tr><td>{html.escape(text)}</td><td><b>{html.escape(', '.join(keys))}</b></td></tr>" for text, keys in rows
    )
    return f"<h3>Keyboard shortcuts</h3><table cellpadding='3'>{''.join(cells)}</table>"


def _name(action: QAction) -> str:
    return action.objectName().removeprefix("action_").capitalize()
