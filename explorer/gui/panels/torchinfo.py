"""torchinfo's own report of the network in front, made behind the window when somebody looks."""

from __future__ import annotations

import functools

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QShowEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.core.network import Network
from explorer.gui.panel import Panel, register
from explorer.gui.session import Session

_DELAY = 300  # milliseconds from an edit to the report: it is assembled anew each time
LOADING = "PyTorch is still loading; the report comes when it is ready."
MAKING = "The report is being made…"
BROKEN = "The network has problems, which Problems lists; torchinfo needs one without."
NO_ENGINE = "PyTorch is not running here."


class TorchinfoPanel(QWidget):
    """The report as text, or a sentence that says why there is none.

    Args:
        session: Whose document in front it reports on.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_torchinfo")
        self._session = session
        self._shown: Network | None = None  # what the text is about, or will be about
        self._text = QPlainTextEdit()
        self._text.setObjectName("torchinfo_text")
        self._text.setAccessibleName("torchinfo's report")
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text)
        self._timer = QTimer(self, singleShot=True, interval=_DELAY)
        self._timer.timeout.connect(self._look)
        session.changed.connect(self._follow)
        if session.engine is not None:
            session.engine.ready.connect(self._follow)

    def _follow(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _look(self) -> None:
        session, network = self._session, self._session.network
        if not self.isVisible() or network is self._shown:
            return
        if session.analysis.partial:
            self._say(BROKEN)
        elif session.engine is None:
            self._say(NO_ENGINE)
        elif not session.engine.is_ready:
            self._say(LOADING)
        else:
            self._ask(network)

    def _ask(self, network: Network) -> None:
        if self._session.engine is None:
            return
        self._shown = network
        going_on = self._session.training is not None and self._session.training.active
        self._text.setPlainText("The report comes when the run has ended." if going_on else MAKING)
        self._session.engine.submit(
            functools.partial(_report, network),
            functools.partial(self._take, network),
            functools.partial(self._take, network),
            between_steps=False,
        )

    def _take(self, network: Network, text: str) -> None:
        if network is self._shown:  # nothing newer has been asked for
            self._text.setPlainText(text)

    def _say(self, sentence: str) -> None:
        self._shown = None
        self._text.setPlainText(sentence)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()


def _report(network: Network) -> str:
    """The report; to be called on the engine's thread, since torchinfo takes its time to be imported too."""
    from explorer.insight.torchinfo_report import torchinfo_report

    return torchinfo_report(network, "meta")


register(Panel("torchinfo", "torchinfo", "design", "bottom", TorchinfoPanel, order=2))
