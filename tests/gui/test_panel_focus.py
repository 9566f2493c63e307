"""The way of the keyboard: F6 from panel to panel, Tab from control to control."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
    """Presses a key where the keyboard is, and says where it is then."""
    QTest.keyClick(window.focusWidget() or window, key, modifiers)
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus.objectName()


def panel_of(window: MainWindow) -> str:
    here = QApplication.focusWidget()
    while here is not None and not here.objectName().startswith("panel_"):
        here = here.parentWidget()
    return here.objectName() if here is not None else ""


def test_f6_goes_round_the_panels(session: Session, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    visited = [press(window, Qt.Key.Key_F6) for _ in range(4)]
    assert visited == ["canvas", "layers_table", "field_network_name", "library_search"]
    back = [press(window, Qt.Key.Key_F6, SHIFT) for _ in range(4)]
    assert back == ["field_network_name", "layers_table", "canvas", "library_search"]


def test_f6_comes_back_to_where_it_was(session: Session, window: MainWindow) -> None:
    session.select((("conv1",),))
    field = window.findChild(QWidget, "field_groups")
    assert field is not None
    field.setFocus()
    assert press(window, Qt.Key.Key_F6) == "library_search"
    assert press(window, Qt.Key.Key_F6, SHIFT) == "field_groups"


def test_f6_finds_the_tab_in_front_and_passes_what_is_closed(session: Session, window: MainWindow) -> None:
    page = window.page("design")
    page.dock("torchinfo").raise_()
    page.dock("library").close()
    QApplication.processEvents()
    canvas = window.findChild(QWidget, "canvas")
    assert canvas is not None
    canvas.setFocus()
    assert press(window, Qt.Key.Key_F6) == "torchinfo_text"
    press(window, Qt.Key.Key_F6)
    assert press(window, Qt.Key.Key_F6) == "canvas"


def test_where_nothing_takes_keys_nothing_happens(window: MainWindow) -> None:
    window.show_workspace("train")  # without an engine it has words only
    before = QApplication.focusWidget()
    press(window, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is before


def test_tab_goes_through_the_window_as_it_is_read(session: Session, window: MainWindow) -> None:
    session.select((("conv1",),))
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    visited, panels = ["library_search"], [panel_of(window)]
    while len(visited) < 80:
        name = press(window, Qt.Key.Key_Tab)
        if name == "library_search":
            break
        visited.append(name)
        panels.append(panel_of(window))
    order = [panel for panel, _ in itertools.groupby(panel for panel in panels if panel)]
    assert order == ["panel_library", "panel_canvas", "panel_layers", "panel_inspector"]
    form = visited[visited.index("field_slot_name") : visited.index("field_note") + 1]
    assert form[:3] == ["field_slot_name", "field_out_channels", "field_kernel_size"]
    assert "torchinfo_text" not in visited, "it lies behind another tab"


def test_what_is_asked_for_in_a_dock_brings_it_to_the_front(session: Session, window: MainWindow) -> None:
    page = window.page("design")
    page.dock("problems").raise_()
    page.dock("inspector").close()
    session.select((("conv1",),))
    QApplication.processEvents()
    modifiers = Qt.KeyboardModifier.ControlModifier | SHIFT
    assert press(window, Qt.Key.Key_F2, SHIFT) == "field_note"
    assert page.dock("inspector").isVisible()
    assert press(window, Qt.Key.Key_L, modifiers) == "layers_filter"
    page.dock("layers").close()
    window.show_workspace("train")
    assert press(window, Qt.Key.Key_L, modifiers) == "layers_filter"
