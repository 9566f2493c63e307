"""torchinfo's report in the bottom dock: its own text, made by the engine when somebody looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import torchinfo
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

import explorer
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.panels import torchinfo as panel_module
from explorer.gui.panels.torchinfo import TorchinfoPanel
from explorer.gui.session import Session


@pytest.fixture
def engine(session: Session) -> Iterator[EngineThread]:
    """An engine whose torch is loaded as soon as it starts."""
    made = EngineThread(session, warm_up=())
    session.engine = made
    yield made
    made.shutdown()


@pytest.fixture
def panel(session: Session, engine: EngineThread, qtbot: QtBot) -> TorchinfoPanel:
    made = TorchinfoPanel(session)
    qtbot.addWidget(made)
    made.resize(700, 300)
    return made


def text(panel: TorchinfoPanel) -> str:
    found = panel.findChild(QPlainTextEdit, "torchinfo_text")
    assert found is not None
    return found.toPlainText()


def expected(session: Session) -> str:
    module = explorer.assemble(session.network)
    return str(torchinfo.summary(module, input_size=(1, *session.network.input_shape), device="cpu", verbose=0))


def test_the_report_is_torchinfos_own(
    session: Session, engine: EngineThread, panel: TorchinfoPanel, qtbot: QtBot
) -> None:
    engine.start()
    panel.show()
    qtbot.waitUntil(lambda: "Total params" in text(panel), timeout=30_000)
    assert text(panel) == expected(session)
    assert "Total params: 11,175,370" in text(panel)


def test_it_follows_edits_and_documents(
    session: Session, engine: EngineThread, panel: TorchinfoPanel, qtbot: QtBot
) -> None:
    engine.start()
    panel.show()
    session.open_network(explorer.network("lenet5"))
    qtbot.waitUntil(lambda: "44,426" in text(panel), timeout=30_000)
    conv = dataclasses.replace(session.network.block(("conv1",)), kernel_size=63)  # type: ignore[type-var]
    session.edit("break", session.network.replace(("conv1",), conv))
    qtbot.waitUntil(lambda: "has problems" in text(panel), timeout=5_000)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: "44,426" in text(panel), timeout=30_000)


def test_nothing_is_made_while_nobody_looks(
    session: Session, engine: EngineThread, panel: TorchinfoPanel, qtbot: QtBot
) -> None:
    engine.start()
    session.edit("rename", session.network.with_input_shape((1, 56, 56)))
    qtbot.wait(2 * panel_module._DELAY)
    assert text(panel) == ""


def test_while_torch_is_loading_a_sentence_says_so(
    session: Session, engine: EngineThread, panel: TorchinfoPanel, qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitUntil(lambda: text(panel) == panel_module.LOADING, timeout=5_000)
    engine.start()
    qtbot.waitUntil(lambda: "Total params" in text(panel), timeout=30_000)
