"""Undo and redo from within the fields: they are the document's, not those of the text in the field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox

from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_undo_in_the_library_takes_the_insertion_back(session: Session, window: MainWindow) -> None:
    before = session.network
    search = window.findChild(QLineEdit, "library_search")
    assert search is not None
    search.setFocus()
    QTest.keyClicks(search, "bas")
    QTest.keyClick(search, Qt.Key.Key_Return)
    after = session.network
    QTest.keyClick(search, Qt.Key.Key_Z, CTRL)
    assert session.network == before
    assert search.text() == "bas"
    QTest.keyClick(search, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.network == after


@pytest.mark.parametrize("undo", [CTRL, CTRL | SHIFT], ids=["undo", "redo"])
def test_with_nothing_to_undo_the_field_stays_as_it_is(
    session: Session, window: MainWindow, undo: Qt.KeyboardModifier
) -> None:
    search = window.findChild(QLineEdit, "library_search")
    assert search is not None
    search.setFocus()
    QTest.keyClicks(search, "bas")
    QTest.keyClick(search, Qt.Key.Key_Z, undo)
    assert search.text() == "bas"


def test_undo_in_a_number_takes_the_edit_back(session: Session, window: MainWindow) -> None:
    before = session.network
    session.select((("conv1",),))
    spin = window.findChild(QSpinBox, "field_out_channels")
    assert spin is not None
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "128")
    QTest.keyClick(spin, Qt.Key.Key_Z, CTRL)
    assert session.network == before
    assert spin.value() == 64
    assert session.undo_stack.count() == 1, "undo makes no edit of its own"
    assert session.undo_stack.canRedo()
    QTest.keyClick(spin, Qt.Key.Key_Y, CTRL)
    assert spin.value() == 128
    QTest.keyClick(spin, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(spin, Qt.Key.Key_Z, CTRL)  # nothing is left to undo
    assert session.network == before


def test_undo_in_the_name_and_the_input_takes_the_edit_back(session: Session, window: MainWindow) -> None:
    before = session.network
    name, height = window.findChild(QLineEdit, "field_network_name"), window.findChild(QSpinBox, "field_input_height")
    assert name is not None
    assert height is not None
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "mine")
    height.setFocus()
    height.selectAll()
    QTest.keyClicks(height, "56")
    QTest.keyClick(height, Qt.Key.Key_Z, CTRL)
    assert session.network.input_shape == (1, 28, 28)
    assert session.network.name == "mine"
    name.setFocus()
    QTest.keyClick(name, Qt.Key.Key_Z, CTRL)
    assert session.network == before
    assert name.text() == "ResNet-18"


def test_undo_in_a_note_takes_the_note_back(session: Session, window: MainWindow) -> None:
    before = session.network
    session.select((("conv1",),))
    note = window.findChild(QPlainTextEdit, "field_note")
    assert note is not None
    note.setFocus()
    QTest.keyClicks(note, "wide")
    QTest.keyClick(note, Qt.Key.Key_Z, CTRL)
    assert session.network == before
    assert session.undo_stack.canRedo()
    assert note.toPlainText() == ""
