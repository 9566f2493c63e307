"""The smallest input is found while nothing else is to be done, and told where the input is changed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.canvas.figure import Pill
from explorer.gui.canvas.words import tooltip
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session


def test_it_is_told_in_the_inspector_and_at_the_input(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.open_network(explorer.network("vgg16"))
    assert session.input_limit.shape is None
    qtbot.waitUntil(lambda: session.input_limit.shape == (3, 32, 32), timeout=20_000)
    label = window.findChild(QLabel, "network_limit")
    canvas = window.findChild(NetworkCanvas, "canvas")
    assert label is not None
    assert canvas is not None
    assert label.text() == "3 × 32 × 32"
    pill = next(found for found in walk.seen(canvas.item.figure) if isinstance(found.figure.face, Pill))
    assert "3 × 32 × 32" in tooltip(session, pill)


def test_it_is_looked_for_again_only_when_blocks_or_channels_change(session: Session, qtbot: QtBot) -> None:
    session.open_network(explorer.network("lenet5"))
    qtbot.waitUntil(lambda: session.input_limit.shape == (1, 16, 16), timeout=20_000)
    session.edit("enlarge", session.network.with_input_shape((1, 64, 64)))
    assert session.input_limit.shape == (1, 16, 16)
    session.edit("remove", session.network.remove([("pool2",)]))
    assert session.input_limit.shape is None
    qtbot.waitUntil(lambda: session.input_limit.shape is not None, timeout=20_000)
