"""A session and a window as a person has them at the first start, with the settings in a folder of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.documents.files import first_network
from explorer.gui.library.user_library import VARIABLE
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings


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
