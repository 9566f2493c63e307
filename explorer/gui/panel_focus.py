"""The keyboard goes from panel to panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def step_focus(panels: Sequence[QWidget], offset: int) -> None:
    """Brings the keyboard to the next panel in sight, or to the one before; round and round.

    A panel that had it before gets it back where it was.

    Args:
        panels: All panels, in their order.
        offset: 1 for the next, -1 for the one before.
    """
    focus = QApplication.focusWidget()
    reached = [(panel, control) for panel in panels if (control := _control(panel)) is not None]
    if not reached:
        return
    here = [place for place, (panel, _) in enumerate(reached) if focus is not None and panel.isAncestorOf(focus)]
    place = here[0] + offset if here else (0 if offset > 0 else -1)
    reached[place % len(reached)][1].setFocus(Qt.FocusReason.TabFocusReason)


def _control(panel: QWidget) -> QWidget | None:
    """What of a panel takes the keyboard; None where nothing does."""
    last = panel.focusWidget()
    if last is not None and _takes_keys(last):
        return last
    return next((child for child in (panel, *panel.findChildren(QWidget)) if _takes_keys(child)), None)


def _takes_keys(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled()
