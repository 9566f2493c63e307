"""The memory that is free on the device: asked of torch in the engine's thread, and told in the footer of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.layers import totals
from explorer.gui.panels.layers import LayersPanel
from explorer.gui.session import Session
from explorer.gui.training.device_memory import DeviceMemory
from explorer.gui.training.training_session import TrainingSession
from explorer.training.config import TrainConfig
from explorer.training.device import free_memory_for


@pytest.fixture
def engine(session: Session) -> Iterator[EngineThread]:
    made = EngineThread(session, warm_up=())
    session.engine = made
    session.training = TrainingSession(made, session.settings)
    yield made
    made.shutdown()
    shiboken6.delete(session.training)


def test_it_is_known_once_torch_is_loaded(session: Session, engine: EngineThread, qtbot: QtBot) -> None:
    assert session.training is not None
    memory = DeviceMemory(engine, session.training, session)
    assert memory.free is None
    with qtbot.waitSignal(memory.changed, timeout=30_000):
        engine.start()
    assert memory.free is not None
    assert memory.free == pytest.approx(free_memory_for(TrainConfig()), rel=0.5), "others use it too"


def test_the_footer_says_the_largest_batch(session: Session, engine: EngineThread, qtbot: QtBot) -> None:
    panel = LayersPanel(session)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    label = panel.findChild(QLabel, "layers_memory")
    assert label is not None
    qtbot.waitUntil(lambda: "to train at batch" in label.text(), timeout=5_000)
    assert "at most" not in label.text(), "nobody knows yet"
    engine.start()
    qtbot.waitUntil(lambda: label.text().endswith(" at most"), timeout=30_000)
    free = panel._device.free if panel._device else None
    assert free is not None
    assert session.training is not None
    config = session.training.config
    largest = totals.largest_batch(session.analysis, config.optimizer, config.momentum, free)
    assert f", {largest:,} at most" in label.text()
    shown = []
    for width in range(1000, 300, -20):
        panel.resize(width, 300)
        QApplication.processEvents()
        shown.append(label.text())
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 1, "nothing is cut off"
    full = shown[0]
    assert list(dict.fromkeys(shown)) == [full, full.partition(",")[0], ""]
    assert f"{largest:,} at most" in label.toolTip()
