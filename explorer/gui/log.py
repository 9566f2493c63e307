"""One log for all that goes wrong in Python, its threads, Qt and the interpreter itself; a person gets a sentence."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QtMsgType, qInstallMessageHandler

from explorer.errors import ExplorerError

_BYTES = 1_000_000
_log = logging.getLogger("explorer")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def state_folder() -> Path:
    """Where the application keeps what is neither a setting nor a person's file; it need not exist yet."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericStateLocation)
    return Path(folder or Path.home()) / "architecture-explorer"


def log_file() -> Path:
    """Where the log lies."""
    return state_folder() / "window.log"


def install(tell: Callable[[str], None]) -> None:
    """Sends every failure to the log, and a sentence to the person.

    Args:
        tell: Takes the sentence. It may be called from any thread.
    """
    sys.excepthook = lambda _, error, trace: _report(error, trace, tell)
    threading.excepthook = lambda facts: _report(facts.exc_value, facts.exc_traceback, tell)
    qInstallMessageHandler(_take_qt_message)


def open_log() -> Path | None:
    """Begins to write the log; None where the system refuses, and then there is none."""
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    if handler.stream is not None:
        faulthandler.enable(handler.stream)  # a crash of the interpreter, with where each thread was
    return file


def _report(error: BaseException | None, trace: TracebackType | None, tell: Callable[[str], None]) -> None:
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
        return
    _log.error("Not caught", exc_info=(type(error), error, trace))
    tell(sentence_for(error))


def sentence_for(error: BaseException) -> str:
    """What a person reads about a failure."""
    if isinstance(error, ExplorerError):
        return str(error)
    return f"Something went wrong ({type(error).__name__}); your work is as it was. Help → Open Log has the details."


def _take_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger(f"qt.{context.category or 'default'}").log(_LEVELS.get(kind, logging.INFO), "%s", message)
