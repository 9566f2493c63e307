from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

import explorer
from explorer.core import storage
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.spin import Spin


@pytest.mark.parametrize(("number", "shown"), [(7, 7), (0, 1), (3_000_000_000, 99), (-(10**12), 1), (10**30, 99)])
def test_a_number_beyond_the_limits_shows_the_nearest_and_is_not_reported(
    qtbot: QtBot, number: int, shown: int
) -> None:
    spin = Spin(1, 99)
    qtbot.addWidget(spin)
    reported: list[int] = []
    spin.valueChanged.connect(reported.append)
    spin.show_number(number)
    assert spin.value() == shown
    assert reported == []


@pytest.mark.parametrize("number", [3_000_000_000, 10**12, 10**30])
def test_a_document_with_huge_numbers_opens_and_stays_as_it_was(
    session: Session, window: MainWindow, number: int
) -> None:
    document = json.loads(storage.dumps(explorer.network("resnet18")))
    for slot in document["body"]["slots"]:
        for key, value in slot["block"].items():
            if type(value) is int:
                slot["block"][key] = number
    document["inputs"][0]["shape"] = [number, 28, number] if number < 2**64 else [1, 28, 28]
    session.open_network(storage.loads(json.dumps(document)))
    for row in session.analysis.rows:
        session.select((row.path,))
    for path in [(slot.name,) for slot in session.network.body.slots]:
        session.select((path,))
    session.select(())
    assert any(spin.isVisible() for spin in window.findChildren(QSpinBox))
    assert not session.document.modified
    assert json.loads(storage.dumps(session.network)) == document
