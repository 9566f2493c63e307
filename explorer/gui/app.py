"""The start of the window: a look at the surroundings, the window first, and torch behind it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.gui import log, preflight, style
from explorer.gui.documents.files import first_network
from explorer.gui.engine.engine import leave
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.main_window import TITLE, MainWindow
from explorer.gui.recovery.autosave import Autosave
from explorer.gui.recovery.store import RecoveryStore
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from explorer.gui.training.training_session import TrainingSession

NO_WINDOW = 2  # the exit code where no window can open
_IDLE = 400  # milliseconds behind the first paint after which the other workspaces are made


class _Teller(QObject):
    """Carries sentences from any thread to the window."""

    told = Signal(str)


@dataclass(frozen=True, slots=True)
class Application:
    """The parts of a running application; they live as long as somebody holds this.

    Attributes:
        qt: Qt's application.
        session: What the window shows.
        engine: The thread that owns torch.
        window: The window.
    """

    qt: QApplication
    session: Session
    engine: EngineThread
    window: MainWindow

    def close(self) -> None:
        """Ends the engine, with a checkpoint of a run that goes on, and then takes the parts down in their order.

        Left to the end of the interpreter, they would go in any order, the application before its widgets too. A run
        that was left behind in its step takes the process with it instead, once what is to be saved is on the disk.
        """
        if not self.engine.abandoned:
            self.engine.shutdown()
        if self.session.training is not None:
            self.session.training.close()
        if self.session.autosave is not None:
            self.session.autosave.close()
        if self.engine.abandoned:
            leave()
        shiboken6.delete(self.window)
        if self.session.training is not None:
            shiboken6.delete(self.session.training)
        shiboken6.delete(self.session)


def make(
    arguments: Sequence[str], settings: Settings | None = None, recovery: RecoveryStore | None = None
) -> Application:
    """Makes the application; nothing is shown yet.

    Args:
        arguments: Of the process: its name, then files to open.
        settings: What is remembered between two starts.
        recovery: Where copies of unsaved documents go; None keeps none.
    """
    existing = QApplication.instance()
    qt = existing if isinstance(existing, QApplication) else QApplication([*arguments[:1]])
    qt.setApplicationName("architecture-explorer")
    qt.setApplicationDisplayName(TITLE)
    qt.setDesktopFileName("architecture-explorer")
    qt.setWindowIcon(QIcon(str(resources.path("icons", "app.svg"))))
    qt.setFont(_font())
    style.install(qt)
    session = Session(first_network(), settings or Settings())
    engine = EngineThread()
    session.engine = engine
    session.training = TrainingSession(engine, session.settings)
    if recovery is not None:
        session.autosave = Autosave(session, recovery, session)
    window = MainWindow(session)
    for file in arguments[1:]:
        window.open_file(Path(file))
    return Application(qt, session, engine, window)


def run(arguments: Sequence[str]) -> int:
    """Opens the window and returns when it is closed.

    Args:
        arguments: Of the process: its name, then files to open.

    Returns:
        The exit code.
    """
    problem = preflight.problem()
    if problem is not None:
        sys.stderr.write(f"{problem}\n")
        return NO_WINDOW
    teller = _Teller()
    log.open_log()
    log.install(teller.told.emit)
    application = make(arguments, recovery=RecoveryStore(log.state_folder() / "recovery"))
    teller.told.connect(application.window.say, Qt.ConnectionType.QueuedConnection)
    application.window.painted.connect(lambda: _go_on(application))
    if application.session.autosave is not None:
        application.window.painted.connect(application.session.autosave.find)
    application.window.show()
    try:
        return application.qt.exec()
    finally:
        application.close()


def _go_on(application: Application) -> None:
    """What waits until the window is on the screen."""
    application.engine.start()
    QTimer.singleShot(_IDLE, application.window.make_all)


def _font() -> QFont:
    """The system's font, or Inter where it is installed."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamilies(["Inter", font.family()])
    return font
