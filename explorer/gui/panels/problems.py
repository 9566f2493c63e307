"""The problems of the network, one row each with its remedies: a click goes there, a button mends it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout

from explorer.core.counted import Problem
from explorer.gui.panel import Panel, register
from explorer.gui.problems import fixing
from explorer.gui.problems.rows import ProblemRows
from explorer.gui.session import Session


class ProblemsPanel(QFrame):
    """The problems as rows; without any, a sentence.

    A sound network that does not fit the images chosen for training has a row as well, which does not count.

    Args:
        session: Whose document it shows.
    """

    title_changed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_problems")
        self._session = session
        self._shown: tuple[Problem, ...] | None = None
        self._timer = QTimer(self, singleShot=True, interval=fixing.FIX_DELAY)
        self._timer.timeout.connect(self._show_misfit)
        self._rows = ProblemRows(session)
        self._rows.visited.connect(self._go)
        self._rows.mended.connect(self._mend)
        self._none = QLabel("No problems.")
        self._none.setObjectName("problems_none")
        self._none.setProperty("role", "muted")
        self._none.setContentsMargins(12, 8, 12, 8)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._rows)
        session.changed.connect(self._show)
        if session.training is not None:
            session.training.settings_changed.connect(self._timer.start)
            session.training.state_changed.connect(self._timer.start)
        self._show()

    @property
    def title(self) -> str:
        """The title with the number of problems."""
        return f"Problems {len(self._session.analysis.problems)}"

    def _show(self) -> None:
        problems = self._session.analysis.problems
        if problems or not self._is_of_training():
            self._list(problems)
        self._timer.start()

    def _is_of_training(self) -> bool:
        """Whether the row in sight is about the images for training; it stays until that is looked at again."""
        return any(problem.kind == "misfit" for problem in self._shown or ())

    def _show_misfit(self) -> None:
        if not self._session.analysis.problems and self.isVisible():
            found = fixing.misfit_of(self._session)
            self._list(() if found is None else (found,))

    def _list(self, problems: tuple[Problem, ...]) -> None:
        if problems == self._shown:
            self._rows.look_again()
            return
        self._shown = problems
        self._rows.show_problems(problems)
        if not problems and self._rows.hasFocus():  # the list goes, and the block that was mended is selected
            self._session.drawing.focus_asked.emit()
        self._stack.setCurrentIndex(1 if problems else 0)
        self.title_changed.emit(self.title)

    def _go(self, problem: Problem) -> None:
        self._session.reveal(problem.path, problem.field)

    def _mend(self, problem: Problem, label: str) -> None:
        fixing.mend(self._session, problem, label)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()


register(Panel("problems", "Problems", "design", "bottom", ProblemsPanel, order=1))
