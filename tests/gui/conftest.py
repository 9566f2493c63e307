"""A session and a window as a person has them at the first start, with the settings in a folder of the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.network import Network
from explorer.gui import style
from explorer.gui.app import Application, make
from explorer.gui.documents.files import first_network
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.library.user_library import VARIABLE
from explorer.gui.main_window import MainWindow
from explorer.gui.plots.run_plots import RunPlots
from explorer.gui.record.run_record import RunRecord
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from tests.gui.desk import SMALL, Desk, small_network
from tests.gui.fed_record import STARTED, fed


@pytest.fixture(autouse=True)
def _no_widget_outlives_its_test() -> Iterator[None]:
    """Deletes what pytest-qt has only asked to be deleted: a hundred windows would make each change of style slow."""
    yield
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the person's own blocks out of the tests, and the tests' out of the person's library."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "blocks"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "window.ini")


@pytest.fixture
def session(qapp: QApplication, settings: Settings) -> Iterator[Session]:
    """ResNet-18 for 1 × 28 × 28 is open; nothing is trained."""
    made = Session(first_network(), settings)
    yield made
    shiboken6.delete(made)


@pytest.fixture
def messages(session: Session) -> list[str]:
    """What the person was told, in order."""
    heard: list[str] = []
    session.message.connect(heard.append)
    return heard


@pytest.fixture
def make_window(session: Session, qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[], MainWindow]]:
    """Makes a window of the session and shows it."""
    style.use(qapp, style.LIGHT)
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(session)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        shiboken6.delete(window)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def run_settings() -> dict[str, object]:
    """How the application trains; a file of tests may have it otherwise."""
    return SMALL


@pytest.fixture
def application(
    run_settings: dict[str, object], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    """The application before anything of it is shown: it trains on synthetic images, in a folder of the test."""
    monkeypatch.setattr("explorer.gui.engine.engine_thread.SWITCH_INTERVAL", 0.005)
    monkeypatch.setattr("explorer.gui.app.EngineThread", lambda: EngineThread(warm_up=()))
    settings = Settings(tmp_path / "settings.ini")
    settings.set("training/dataset", "synthetic")
    settings.set("training/runs", str(tmp_path / "runs"))
    settings.set("training/config", json.dumps(run_settings))
    made = make(["test"], settings)
    style.use(made.qt, style.LIGHT)
    made.window.resize(1280, 800)
    yield made
    made.close()


@pytest.fixture
def desk_network() -> Network:
    """What is open at the desk; a file of tests may have another."""
    return small_network()


@pytest.fixture
def desk(application: Application, desk_network: Network, qtbot: QtBot) -> Desk:
    training = application.session.training
    assert training is not None
    application.session.open_network(desk_network)
    application.window.show()
    qtbot.waitActive(application.window)
    application.window.show_workspace("train")
    application.engine.start()
    qtbot.waitUntil(lambda: training.torch_ready)
    return Desk(qtbot, application, training)


@pytest.fixture
def plots(qtbot: QtBot) -> RunPlots:
    made = RunPlots()
    qtbot.addWidget(made)
    made.resize(800, 600)
    record = RunRecord()
    record.take(STARTED)
    made.show_record(fed(record, 1, 550))
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.loss.plot.drawn_points[1] == 5)
    return made
