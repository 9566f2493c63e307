"""Where the next run starts from: new weights, or those of a run or a file, with a report on what of them fits."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from explorer.core.network import Network
from explorer.core.weights_report import WeightsReport
from explorer.gui.engine.engine_thread import EngineThread

_Question: TypeAlias = tuple[Path, Network, tuple[str, ...]]  # what was asked about: weights, network, classes


class StartingPoint(QObject):
    """The weights that the next run starts from. They are chosen anew at each start of the app.

    Args:
        engine: The thread that reads them.
        parent: Its owner.

    Attributes:
        path: The folder of a run, or a file; None for new weights.
        report: What of them fits the network, once that is known.
        problem: A sentence: why they cannot be used.
    """

    changed = Signal()

    def __init__(self, engine: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._asked: _Question | None = None
        self.path: Path | None = None
        self.report: WeightsReport | None = None
        self.problem = ""

    def choose(self, path: Path | None) -> None:
        """Starts the next run from the weights there, or with new ones."""
        self.path, self._asked, self.report, self.problem = path, None, None, ""
        self.changed.emit()

    def look(self, network: Network, classes: tuple[str, ...]) -> None:
        """Asks what of the weights fits a network, unless that has been asked; the answer comes once no run goes on.

        Args:
            network: The network.
            classes: What it is to learn.
        """
        path = self.path
        if path is None or (path, network, classes) == self._asked:
            return
        asked = self._asked = path, network, classes

        def show(report: WeightsReport | None, problem: str = "") -> None:
            if self._asked == asked:
                self.report, self.problem = report, problem
                self.changed.emit()

        self._engine.submit(
            lambda: _report(path, network, classes),
            lambda report: show(report, _useless(report)),
            lambda sentence: show(None, sentence),
            between_steps=False,
        )


def _report(path: Path, network: Network, classes: tuple[str, ...]) -> WeightsReport:
    from explorer.training.starting import open_weights, report_on

    return report_on(network, open_weights(path), classes)


def _useless(report: WeightsReport) -> str:
    return f"None of the weights in {report.source} fits this network; choose others." if report.is_useless else ""
